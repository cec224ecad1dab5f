"""What became of subscribers between the newest as_of and the day on which the data were taken: who left, and how."""

from __future__ import annotations

from typing import Any

import ibis
import pyarrow as pa

from savedesk.domain.statuses import GONE, notices, spans
from savedesk.engine.base import Engine
from savedesk.policy.sight import Sight

CHANGED = ("left_on", "noticed_on", "suspended_on")  # days; absent: nothing of the kind became known since as_of


def changed_since(engine: Engine, people: Any, status_changes: Any, sight: Sight, allowed_gap_days: int) -> Any:
    """Return people with ``CHANGED``: the day on which each left, gave notice or was suspended, if known since as_of.

    The status counts that holds on the last day of the data: who left and came back is there. All three are absent at
    an as_of that sees no further than the day before it.

    Args:
        engine: open engine.
        people: an Ibis table with subscriber_id and as_of.
        status_changes: canonical table.
        sight: which as_of sees further, and how far.
        allowed_gap_days: days within which a return undoes an exit.
    """
    if sight.newest is None or sight.until is None:
        return people.mutate(**{name: ibis.null("date") for name in CHANGED})
    newest, until = (ibis.date(day.year, day.month, day.day) for day in (sight.newest, sight.until))
    changes = status_changes.filter(status_changes.known_on < until)
    fresh = (
        changes.filter((changes.known_on >= newest) | (changes.changed_on >= newest)).select("subscriber_id").distinct()
    )
    changes = changes.semi_join(fresh, "subscriber_id")
    now = spans(changes.filter(changes.changed_on < until))
    now = now.filter(now.until.isnull(), (now.known_on >= newest) | (now.changed_on >= newest))
    gone = now.status.isin(GONE)
    parts = [
        now.filter(gone).select("subscriber_id", left_on="changed_on"),
        now.filter(~gone, now.status != "active").select("subscriber_id", suspended_on="changed_on"),
    ]
    days = engine.taken(pa.table({"as_of": pa.array([sight.until], pa.date32())}))
    given = notices(changes, days, allowed_gap_days)
    given = given.filter(given.noticed_on >= newest)
    parts.append(given.group_by("subscriber_id").aggregate(noticed_on=given.noticed_on.min()))
    rows = people
    for part in parts:
        rows = rows.left_join(part, "subscriber_id", rname="{name}_since").drop("subscriber_id_since")
    here = sight.is_newest(rows.as_of)
    return rows.mutate(**{name: ibis.ifelse(here, rows[name], ibis.null("date")) for name in CHANGED})
