"""Part the rows of a table: each is accepted, accepted without a value that cannot be read, or turned away."""

from __future__ import annotations

import functools
import operator
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import ibis

from savedesk.engine.base import Engine
from savedesk.engine.check import RULE, Rule, column_rules, duplicate_rule, first_broken, reference_rules, strays
from savedesk.schemas import bills
from savedesk.schemas.screen import surely_kept
from savedesk.schemas.table import Table
from savedesk.stages.ingest import corrections
from savedesk.stages.ingest.casting import BREACH, ROW_ID, UNREADABLE, casting, is_plain, listed
from savedesk.stages.ingest.identity.before_activation import MONTHLY, strays_of_months
from savedesk.stages.ingest.identity.renamed import Renames
from savedesk.stages.ingest.identity.totals import is_total, total_rule, totals_of
from savedesk.stages.ingest.statement import WORK, Given

COARSE_KEY = 2  # columns of a key that rows are first compared by: the third tells few more apart, and is dear
NO_LOSS = ("renamed:", "total:", "before_activation:")  # kinds of rules that cost no subscriber anything
_LOST = "__lost"  # whether a row loses a value


@dataclass(frozen=True)
class Validated:
    """What became of the rows of a table.

    Args:
        contract: the table.
        given: its rows as the source gives them.
        accepted: the accepted rows, as an Ibis expression.
        numbered: the same with the number of each row.
        broken: number of each row turned away, and the rule that it broke; None if there are none.
        counts: rows by rule broken, the most frequent first.
        rules: the rules, for their meaning in words.
        cast: all rows with the contract's types, numbered; a value that cannot be read is absent.
        repaired: number of each accepted row that lost a value, and in ``UNREADABLE`` the rules that cost it; None if
            there are none.
        unreadable: values lost by rule.
        repaired_rows: how many rows ``repaired`` has.
        may_be_early: whether a month may lie before the activation of its subscriber.
    """

    contract: Table
    given: Given
    accepted: Any
    numbered: Any
    broken: Any | None
    counts: Mapping[str, int]
    rules: tuple[Rule, ...]
    cast: Any
    repaired: Any | None = None
    unreadable: Mapping[str, int] = field(default_factory=dict)
    repaired_rows: int = 0
    may_be_early: bool = True

    @property
    def turned_away(self) -> int:
        """Number of rows that broke a rule."""
        return sum(self.counts.values())

    @property
    def losses(self) -> Validated:
        """The same without the rows whose absence costs nobody anything: a total, a row under an id renamed since."""
        counts = {rule: rows for rule, rows in self.counts.items() if not rule.startswith(NO_LOSS)}
        if len(counts) == len(self.counts) or self.broken is None:
            return self
        broken = self.broken.filter(self.broken[RULE].isin(list(counts))) if counts else None
        return replace(self, broken=broken, counts=counts)


