"""Subscribers who use the line long after their exit: somebody is there, and nobody says who."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis

from savedesk.domain.statuses import GONE
from savedesk.schemas import status_changes, subscribers, usage
from savedesk.schemas.usage import MEASURES

_EXAMPLES = 3
_LATE_DAYS = 31  # after the exit: a month that begins later has no day of the service that ended


def used_after_exit(tables: Mapping[str, Any]) -> list[str]:
    """Return a warning about subscribers whose last status is an exit, and who use the line in later months.

    They are not scored, since they have left. A bill after an exit is often the last one, and says nothing.
    """
    changes, rows = tables.get(status_changes.TABLE.name), tables.get(usage.TABLE.name)
    if changes is None or rows is None:
        return []
    late = _late_use(rows, _left(changes, tables[subscribers.TABLE.name]))
    count = int(late.count().execute())
    if not count:
        return []
    first = late.order_by("subscriber_id").limit(_EXAMPLES).to_pyarrow().to_pylist()
    names = ", ".join(f"{row['subscriber_id']!r} (left {row['left_on']}, used in {row['used']:%Y-%m})" for row in first)
    said = f"usage: {count:,} subscribers use the line in months after their exit, for example {names}; they count as "
    step = "give the day on which they were active again, in status_changes or as activated_on; or leave that use out"
    return [f"{said}gone and are not scored; next: {step}"]


def _left(changes: Any, people: Any) -> Any:
    """Return subscriber_id and left_on of those whose last status is an exit that no activation follows."""
    last = changes.group_by("subscriber_id").aggregate(
        left_on=changes.changed_on.max(where=changes.status.isin(GONE)),
        back_on=changes.changed_on.max(where=~changes.status.isin(GONE)),
    )
    both = last.inner_join(people.select("subscriber_id", "activated_on"), "subscriber_id")
    gone = both.filter(both.left_on.notnull(), (both.back_on < both.left_on).fill_null(True))
    return gone.filter((gone.activated_on <= gone.left_on).fill_null(True)).select("subscriber_id", "left_on")


def _late_use(rows: Any, left: Any) -> Any:
    theirs = rows.inner_join(left, "subscriber_id")
    late = theirs.month > (theirs.left_on + ibis.interval(days=_LATE_DAYS)).cast("date")
    used = sum((theirs[measure.name].fill_null(0.0) for measure in MEASURES), start=ibis.literal(0.0)) > 0
    late_rows = theirs.filter(late, used)
    return late_rows.group_by("subscriber_id", "left_on").aggregate(used=late_rows.month.max())
