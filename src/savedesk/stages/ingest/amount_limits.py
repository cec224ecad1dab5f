"""Whether what was lost of a table is its money, or its largest values: few rows can be all that counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis

from savedesk.engine.check import RULE
from savedesk.stages.ingest.casting import ROW_ID, UNREADABLE, given_text
from savedesk.stages.ingest.validation import Validated

MONEY = ("money", "money/month")


@dataclass(frozen=True)
class MoneyLost:
    """How much of a column of money stands in rows that were turned away, in the unit of the column."""

    column: str
    rows: int
    amount: float
    of_amount: float


@dataclass(frozen=True)
class Extreme:
    """How many of the rows lost have a value of a column above nearly all of the others."""

    column: str
    rule: str
    rows: int
    above: int


def money_lost(validated: Validated) -> MoneyLost | None:
    """Return the amount in rows turned away, of the column that sums a row up: the last one of money."""
    names = [c.name for c in validated.contract.columns if c.unit in MONEY and c.name in validated.given.columns]
    if validated.broken is None or not names:
        return None
    column = "total_due" if "total_due" in names else names[-1]
    rows = validated.cast.filter(validated.cast[column].abs() < float("inf"))
    lost = rows.semi_join(validated.broken, ROW_ID)
    (part,) = lost.aggregate(rows=lost.count(), amount=lost[column].abs().sum()).to_pyarrow().to_pylist()
    whole = rows[column].abs().sum().execute()
    return MoneyLost(column, part["rows"], float(part["amount"] or 0), float(whole or 0))


def extreme_column(validated: Validated, quantile: float) -> Extreme | None:
    """Return the column whose lost values are the largest ones most often; None if no row with a number was lost.

    A value that could not be read is taken for the number that its digits make, without the signs between them.

    Args:
        validated: the rows.
        quantile: share of the accepted values that a large one lies above.
    """
    lost = _lost(validated)
    columns = [c.name for c in validated.contract.columns if c.dtype == "float64" and c.name in validated.given.columns]
    if lost is None or not columns:
        return None
    limits = validated.accepted.aggregate(**{name: validated.accepted[name].quantile(quantile) for name in columns})
    (bounds,) = limits.to_pyarrow().to_pylist()
    rows = validated.given.table.inner_join(lost, ROW_ID)
    losses = []
    for name in columns:
        if bounds[name] is None:
            continue
        value = _digits(rows[name])
        (counted,) = (
            rows.aggregate(rows=value.notnull().sum(), above=(value > bounds[name]).sum()).to_pyarrow().to_pylist()
        )
        rules = [rule for rule in (*validated.unreadable, *validated.counts) if rule.partition(":")[2] == name]
        rule = (rules or [*validated.counts, *validated.unreadable])[0]
        losses.append((counted["above"] or 0, bool(rules), counted["rows"] or 0, name, rule))
    if not losses:
        return None
    above, _, count, name, rule = max(losses)
    return Extreme(name, rule, count, above)


def _lost(validated: Validated) -> Any | None:
    """Return the numbers of the rows that lost a value or were turned away; a copy and a stranger lose nothing."""
    parts = []
    if validated.broken is not None:
        rule = validated.broken[RULE]
        parts.append(validated.broken.filter(~rule.startswith("copy:"), ~rule.startswith("reference:")).select(ROW_ID))
    if validated.repaired is not None:
        parts.append(validated.repaired.filter(validated.repaired[UNREADABLE].contains("type:")).select(ROW_ID))
    return ibis.union(*parts) if len(parts) > 1 else (parts[0] if parts else None)


def _digits(value: Any) -> Any:
    if not value.type().is_string():
        return value.cast("float64")
    text = given_text(value)
    plain = text.try_cast("float64")
    return ibis.coalesce(plain, text.re_replace(r"[^0-9.-]", "").try_cast("float64"))
