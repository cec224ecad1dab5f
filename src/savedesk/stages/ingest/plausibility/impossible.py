"""Use that nobody has: more minutes than a month, and counters that stand at their end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis

from savedesk.schemas import usage

_MONTH = 31 * 24 * 60  # minutes of the longest month
_SHARE = 0.01  # of a measure's values; a firm's line with calls side by side has more minutes than the month
_MINUTES = ("voice_min", "offnet_min", "roaming_min")
_MEASURES = ("voice_min", "sms", "data_mb", "calls", "broadband_gb")
# Where counters of 15, 16, 31 and 32 bits end, and what forms fill in: 9999 and more nines.
_ENDS = (*(float(2**bits - 1) for bits in (15, 16, 31, 32)), *(float(10**digits - 1) for digits in range(4, 12)))
_TWICE = 2  # subscribers with the same largest value, which is no accident


def impossible_use(tables: Mapping[str, Any]) -> list[str]:
    """Return a warning for each measure with more than a month has minutes, or with the same end of a counter twice."""
    rows = tables.get(usage.TABLE.name)
    if rows is None:
        return []
    sums: dict[str, Any] = {f"over:{name}": (rows[name] > _MONTH).sum() for name in _MINUTES}
    sums |= {f"all:{name}": rows[name].count() for name in _MINUTES}
    sums |= {f"most:{name}": rows[name].max() for name in dict.fromkeys((*_MINUTES, *_MEASURES))}
    (seen,) = rows.aggregate(**sums).to_pyarrow().to_pylist()
    long = [name for name in _MINUTES if (seen[f"over:{name}"] or 0) > _SHARE * seen[f"all:{name}"]]
    said = [_too_long(name, seen[f"over:{name}"], seen[f"most:{name}"]) for name in long]
    ended = [name for name in _MEASURES if seen[f"most:{name}"] in _ENDS]
    return [*said, *(line for name in ended for line in _ended(rows, name, seen[f"most:{name}"]))]


def _too_long(name: str, count: int, most: float) -> str:
    said = f"usage.{name}: {count:,} values are more than a month has minutes ({_MONTH:,}), up to {most:,.0f}"
    return f"{said}; next: if they are seconds, select {name} / 60 in usage.sql"


def _ended(rows: Any, name: str, most: float) -> list[str]:
    there = rows.filter(rows[name] == ibis.literal(most))
    (seen,) = there.aggregate(rows=there.count(), ids=there.subscriber_id.nunique()).to_pyarrow().to_pylist()
    if seen["ids"] < _TWICE:
        return []
    said = f"usage.{name}: {seen['rows']:,} values of {seen['ids']:,} subscribers are {most:,.0f}, the largest there is"
    step = f"if a counter ends there or a form fills it in, select nullif({name}, {most:.0f}) in usage.sql"
    return [f"{said}, as where a counter ends; next: {step}"]
