"""The windows around each as_of, and the role that each as_of plays."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from savedesk.errors import ParamsError
from savedesk.params.cohort import CohortParams

LONGEST_MONTH_DAYS = 31
FEWEST_TRAIN_DATES = 2


@dataclass(frozen=True)
class Window:
    """One as_of with its outcome window ``[outcome_start, outcome_end)``, role and validation fold."""

    as_of: dt.date
    outcome_start: dt.date
    outcome_end: dt.date
    label_known_on: dt.date
    role: str
    fold: int | None


def month_start(day: dt.date, months: int = 0) -> dt.date:
    """Return the first day of the month that lies ``months`` after the month of ``day``."""
    total = day.year * 12 + day.month - 1 + months
    return dt.date(total // 12, total % 12 + 1, 1)


def windows(params: CohortParams, data_from: dt.date, extracted_on: dt.date) -> list[Window]:
    """Return every as_of that the data allows, oldest first.

    A label is used only once it could have been known: training labels before the first test as_of, the labels of a
    validation fold's training rows before that fold's as_of. This embargo is never shorter than lead + outcome window.

    Args:
        params: section ``cohort``.
        data_from: first day of the data.
        extracted_on: day on which the data was taken; nothing later is known.

    Raises:
        ParamsError: as_of lies outside the data, or the data is too short to train and test on.
    """
    whole_from = month_start(data_from, 0 if data_from.day == 1 else 1)
    first = month_start(whole_from, params.minimum_history_months)
    newest = _newest(params, first, extracted_on)
    known_until = min(newest, extracted_on + dt.timedelta(days=1))
    dates = [
        month_start(first, step) for step in range((newest.year - first.year) * 12 + newest.month - first.month + 1)
    ]
    labelled = [day for day in dates if _label_known_on(params, day) <= known_until]
    tests = labelled[-params.test_as_of_dates :]
    trains = [day for day in labelled if tests and _label_known_on(params, day) <= tests[0]][
        -params.train_as_of_dates :
    ]
    if len(trains) < FEWEST_TRAIN_DATES:
        needed = _label_known_on(params, first) - first
        raise ParamsError(
            f"data from {data_from} to {extracted_on} leaves {len(trains)} as_of dates to train on and "
            f"{len(tests)} to test on; "
            f"a label takes {needed.days} days to ripen",
            where="params.yaml: cohort",
            allowed=f"at least {FEWEST_TRAIN_DATES} to train on",
            next_step="connect more months, or lower minimum_history_months, outcome_days or test_as_of_dates",
        )
    folds = _folds(params, trains)
    roles = dict.fromkeys(dates, "embargo") | dict.fromkeys(tests, "test") | dict.fromkeys(trains, "train")
    roles[newest] = "score"
    return [_window(params, day, roles[day], folds.get(day)) for day in dates if day >= trains[0]]


def _newest(params: CohortParams, first: dt.date, extracted_on: dt.date) -> dt.date:
    last = month_start(extracted_on + dt.timedelta(days=1))
    newest = last if params.as_of == "newest" else params.as_of
    if newest.day != 1 or not first <= newest <= last:
        raise ParamsError(
            f"{newest} is not a month start within the data",
            where="params.yaml: cohort.as_of",
            allowed=f"newest, or a month start from {first} to {last}",
            next_step="choose one of them",
        )
    return newest


def _label_known_on(params: CohortParams, as_of: dt.date) -> dt.date:
    """A return within the allowed gap undoes an exit, and dormancy shows when its last month is complete."""
    ripening = max(params.allowed_gap_days, LONGEST_MONTH_DAYS)
    return as_of + dt.timedelta(days=params.lead_days + params.outcome_days + ripening)


def _folds(params: CohortParams, trains: list[dt.date]) -> dict[dt.date, int]:
    """Number the newest training dates as validation folds, where earlier dates with ripe labels exist to train on."""
    usable = [day for day in trains if _label_known_on(params, trains[0]) <= day][-params.folds :]
    return {day: number for number, day in enumerate(usable, start=1)}


def _window(params: CohortParams, day: dt.date, role: str, fold: int | None) -> Window:
    start = day + dt.timedelta(days=params.lead_days)
    end = start + dt.timedelta(days=params.outcome_days)
    return Window(day, start, end, _label_known_on(params, day), role, fold)
