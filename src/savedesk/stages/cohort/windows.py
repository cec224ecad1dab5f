"""The windows around each as_of, and the role that each as_of plays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from savedesk.errors import ParamsError
from savedesk.params.cohort import CohortParams

LONGEST_MONTH_DAYS = 31
MONTHS_A_YEAR = 12
FEWEST_TRAIN_DATES = 2


@dataclass(frozen=True)
class Window:
    """One as_of with its outcome window ``[outcome_start, outcome_end)``, role and validation fold.

    Args:
        as_of: day of the decision.
        outcome_start: first day of the outcome window.
        outcome_end: first day after it.
        label_known_on: first day on which the label could be known.
        role: as in the contract ``cohort``.
        fold: validation fold.
        followed_until: first day on which an exit could not be known to whoever may use the row: before the first test
            as_of for a row that is trained on, before the newest as_of for one that is tested on; absent: neither.
        usage_known: whether the use of every month that decides the label is known.
    """

    as_of: dt.date
    outcome_start: dt.date
    outcome_end: dt.date
    label_known_on: dt.date
    role: str = "embargo"
    fold: int | None = None
    followed_until: dt.date | None = None
    usage_known: bool = True

    @property
    def ripening_days(self) -> int:
        """Days until an exit, or that there was none, can be known."""
        return (self.label_known_on - self.outcome_end).days


def month_start(day: dt.date, months: int = 0) -> dt.date:
    """Return the first day of the month that lies ``months`` after the month of ``day``."""
    total = day.year * MONTHS_A_YEAR + day.month - 1 + months
    return dt.date(total // MONTHS_A_YEAR, total % MONTHS_A_YEAR + 1, 1)


def windows(
    params: CohortParams,
    data_from: dt.date,
    extracted_on: dt.date,
    usage_until: dt.date | None = None,
    usage_lag_days: int = 0,
    usage_gaps: Sequence[dt.date] = (),
) -> list[Window]:
    """Return every as_of that the data allows, oldest first; with ``score_only`` the newest alone.

    A label is used only once it could have been known: training labels before the first test as_of, the labels of a
    validation fold's training rows before that fold's as_of. This embargo is never shorter than lead + outcome window.
    Nor is there a label where usage ends before the outcome window does, or has a gap in it or in the ``dormant_days``
    before it: nobody could tell who went dormant.

    Args:
        params: section ``cohort``.
        data_from: first day of the data.
        extracted_on: day on which the data was taken; nothing later is known.
        usage_until: first day of whose month the use is not known; absent where usage tells nothing.
        usage_lag_days: days after the end of a month within which its use is known.
        usage_gaps: months before ``usage_until`` of which the use is not known either, oldest first.

    Raises:
        ParamsError: as_of lies outside the data, or the data is too short to train and test on.
    """
    dates = as_of_dates(params, data_from, extracted_on)
    newest = dates[-1]
    if params.score_only:
        return [replace(_window(params, newest, usage_lag_days), role="score")]
    spans = {day: _window(params, day, usage_lag_days) for day in dates}
    spans = {
        day: replace(span, usage_known=_usage_known(span, params, usage_until, usage_gaps))
        for day, span in spans.items()
    }
    labelled = [day for day, span in spans.items() if span.label_known_on <= newest and span.usage_known]
    tests = labelled[-params.test_as_of_dates :]
    trains = [day for day in labelled if tests and spans[day].label_known_on <= tests[0]][-params.train_as_of_dates :]
    if len(trains) < FEWEST_TRAIN_DATES:
        needed = spans[dates[0]].label_known_on - dates[0]
        lacks = _lacks(usage_until, newest, usage_gaps)
        raise ParamsError(
            f"data from {data_from} to {extracted_on}{lacks} leaves {len(trains)} as_of dates to "
            f"train on and {len(tests)} to test on; a label takes {needed.days} days to ripen",
            where="params.yaml: cohort",
            allowed=f"at least {FEWEST_TRAIN_DATES} to train on",
            next_step="connect more months, or lower minimum_history_months, outcome_days or test_as_of_dates",
        )
    ripe = [day for day in trains if spans[trains[0]].label_known_on <= day][-params.folds :]
    folds = {day: number for number, day in enumerate(ripe, start=1)}
    roles = dict.fromkeys(dates, "embargo") | dict.fromkeys(tests, "test") | dict.fromkeys(trains, "train")
    roles[newest] = "score"
    known = {"train": tests[0], "test": newest}
    return [
        replace(
            spans[day],
            role=roles[day],
            fold=folds.get(day),
            followed_until=_followed(spans[day], known.get(roles[day]), usage_until, usage_gaps),
        )
        for day in dates
        if day >= trains[0]
    ]


def _usage_known(span: Window, params: CohortParams, until: dt.date | None, gaps: Sequence[dt.date]) -> bool:
    silent_from = span.outcome_start - dt.timedelta(days=params.dormant_days)
    touched = any(month < span.outcome_end and month_start(month, 1) > silent_from for month in gaps)
    return not touched and (until is None or span.outcome_end <= until)


def _followed(
    span: Window, known_on: dt.date | None, usage_until: dt.date | None, gaps: Sequence[dt.date]
) -> dt.date | None:
    """Return the first day whose exits were not all known on ``known_on``."""
    if known_on is None:
        return None
    ripe = known_on - dt.timedelta(days=span.ripening_days)
    ends = [month for month in gaps if month >= span.outcome_start]
    return min([ripe, *ends[:1], *([usage_until] if usage_until else [])])


def _lacks(usage_until: dt.date | None, newest: dt.date, usage_gaps: Sequence[dt.date]) -> str:
    """Return in words of which months the use is not known; near them there is no label."""
    ends = usage_until is not None and usage_until < newest
    said = f" with usage to {month_start(usage_until, -1):%Y-%m}" if usage_until and ends else ""
    gaps = ", ".join(f"{month:%Y-%m}" for month in usage_gaps)
    return said + (f" without the usage of {gaps}" if gaps else "")


def as_of_dates(params: CohortParams, data_from: dt.date, extracted_on: dt.date) -> list[dt.date]:
    """Return every month start from the first with enough history to the one that is scored.

    Raises:
        ParamsError: there is none, or the as_of of the params lies outside the data.
    """
    whole_from = month_start(data_from, 0 if data_from.day == 1 else 1)
    first, last = (
        month_start(whole_from, params.minimum_history_months),
        month_start(extracted_on + dt.timedelta(days=1)),
    )
    if first > last:
        raise ParamsError(
            f"data from {data_from} to {extracted_on} has no {params.minimum_history_months} whole months before an "
            "as_of",
            where="params.yaml: cohort.minimum_history_months",
            next_step="connect more months, or lower it",
        )
    newest = last if params.as_of == "newest" else params.as_of
    if newest.day != 1 or not first <= newest <= last:
        raise ParamsError(
            f"{newest} is not a month start within the data",
            where="params.yaml: cohort.as_of",
            allowed=f"newest, or a month start from {first} to {last}",
            next_step="choose one of them",
        )
    months = (newest.year - first.year) * MONTHS_A_YEAR + newest.month - first.month
    return [month_start(first, step) for step in range(months + 1)]


def _window(params: CohortParams, day: dt.date, usage_lag_days: int) -> Window:
    """A return within the allowed gap undoes an exit, and dormancy shows when the use of its last month is known."""
    start = day + dt.timedelta(days=params.lead_days)
    end = start + dt.timedelta(days=params.outcome_days)
    ripening = max(params.allowed_gap_days, LONGEST_MONTH_DAYS + usage_lag_days)
    return Window(day, start, end, end + dt.timedelta(days=ripening))
