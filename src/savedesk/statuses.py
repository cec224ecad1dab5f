"""What a subscriber's status changes amount to: how long each status lasted, and which notices were taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis

from savedesk.contracts.status_changes import STATUSES

GONE = ("cancelled", "ported_out")


def spans(status_changes: Any, by: Sequence[str] = ("subscriber_id",)) -> Any:
    """Return each status with the day on which it became known and that on which another one began (absent: it lasts).

    Of several changes on one day the last in the contract's order counts (the result does not depend on row order),
    unless it is a notice that was taken back in time (see ``withdrawn``). A status that is reported again goes on, and
    so does the exit of one who is first cancelled and then ported out.

    Args:
        status_changes: canonical table, or its rows as they were known at several dates.
        by: columns that tell the sequences of changes apart.
    """
    rank = ibis.cases(*[(status_changes.status == name, place) for place, name in enumerate(STATUSES)])
    day = ibis.window(group_by=[*by, "changed_on"])
    days = ibis.window(group_by=[*by, "changed_on"], order_by=ibis.desc("rank"))
    order = ibis.window(group_by=list(by), order_by="changed_on")
    exit_known_on = ibis.ifelse(status_changes.status.isin(GONE), status_changes.known_on, ibis.null("date"))
    rows = status_changes.mutate(rank=rank, exit_known_on=exit_known_on.max().over(day))
    taken_back = withdrawn(rows.status, rows.known_on, rows.changed_on, rows.exit_known_on).fill_null(False)
    rows = rows.mutate(rank=ibis.ifelse(taken_back, len(STATUSES), rows["rank"]))
    rows = rows.mutate(place=ibis.row_number().over(days))
    rows = rows.filter(rows.place == 0)
    kind = ibis.ifelse(rows.status.isin(GONE), "gone", rows.status)
    rows = rows.mutate(kind=kind, before=kind.lag().over(order))
    rows = rows.filter(rows.before.isnull() | (rows.before != rows.kind))
    return rows.select(*by, "changed_on", "status", "known_on", until=rows.changed_on.lead().over(order))


def withdrawn(status: Any, known_on: Any, changed_on: Any, exit_known_on: Any) -> Any:
    """Return whether a status of an exit's own day takes the notice of that exit back.

    It does if it says ``active``, became known after the notice, and no later than the day itself: what becomes known
    only afterwards is a return, not a withdrawal.
    """
    return (status == "active") & (known_on > exit_known_on) & (known_on <= changed_on)
