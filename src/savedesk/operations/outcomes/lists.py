"""The lists that were handed over, as far as outcomes need them: who was on them, who was held out, and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from savedesk.operations.review.kept_lists import HELD_OUT, LISTED, kept_lists, read_kept
from savedesk.operations.review.runs import runs
from savedesk.policy.campaigns import Drawn
from savedesk.schemas import decisions


@dataclass(frozen=True)
class HandedOver(Drawn):
    """One list, with all columns of ``list`` and ``holdout``.

    Args:
        until: last day of its contacts: the end of its month, or the last ``call_by``.
    """

    until: dt.date


def handed_over(root: Path, source: str) -> list[HandedOver]:
    """Return the lists of a source, oldest first: those kept, and those that lie in the project besides."""
    tables = {day: (read_kept(at, LISTED), read_kept(at, HELD_OUT)) for day, at in kept_lists(root, source).items()}
    for run in runs(root):
        if run.newest and run.as_of not in tables and run.source == source:
            tables[run.as_of] = (run.rows(decisions.LIST), run.rows(decisions.HOLD_OUT))
    return [_list(day, *tables[day]) for day in sorted(tables)]


def _list(as_of: dt.date, listed: pd.DataFrame, held_out: pd.DataFrame) -> HandedOver:
    by_id = [rows.set_index("subscriber_id") for rows in (listed, held_out)]
    month_end, latest = Drawn(as_of, by_id[0], by_id[1]).month_end, pd.to_datetime(listed["call_by"]).max()
    until = month_end if pd.isna(latest) else max(month_end, latest.date())
    return HandedOver(as_of, by_id[0], by_id[1], until)


def list_of(day: dt.date, lists: Sequence[HandedOver]) -> HandedOver | None:
    """Return the list that a contact on a day belongs to: the newest one by then, if it lasts so long."""
    earlier = [contact_list for contact_list in lists if contact_list.as_of <= day]
    return earlier[-1] if earlier and day <= earlier[-1].until else None
