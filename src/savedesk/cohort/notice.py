"""Who has already said that they will leave."""

from __future__ import annotations

from typing import Any

from savedesk.statuses import GONE, withdrawn


def under_notice(status_changes: Any, dates: Any, allowed_gap_days: int) -> Any:
    """Return subscriber_id and as_of wherever a notice to leave runs: known before as_of, taking effect on or after it.

    A notice is a cancellation or port-out that is known before the day on which it takes effect. Nobody needs to call
    whom has given it, and there is nothing left to predict.

    It is undone by another status change of the subscriber that is itself known before as_of, and either takes the
    notice back (``active`` from the very day of the exit, known later than the notice) or begins within
    ``allowed_gap_days`` after that day, so that the exit would be no churn. A status before that day undoes nothing:
    who pays their arrears while the notice runs still leaves. What becomes known later was not known to anybody at
    as_of, and undoes the notice from then on only.

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
    left = running.anti_join(undone.select(notice).distinct(), notice)
    return left.select("subscriber_id", "as_of").distinct()
