"""The one checker of contracts: rules as expressions, evaluated in the engine."""

from __future__ import annotations

import datetime as dt
import functools
import math
import operator
from collections.abc import Container
from dataclasses import dataclass, replace
from typing import Any

import ibis

from savedesk.engine.base import Engine
from savedesk.errors import DataContractError
from savedesk.schemas.screen import surely_kept
from savedesk.schemas.table import Column, Table

RULE = "broken_rule"


@dataclass(frozen=True)
class Rule:
    """A rule and the rows that break it: an Ibis boolean, never null; None if it takes another table to tell.

    Where ``costs`` names a column, a row that breaks the rule loses that value and stays.
    """

    name: str
    meaning: str
    broken: Any = None
    costs: str = ""


def column_rules(table: Any, contract: Table, latest: dt.date | None = None) -> list[Rule]:
    """Return the rules that one row can break by itself, in the order in which they are reported."""
    rules = [rule for column in contract.columns for rule in _of_column(table, column, latest)]
    rules += [
        Rule(f"identity:{identity.name}", identity.meaning, ~identity.holds(table).fill_null(True))
        for identity in contract.identities
    ]
    return rules


def _of_column(table: Any, column: Column, latest: dt.date | None) -> list[Rule]:
    value, name, rules = table[column.name], column.name, []
    costs = name if column.may_be_unknown else ""
    if column.dtype == "float64":  # Ibis on Spark: nan counts as missing, so this comes first; isinf is always false
        rules.append(
            Rule(f"finite:{name}", f"{name} must be a finite number", value.isnan() | (value.abs() == math.inf), costs)
        )
    if not column.nullable:
        blank = (value.strip() == "").fill_null(False) if column.dtype == "string" else False
        rules.append(Rule(f"required:{name}", f"{name} must be given and not blank", value.isnull() | blank))
    limits = [] if column.low is None else [(f"at least {column.low:g}", value < column.low)]
    limits += [] if column.high is None else [(f"at most {column.high:g}", value > column.high)]
    if limits:
        outside = functools.reduce(operator.or_, [broken for _, broken in limits])
        rules.append(
            Rule(f"range:{name}", f"{name} must be " + " and ".join(words for words, _ in limits), outside, costs)
        )
    if column.allowed:
        rules.append(
            Rule(
                f"allowed:{name}",
                f"{name} must be one of {', '.join(column.allowed)}",
                ~value.isin(column.allowed),
                costs,
            )
        )
    if column.dtype == "date":
        rules.append(Rule(f"range:{name}", f"{name} must lie after 1900-01-01", value < ibis.date(1900, 1, 1), costs))
        if latest is not None and not column.may_be_future:
            end = ibis.date(latest.year, latest.month, latest.day)
            rules.append(Rule(f"future:{name}", f"{name} must not lie after {latest}", value > end))
    return [replace(rule, broken=rule.broken.fill_null(False)) for rule in rules]


def reference_rules(contract: Table, accepted: Container[str]) -> dict[str, Rule]:
    """Return, by column, the rules that a value must be found in the key of one of the accepted tables."""
    return {
        column.name: Rule(f"reference:{column.name}", f"{column.name} must be one of the accepted {column.references}")
        for column in contract.columns
        if column.references in accepted
    }


def strays(table: Any, column: str, known: Any) -> Any:
    """Return the rows whose value in a column is given and is not found in another table's column of that name."""
    return table.filter(table[column].notnull()).anti_join(known.select(column), column).select(*table.columns)


def first_broken(rules: list[Rule]) -> Any:
    """Return the name of the first rule that a row breaks, or null."""
    if not rules:
        return ibis.null("string")
    return ibis.cases(*[(rule.broken, rule.name) for rule in rules], else_=ibis.null("string"))


def duplicate_rule(table: Any, contract: Table, row_id: str = "") -> Any:
    """Return the name of the key rule that a row breaks, or null.

    Rows that say the same about one key are copies: one stays, the others are ``copy:<key>``.
    Rows that contradict each other are all ``unique:<key>``, since nobody can tell which is right.
    ``row_id`` names a column that numbers the rows and is no part of what they say; of copies, the lowest stays.
    """
    names = ",".join(contract.key)
    keys = [table[name] for name in contract.key]
    values = [name for name in table.columns if name not in (RULE, row_id)]
    order = [row_id] if row_id else values
    same_key = ibis.window(group_by=keys)
    same_row = ibis.window(group_by=[table[name] for name in values])
    contradicts = table.count().over(same_key) > table.count().over(same_row)
    number = ibis.row_number().over(ibis.window(group_by=keys, order_by=[table[name] for name in order]))
    return ibis.cases((contradicts, f"unique:{names}"), (number > 0, f"copy:{names}"), else_=ibis.null("string"))


def meaning_of(rule: str, rules: list[Rule]) -> str:
    """Return a rule in words."""
    kind, _, subject = rule.partition(":")
    spoken = {
        "type": f"{subject} has a value of the wrong type",
        "unique": f"rows contradict each other on the key {subject}",
        "copy": f"row is a copy of another with the same {subject}",
        "length": f"{subject} is too long",
        "control": f"{subject} has control characters",
    }
    return spoken.get(kind) or next((r.meaning for r in rules if r.name == rule), rule)


def require(table: Any, contract: Table, engine: Engine) -> None:
    """Check a table that a stage made itself: every row must keep every rule.

    Raises:
        DataContractError: the first rule broken, its count and an example key.
    """
    missing = [name for name in contract.column_names if name not in table.columns]
    if missing:
        raise DataContractError(f"column {missing[0]!r} is missing", where=contract.path)
    if not surely_kept(table, contract):
        _require_rules(table, contract)
    repeated = engine.repeated(table, contract.key)
    if repeated is not None:
        raise DataContractError(f"key {contract.key} repeats, first: {repeated}", where=contract.path)


def _require_rules(table: Any, contract: Table) -> None:
    rules = column_rules(table, contract)
    broken = table.mutate(**{RULE: first_broken(rules)})
    bad = broken.filter(broken[RULE].notnull())
    first = bad.limit(1).to_pandas()
    if len(first):
        row = first.iloc[0]
        key = ", ".join(f"{name}={row[name]}" for name in contract.key)
        raise DataContractError(
            f"{meaning_of(row[RULE], rules)} ({bad.count().execute()} rows, first: {key})",
            where=contract.path,
        )
