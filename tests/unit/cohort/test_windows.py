"""The windows around each as_of: what may be trained on, validated on, tested on and scored."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tables import sections

from savedesk.errors import ParamsError
from savedesk.params.cohort import CohortParams
from savedesk.stages.cohort.windows import month_start, windows

DAY = dt.date


def params(**changes) -> CohortParams:
    return sections(cohort=changes)["cohort"]


def by_role(spine, role):
    return [window.as_of for window in spine if window.role == role]


def test_two_years_of_data_are_split_forward_in_time():
    spine = windows(params(), DAY(2024, 1, 1), DAY(2025, 12, 31))
    # lead 14 + outcome 60 + ripening 31 = 105 days: the newest label known on 2026-01-01 is that of 2025-09-01
    assert by_role(spine, "score") == [DAY(2026, 1, 1)]
    assert by_role(spine, "test") == [DAY(2025, 8, 1), DAY(2025, 9, 1)]
    assert by_role(spine, "train") == [DAY(2024, 7 + k, 1) for k in range(6)] + [DAY(2025, 1 + k, 1) for k in range(4)]
    assert by_role(spine, "embargo") == [DAY(2025, m, 1) for m in (5, 6, 7, 10, 11, 12)]


def test_the_outcome_window_begins_after_the_lead():
    (window,) = [w for w in windows(params(), DAY(2024, 1, 1), DAY(2025, 12, 31)) if w.as_of == DAY(2025, 9, 1)]
    assert window.outcome_start == DAY(2025, 9, 15)
    assert window.outcome_end == DAY(2025, 11, 14)
    assert window.label_known_on == DAY(2025, 12, 15)


def test_the_newest_as_of_is_the_day_after_a_whole_month():
    assert windows(params(), DAY(2024, 1, 1), DAY(2025, 12, 30))[-1].as_of == DAY(2025, 12, 1)
    assert windows(params(), DAY(2024, 1, 1), DAY(2025, 12, 31))[-1].as_of == DAY(2026, 1, 1)


def test_a_month_that_the_data_begins_in_the_middle_of_is_no_history():
    late = windows(params(train_as_of_dates=60), DAY(2024, 1, 2), DAY(2025, 12, 31))
    assert late[0].as_of == DAY(2024, 8, 1)


@pytest.mark.parametrize("as_of", [DAY(2025, 12, 2), DAY(2026, 2, 1), DAY(2024, 6, 1)])
def test_an_as_of_outside_the_data_is_refused(as_of):
    with pytest.raises(ParamsError, match=r"cohort\.as_of.*from 2024-07-01 to 2026-01-01"):
        windows(params(as_of=as_of), DAY(2024, 1, 1), DAY(2025, 12, 31))


def test_an_earlier_as_of_knows_nothing_of_later_labels():
    spine = windows(params(as_of=DAY(2025, 9, 1)), DAY(2024, 1, 1), DAY(2025, 12, 31))
    assert spine[-1].as_of == DAY(2025, 9, 1)
    assert all(w.label_known_on <= DAY(2025, 9, 1) for w in spine if w.role in {"train", "test"})


def test_too_little_history_is_refused():
    with pytest.raises(ParamsError, match="0 as_of dates to train on"):
        windows(params(), DAY(2025, 1, 1), DAY(2025, 12, 31))


some_params = st.fixed_dictionaries(
    {
        "lead_days": st.integers(0, 60),
        "outcome_days": st.integers(1, 120),
        "allowed_gap_days": st.integers(0, 90),
        "test_as_of_dates": st.integers(1, 4),
        "train_as_of_dates": st.integers(2, 24),
        "folds": st.integers(2, 6),
    }
)
BASE = params().model_dump()


@given(some_params, st.dates(DAY(2020, 1, 1), DAY(2022, 6, 30)), st.integers(300, 1500))
def test_no_label_is_used_before_it_could_be_known(changes, data_from, days):
    chosen = CohortParams(**{**BASE, **changes})
    extracted_on = data_from + dt.timedelta(days=days)
    try:
        spine = windows(chosen, data_from, extracted_on)
    except ParamsError:
        return
    trains = [w for w in spine if w.role == "train"]
    tests = [w for w in spine if w.role == "test"]
    assert all(w.label_known_on <= tests[0].as_of for w in trains)
    assert all(w.label_known_on <= spine[-1].as_of <= extracted_on + dt.timedelta(days=1) for w in tests)
    assert all(w.label_known_on >= w.outcome_end for w in spine)
    assert len(trains) <= chosen.train_as_of_dates
    assert len(tests) <= chosen.test_as_of_dates
    assert [w.role for w in spine].count("score") == 1
    assert spine[-1].role == "score"
    assert [w.as_of for w in spine] == sorted({w.as_of for w in spine})


@given(some_params)
def test_folds_go_forward_in_time(changes):
    chosen = CohortParams(**{**BASE, **changes})
    try:
        spine = windows(chosen, DAY(2021, 1, 1), DAY(2024, 12, 31))
    except ParamsError:
        return
    folded = [w for w in spine if w.fold is not None]
    assert [w.fold for w in folded] == list(range(1, len(folded) + 1))
    assert all(w.role == "train" for w in folded)
    trains = [w for w in spine if w.role == "train"]
    assert all(any(t.label_known_on <= w.as_of for t in trains) for w in folded)


@given(st.dates(DAY(1950, 1, 1), DAY(2090, 1, 1)), st.integers(-300, 300), st.integers(-300, 300))
def test_months_add_up(day, a, b):
    assert month_start(month_start(day, a), b) == month_start(day, a + b)


def test_months_without_usage_that_leave_too_few_dates_are_named():
    days = dt.date(2023, 7, 1), dt.date(2025, 1, 1), dt.date(2025, 1, 1), 0, (dt.date(2024, 9, 1),)
    with pytest.raises(ParamsError, match="without the usage of 2024-09 leaves 1 as_of dates to train on"):
        windows(params(minimum_history_months=6, test_as_of_dates=2), *days)
