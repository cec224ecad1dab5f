"""What a subscriber's status changes amount to: how long each status lasted, and which notices were taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis

from savedesk.schemas.status_changes import STATUSES, TABLE

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


def unknown_statuses(status_changes: Any, facts: Any) -> Any:
    """Return subscriber_id, since and until of the spans in which a subscriber's status is not known.

    A status change that was turned away leaves the status unknown from its day on, or from ever where its day could not
    be read either (``since`` is absent), up to the next change that was accepted (``until``; absent: it lasts).

    Args:
        status_changes: canonical table.
        facts: unknown facts.
    """
    lost = facts.filter(facts.table == TABLE.name, facts.column.isnull(), facts.subscriber_id.notnull())
    lost = lost.select("subscriber_id", since=lost.day).distinct()
    others = status_changes.select(who=status_changes.subscriber_id, next_on=status_changes.changed_on)
    both = lost.left_join(others, [lost.subscriber_id == others.who, lost.since < others.next_on])
    return both.group_by("subscriber_id", "since").aggregate(until=both.next_on.min())


def withdrawn(status: Any, known_on: Any, changed_on: Any, exit_known_on: Any) -> Any:
    """Return whether a status of an exit's own day takes the notice of that exit back.

    It does if it says ``active``, became known after the notice, and no later than the day itself: what becomes known
    only afterwards is a return, not a withdrawal.
    """
    return (status == "active") & (known_on > exit_known_on) & (known_on <= changed_on)


def notices(status_changes: Any, dates: Any, allowed_gap_days: int) -> Any:
    """Return subscriber_id, as_of, leaves_on and noticed_on of each notice to leave that runs at a date.

    It is known before the date and takes effect on or after it. It is undone by another status change of the subscriber
    that is itself known before the date, and either takes the notice back (``active`` from the very day of the exit,
    known later than the notice) or begins within ``allowed_gap_days`` after that day, so that the exit would be no
    churn. A status before that day undoes nothing: who pays their arrears while the notice runs still leaves. What
    becomes known later was not known to anybody at the date, and undoes the notice from then on only.

    Args:
        status_changes: canonical table.
        dates: table with ``as_of``, one row a date.
        allowed_gap_days: days within which a return undoes an exit.
    """
    exits = status_changes.filter(status_changes.status.isin(GONE), status_changes.known_on < status_changes.changed_on)
    exits = exits.select("subscriber_id", leaves_on=exits.changed_on, noticed_on=exits.known_on)
    days = dates.select("as_of")
    running = exits.inner_join(days, [exits.noticed_on < days.as_of, exits.leaves_on >= days.as_of])
    running = running.select("subscriber_id", "as_of", "leaves_on", "noticed_on")
    others = status_changes.filter(~status_changes.status.isin(GONE))
    others = others.select("subscriber_id", "status", "changed_on", "known_on")
    both = running.inner_join(others, "subscriber_id")
    gap = both.changed_on.delta(both.leaves_on, unit="day")
    taken_back = (gap == 0) & withdrawn(both.status, both.known_on, both.changed_on, both.noticed_on)
    undone = both.filter(both.known_on < both.as_of, taken_back | gap.between(1, allowed_gap_days))
    notice = ["subscriber_id", "as_of", "leaves_on", "noticed_on"]
    return running.anti_join(undone.select(notice).distinct(), notice)
