"""What follows from the hazards of twelve months: curve, expected months, median, days to the exit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from savedesk.model.calibration import EDGE
from savedesk.model.survival import (
    MONTHS,
    agreeing,
    constant_hazards,
    days_to_churn,
    expected_months,
    median_months,
    survival,
)

chances = st.floats(EDGE, 1 - EDGE)
windows = st.integers(1, 360)
hazards = st.lists(st.floats(1e-6, 0.9), min_size=MONTHS, max_size=MONTHS).map(lambda values: np.array([values]))


def daily(hazard):
    """The obvious twin: the share still there at the end of each day, by one multiplication a day."""
    rates = np.repeat((1 - hazard[0]) ** (1 / 30), 30)
    return np.concatenate([[1.0], np.cumprod(rates)])


def test_half_of_the_subscribers_leave_each_month():
    hazard = np.full((1, MONTHS), 0.5)
    assert survival(hazard)[0, :3] == pytest.approx([0.5, 0.25, 0.125])
    assert median_months(hazard)[0] == pytest.approx(1.0)
    assert expected_months(hazard)[0] == pytest.approx(1.5, abs=1e-3)  # half a month's error of the trapezoids at most


def test_who_hardly_ever_leaves_has_no_median_and_nearly_all_of_the_year():
    hazard = np.full((1, MONTHS), 0.001)
    assert np.isnan(median_months(hazard)[0])
    assert 11.9 < expected_months(hazard)[0] < 12


def test_the_median_lies_within_the_month_in_which_half_have_left():
    hazard = np.array([[0.2, 0.5, *[0.1] * 10]])
    inside = median_months(hazard)[0]
    curve = daily(hazard)
    assert curve[int(inside * 30)] >= 0.5 >= curve[int(inside * 30) + 1]


@given(hazards, chances, windows)
def test_the_curve_gives_the_churn_probability_within_the_window(hazard, chance, days):
    agreed = agreeing(hazard, np.array([chance]), days)
    if agreed.max() < 1 - 1e-8:  # beyond that a hazard is held below 1
        assert 1 - daily(agreed)[days] == pytest.approx(chance, rel=1e-6, abs=1e-7)
    assert (np.diff(survival(agreed), axis=1) <= 0).all()


def test_of_a_window_longer_than_the_curve_the_last_month_holds_on():
    hazard, chance = np.full((1, MONTHS), 0.05), np.array([0.3])
    assert agreeing(hazard, chance, 365) == pytest.approx(constant_hazards(chance, 365))
    assert days_to_churn(hazard, 0, 365)[0] > days_to_churn(hazard, 0, 360)[0]


@given(hazards, st.integers(0, 120), windows)
def test_the_days_to_the_exit_agree_with_counting_days(hazard, lead, days):
    curve = daily(hazard)[: days + 1]
    gone = 1 - curve[-1]
    by_day = lead + ((np.arange(days) + 0.5) * -np.diff(curve)).sum() / gone
    assert days_to_churn(hazard, lead, days)[0] == pytest.approx(by_day, abs=0.5)
    assert lead <= days_to_churn(hazard, lead, days)[0] <= lead + days


def test_an_unlikely_exit_is_as_likely_on_any_day_and_a_certain_one_comes_at_once():
    assert days_to_churn(constant_hazards(np.array([EDGE]), 60), 14, 60)[0] == pytest.approx(44)
    assert days_to_churn(constant_hazards(np.array([1 - EDGE]), 60), 14, 60)[0] < 14 + 5


@given(chances, windows)
def test_without_dates_of_exits_the_hazard_is_constant_and_gives_the_churn_probability(chance, days):
    constant = constant_hazards(np.array([chance]), days)
    assert np.ptp(constant) == 0
    if 1e-9 < constant[0, 0] < 1 - 1e-8:
        assert 1 - daily(constant)[days] == pytest.approx(chance, rel=1e-6)
