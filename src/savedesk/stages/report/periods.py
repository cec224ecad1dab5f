"""Within what time figures of the pages fall: churn from an as_of on, and the value that leaves with it."""

from __future__ import annotations

from dataclasses import dataclass

from savedesk.stages.report.amounts import number
from savedesk.stages.report.wording import Wording


@dataclass(frozen=True)
class Periods:
    """The windows of the run.

    Args:
        lead_days: from an as_of to its outcome window.
        outcome_days: in which churn is counted; None for a snapshot, which has no calendar.
        horizon_months: that remaining value looks ahead.
    """

    lead_days: int
    outcome_days: int | None
    horizon_months: int

    def outcome(self, as_of: object, wording: Wording) -> str:
        """Return in words when those leave who are counted at an as_of; empty for a snapshot."""
        if self.outcome_days is None:
            return ""
        key = "outcome_at_once" if self.lead_days == 0 else "outcome_after"
        return wording.say(key, days=number(self.outcome_days), lead=number(self.lead_days), day=wording.day(as_of))