class _Validation:
    """The rows of a table that have broken no rule so far, and those that have."""

    def __init__(self, engine: Engine, name: str, rows: Any) -> None:
        self._engine, self._name, self._rows = engine, name, rows
        self._parts: list[Any] = []
        self._repaired: Any | None = None
        self.counts: Counter[str] = Counter()

    def begin(self, table: Any, rules: list[Rule], latest: date, contract: Table) -> None:
        """Hold each row against the rules that it can break by itself.

        What costs a value is looked at first; the other rules see the row without that value.
        """
        named = [rule.broken for rule in totals_of(table, contract)]
        if surely_kept(table, contract, latest, [table[BREACH].notnull(), table[UNREADABLE].notnull(), *named]):
            return
        costly = [rule for rule in rules if rule.costs]
        kept = _without_unreadable(table, costly)
        lost = functools.reduce(operator.or_, [rule.broken for rule in costly], table[UNREADABLE].notnull())
        by_range = listed(_first_by_column(costly)).fill_null("")
        names = (table[UNREADABLE].fill_null("") + by_range).nullif("")
        cleaned = table.mutate(**kept, **{UNREADABLE: names, _LOST: lost})
        row_rules = [*totals_of(cleaned, contract), *column_rules(cleaned, contract, latest)]
        row_rules = [rule for rule in row_rules if not rule.costs]
        rule = ibis.coalesce(cleaned[BREACH], first_broken(row_rules))
        rows = cleaned.select(ROW_ID, UNREADABLE, _LOST, **{RULE: rule})
        rows = rows.filter(rows[_LOST] | rows[RULE].notnull()).drop(_LOST)
        part = self._engine.materialise(rows, f"{WORK}looked_at_{self._name}")
        counted = part.group_by(RULE).aggregate(rows=part.count()).to_pyarrow().to_pylist()
        broken = {row[RULE]: row["rows"] for row in counted if row[RULE] is not None}
        if broken:
            self._parts.append(part.filter(part[RULE].notnull()).select(ROW_ID, RULE))
            self.counts.update(broken)
        if any(row[RULE] is None for row in counted):
            self._repaired = part.filter(part[RULE].isnull()).select(ROW_ID, UNREADABLE)
            self._rows = table.mutate(**kept).select(*self._rows.columns)

    def turn_away(self, table: Any, rule: Any) -> None:
        """Write down the rows of a table for which ``rule`` names one."""
        rows = table.select(ROW_ID, **{RULE: rule})
        rows = rows.filter(rows[RULE].notnull())
        part = self._engine.materialise(rows, f"{WORK}broken_{self._name}_{len(self._parts)}")
        counted = part.group_by(RULE).aggregate(rows=part.count()).to_pyarrow().to_pylist()
        if counted:
            self._parts.append(part)
            self.counts.update({row[RULE]: row["rows"] for row in counted})

    @property
    def broken(self) -> Any | None:
        """Number and rule of the rows turned away."""
        return ibis.union(*self._parts) if self._parts else None

    @property
    def passed(self) -> Any:
        """The rows that have broken no rule so far."""
        broken = self.broken
        return self._rows if broken is None else self._rows.anti_join(broken, ROW_ID).select(*self._rows.columns)

    @property
    def repaired(self) -> Any | None:
        """Number of each accepted row that lost a value, and the rules that cost it."""
        broken = self.broken
        if self._repaired is None or broken is None:
            return self._repaired
        return self._repaired.anti_join(broken, ROW_ID).select(*self._repaired.columns)

    def repeated(self, key: tuple[str, ...]) -> Any | None:
        """Return the rows whose key occurs more than once, if any: windows over all rows would be dear."""
        passed = self.passed
        if self._engine.repeated(passed, key) is None:
            return None
        more = passed.group_by(list(key)).having(passed.count() > 1).aggregate()
        more = self._engine.materialise(more, f"{WORK}repeated_{self._name}")
        return passed.semi_join(more, list(key)).select(*passed.columns)


