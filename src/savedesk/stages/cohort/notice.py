"""Who has already said that they will leave."""

from __future__ import annotations

from typing import Any

from savedesk.domain.statuses import notices


def under_notice(status_changes: Any, dates: Any, allowed_gap_days: int) -> Any:
    """Return subscriber_id and as_of wherever a notice to leave runs: known before as_of, taking effect on or after it.

    A notice is a cancellation or port-out that is known before the day on which it takes effect. Nobody needs to call
    whom has given it, and there is nothing left to predict. See ``statuses.notices`` for what undoes it.
    """
    return notices(status_changes, dates, allowed_gap_days).select("subscriber_id", "as_of").distinct()
