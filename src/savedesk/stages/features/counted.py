"""Counts of events of which a value may be absent: where that value decides whether an event counts, nobody knows."""

from __future__ import annotations

from typing import Any

import ibis


def counted(condition: Any) -> Any:
    """Return the number of events for which a condition holds; unknown if it is unknown of any event.

    Args:
        condition: boolean of each event, by the rules of SQL: false and unknown is false.
    """
    return if_all_known(condition, condition.sum().cast("float64"))


def if_all_known(condition: Any, value: Any, dtype: str = "float64") -> Any:
    """Return an aggregate of the events for which a condition holds; unknown if it is unknown of any event."""
    return ibis.ifelse(condition.isnull().any(), ibis.null(dtype), value)