def validate(
    contract: Table,
    given: Given,
    engine: Engine,
    accepted: Mapping[str, Any],
    latest: date,
    max_text_length: int,
    renames: Renames | None = None,
) -> Validated:
    """Cast the rows of a SELECT and part them by the rules of the contract.

    Args:
        contract: the table that they should be.
        given: the rows.
        engine: where they are.
        accepted: accepted rows of the tables that this one refers to, by name.
        latest: the day after which no fact may lie.
        max_text_length: most characters of a text.
        renames: ids that were exchanged for others, if any were.
    """
    values = given.table if given.values is None else given.values
    cast = casting(values, contract.columns, max_text_length, latest)
    if renames is not None and "subscriber_id" in contract.column_names:
        cast = renames.under_new_ids(cast, contract, values)
    if renames is not None or not is_plain(values, contract.columns):
        cast = engine.materialise(cast, f"{WORK}cast_{contract.name}")
    validation = _Validation(engine, contract.name, cast.drop(BREACH, UNREADABLE))
    rules = [*totals_of(cast, contract), *column_rules(cast, contract, latest)]
    validation.begin(cast, rules, latest, contract)
    repeated = validation.repeated(contract.key[:COARSE_KEY])
    if repeated is not None:
        repeated = corrections.with_own_ids(repeated) if contract.name == bills.TABLE.name else repeated
        validation.turn_away(repeated, duplicate_rule(repeated, contract, ROW_ID))
    references = reference_rules(contract, accepted)
    may_be_early = True
    for column, rule in references.items():
        known = accepted[contract.column(column).references]
        if contract.name in MONTHLY and column == "subscriber_id":
            unknown, may_be_early = strays_of_months(validation.passed, known, engine, f"{WORK}strays_{contract.name}")
        else:
            unknown = strays(validation.passed, column, known)
        validation.turn_away(unknown, ibis.ifelse(is_total(unknown[column], column), total_rule(column), rule.name))
    numbered = validation.passed
    if contract.name == bills.TABLE.name:
        numbered, unsettled = corrections.settled(numbered, engine)
        if unsettled is not None:
            validation.turn_away(unsettled, unsettled.rule)
    left = numbered.drop(ROW_ID)
    counts = dict(sorted(validation.counts.items(), key=lambda item: (-item[1], item[0])))
    all_rules = (*rules, *references.values(), *(corrections.RULES if contract.name == bills.TABLE.name else ()))
    repaired = validation.repaired
    values = _values_lost(repaired)
    validated = Validated(
        contract,
        given,
        left,
        numbered,
        validation.broken,
        counts,
        all_rules,
        cast.drop(BREACH, UNREADABLE),
        repaired if values else None,
        dict(sorted(values.items(), key=lambda item: (-item[1], item[0]))),
        0 if repaired is None else int(repaired.count().execute()),
        may_be_early,
    )
    if left.count().execute() + validated.turned_away != given.rows:
        message = f"{contract.name}: rows in differ from rows accepted and turned away"
        raise RuntimeError(message)
    return validated


def _first_by_column(costly: list[Rule]) -> list[tuple[Any, Any]]:
    """Return, for each column, whether it loses its value, and the first rule that costs it: a value is lost once."""
    by_column: dict[str, list[Rule]] = {}
    for rule in costly:
        by_column.setdefault(rule.costs, []).append(rule)
    return [
        (functools.reduce(operator.or_, [rule.broken for rule in rules]), first_broken(rules))
        for rules in by_column.values()
    ]


def _without_unreadable(table: Any, costly: list[Rule]) -> dict[str, Any]:
    """Return the columns of which a rule may cost a value, without the values that break it."""
    broken: dict[str, Any] = {}
    for rule in costly:
        broken[rule.costs] = broken[rule.costs] | rule.broken if rule.costs in broken else rule.broken
    return {name: ibis.ifelse(lost, ibis.null(table[name].type()), table[name]) for name, lost in broken.items()}


def _values_lost(repaired: Any | None) -> Counter[str]:
    """Return how many values each rule has cost."""
    counted: Counter[str] = Counter()
    if repaired is not None:
        for row in repaired.group_by(UNREADABLE).aggregate(rows=repaired.count()).to_pyarrow().to_pylist():
            counted.update(dict.fromkeys(row[UNREADABLE].rstrip(",").split(","), row["rows"]))
    return counted


def example(validated: Validated, rule: str) -> str:
    """Return the value, as given, of one row that breaks a rule."""
    names = [name for name in rule.partition(":")[2].split(",") if name in validated.given.columns]
    if not names:
        identity = next((declared.meaning for declared in validated.rules if declared.name == rule), "")
        names = [name for name in validated.given.columns if name in identity][:4] or list(validated.given.columns)[:1]
    given = validated.given.table
    breaking = given.semi_join(_breaking(validated, rule), ROW_ID)
    first = breaking.order_by(ROW_ID).limit(1)
    (row,) = first.select(**{name: first[name].cast("string").left(60) for name in names}).to_pyarrow().to_pylist()
    return ", ".join(f"{name}={'(nothing)' if cell is None else repr(cell)}" for name, cell in row.items())


def _breaking(validated: Validated, rule: str) -> Any:
    """Return the rows that break a rule, whether it turned them away or cost them a value."""
    if rule in validated.counts:
        assert validated.broken is not None  # noqa: S101 - a rule that is counted has been broken
        return validated.broken.filter(validated.broken[RULE] == rule)
    assert validated.repaired is not None  # noqa: S101 - for the same reason
    return validated.repaired.filter(validated.repaired[UNREADABLE].contains(f"{rule},"))
