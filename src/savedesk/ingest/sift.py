"""Sift the rows of a table: each is accepted, or turned away with the first rule that it breaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis

from savedesk.contracts.check import RULE, Rule, column_rules, duplicate_rule, first_broken, reference_rules, strays
from savedesk.contracts.table import Table
from savedesk.engine.base import Engine
from savedesk.ingest.casting import BREACH, ROW_ID, casting, is_plain
from savedesk.ingest.statement import WORK, Given


@dataclass(frozen=True)
class Sifted:
    """What became of the rows of a table.

    Args:
        contract: the table.
        given: its rows as the source gives them.
        accepted: the accepted rows, as an Ibis expression.
        broken: number of each row turned away, and the rule that it broke; None if there are none.
        counts: rows by rule broken, the most frequent first.
        rules: the rules, for their meaning in words.
    """

    contract: Table
    given: Given
    accepted: Any
    broken: Any | None
    counts: Mapping[str, int]
    rules: tuple[Rule, ...]

    @property
    def turned_away(self) -> int:
        """Number of rows that broke a rule."""
        return sum(self.counts.values())


class _Sieve:
    """The rows of a table that have broken no rule so far, and those that have."""

    def __init__(self, engine: Engine, name: str, rows: Any) -> None:
        self._engine, self._name, self._rows = engine, name, rows
        self._parts: list[Any] = []
        self.counts: Counter[str] = Counter()

    def turn_away(self, table: Any, rule: Any) -> None:
        """Write down the rows of a table for which ``rule`` names one."""
        rows = table.select(ROW_ID, **{RULE: rule})
        rows = rows.filter(rows[RULE].notnull())
        part = self._engine.materialise(rows, f"{WORK}broken_{self._name}_{len(self._parts)}")
        found = part.group_by(RULE).aggregate(rows=part.count()).to_pyarrow().to_pylist()
        if found:
            self._parts.append(part)
            self.counts.update({one[RULE]: one["rows"] for one in found})

    @property
    def broken(self) -> Any | None:
        """Number and rule of the rows turned away."""
        return ibis.union(*self._parts) if self._parts else None

    @property
    def passed(self) -> Any:
        """The rows that have broken no rule so far."""
        broken = self.broken
        return self._rows if broken is None else self._rows.anti_join(broken, ROW_ID).select(*self._rows.columns)

    def repeated(self, key: tuple[str, ...]) -> Any | None:
        """Return the rows whose key occurs more than once, if any: windows over all rows would be dear."""
        passed = self.passed
        more = passed.group_by(list(key)).having(passed.count() > 1).aggregate()
        more = self._engine.materialise(more, f"{WORK}repeated_{self._name}")
        if not more.count().execute():
            return None
        return passed.semi_join(more, list(key)).select(*passed.columns)


def sift(
    contract: Table, given: Given, engine: Engine, accepted: Mapping[str, Any], latest: date, max_text_length: int
) -> Sifted:
    """Cast the rows of a SELECT and part them by the rules of the contract.

    Args:
        contract: the table that they should be.
        given: the rows.
        engine: where they are.
        accepted: accepted rows of the tables that this one refers to, by name.
        latest: the day after which no fact may lie.
        max_text_length: most characters of a text.
    """
    cast = casting(given.table, contract.columns, max_text_length)
    if not is_plain(given.table, contract.columns):
        cast = engine.materialise(cast, f"{WORK}cast_{contract.name}")
    sieve = _Sieve(engine, contract.name, cast.drop(BREACH))
    rules = column_rules(cast, contract, latest)
    sieve.turn_away(cast, ibis.coalesce(cast[BREACH], first_broken(rules)))
    repeated = sieve.repeated(contract.key)
    if repeated is not None:
        sieve.turn_away(repeated, duplicate_rule(repeated, contract, ROW_ID))
    references = reference_rules(contract, accepted)
    for column, rule in references.items():
        known = accepted[contract.column(column).references]
        sieve.turn_away(strays(sieve.passed, column, known), ibis.literal(rule.name))
    left = sieve.passed.drop(ROW_ID)
    counts = dict(sorted(sieve.counts.items(), key=lambda one: (-one[1], one[0])))
    sifted = Sifted(contract, given, left, sieve.broken, counts, (*rules, *references.values()))
    if left.count().execute() + sifted.turned_away != given.rows:
        message = f"{contract.name}: rows in differ from rows accepted and turned away"
        raise RuntimeError(message)
    return sifted


def example(sifted: Sifted, rule: str) -> str:
    """Return the value, as given, of one row that breaks a rule."""
    names = [name for name in rule.partition(":")[2].split(",") if name in sifted.given.columns]
    if not names:
        identity = next((one.meaning for one in sifted.rules if one.name == rule), "")
        names = [name for name in sifted.given.columns if name in identity][:4] or list(sifted.given.columns)[:1]
    given, broken = sifted.given.table, sifted.broken
    assert broken is not None  # noqa: S101 - a rule with an example has been broken
    breaking = given.semi_join(broken.filter(broken[RULE] == rule), ROW_ID)
    first = breaking.order_by(ROW_ID).limit(1)
    (row,) = first.select(**{name: first[name].cast("string").left(60) for name in names}).to_pyarrow().to_pylist()
    return ", ".join(f"{name}={'(nothing)' if cell is None else repr(cell)}" for name, cell in row.items())
