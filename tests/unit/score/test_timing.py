"""Time to churn under a constant hazard."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from savedesk.model.calibration import EDGE
from savedesk.score.timing import expected_days_to_churn, monthly_hazard

chances = st.floats(EDGE, 1 - EDGE)
days = st.integers(1, 365)


def test_an_unlikely_exit_is_as_likely_on_any_day():
    assert expected_days_to_churn(np.array([EDGE]), 14, 60)[0] == pytest.approx(44)


def test_a_certain_exit_comes_at_once():
    assert expected_days_to_churn(np.array([1 - EDGE]), 14, 60)[0] == pytest.approx(14 + 60 / -np.log(EDGE), rel=1e-3)


@pytest.mark.parametrize("chance", [0.01, 0.3, 0.9])
def test_the_mean_agrees_with_many_small_steps(chance):
    edges = np.linspace(0, 60, 200_001)
    middle = (edges[1:] + edges[:-1]) / 2
    left = -np.diff((1 - chance) ** (edges / 60))
    assert expected_days_to_churn(np.array([chance]), 14, 60)[0] == pytest.approx(14 + (middle * left).sum() / chance)


@given(chances, st.integers(0, 120), days)
def test_the_exit_lies_between_lead_and_the_end_of_the_window(chance, lead, window):
    expected = expected_days_to_churn(np.array([chance]), lead, window)[0]
    assert lead <= expected <= lead + window / 2 + 1e-9


@given(chances, chances, days)
def test_the_riskier_one_leaves_sooner(one, other, window):
    low, high = sorted((one, other))
    early, late = expected_days_to_churn(np.array([high, low]), 14, window)
    assert early <= late + 1e-6 * window


@pytest.mark.parametrize("chance", [1e-6, 9.99e-5, 1e-4, 1.01e-4, 1e-3])
def test_small_chances_keep_their_digits(chance):
    series = 60 / 2 - 60 * chance / 12 - 60 * chance**2 / 24  # of the mean, around chance 0
    assert expected_days_to_churn(np.array([chance]), 0, 60)[0] == pytest.approx(series, abs=1e-3)


@given(chances, days)
def test_the_hazard_of_the_months_of_a_window_makes_its_chance(chance, window):
    hazard = monthly_hazard(np.array([chance]), window)[0]
    assert 0 < hazard < 1 or hazard == pytest.approx(1)
    assert monthly_hazard(np.array([chance]), 30)[0] == pytest.approx(chance)
    if hazard < 1 - 1e-9:
        assert 1 - (1 - hazard) ** (window / 30) == pytest.approx(chance, rel=1e-6)
