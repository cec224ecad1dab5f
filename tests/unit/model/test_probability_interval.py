"""The interval of a probability: two isotonic calibrations, one told that the subscriber leaves, one that they stay."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit
from sklearn.isotonic import IsotonicRegression

from savedesk.model.interval import fit_intervals, interval


def rows(count, seed=0):
    draw = np.random.default_rng(seed)
    score = draw.normal(-2, 1.5, count)
    return score, draw.random(count) < expit(score)


def pretended(score, churned, at, outcome):
    """The definition: put the subscriber among the rows with an outcome, calibrate, read off."""
    fitted = IsotonicRegression().fit(np.append(score, at), np.append(churned, outcome))
    return fitted.predict([at])[0]


def test_the_ends_are_what_isotonic_calibration_says_of_a_stayer_and_of_a_leaver():
    score, churned = rows(150)
    made = fit_intervals(score, churned, points=20)
    for at, low, high in zip(made["score"], made["low"], made["high"], strict=True):
        assert low == pytest.approx(pretended(score, churned, at, 0), abs=1e-8)
        assert high == pytest.approx(pretended(score, churned, at, 1), abs=1e-8)


def test_more_rows_make_it_narrower():
    def width(count):
        made = fit_intervals(*rows(count), points=50)
        return np.mean(np.subtract(made["high"], made["low"])[5:-5])

    assert width(20_000) < width(2_000) / 2 < width(200) / 4


def test_the_churn_rate_of_like_scores_lies_between_the_mean_ends():
    made = fit_intervals(*rows(20_000), points=200)
    score, _ = rows(50_000, seed=1)
    low, high = interval(made, score, expit(score))
    for band in np.array_split(np.argsort(score), 10):
        assert low[band].mean() - 0.01 <= expit(score[band]).mean() <= high[band].mean() + 0.01


def test_the_interval_holds_the_probability_wherever_the_calibrator_puts_it():
    made = fit_intervals(*rows(500), points=20)
    score = np.array([-50.0, 0.0, 50.0])
    low, high = interval(made, score, np.array([0.9, 0.5, 0.1]))
    assert (low <= [0.9, 0.5, 0.1]).all()
    assert (high >= [0.9, 0.5, 0.1]).all()


def test_without_both_classes_there_is_none():
    assert fit_intervals(np.zeros(5), np.zeros(5, dtype=bool), 10) is None
    low, high = interval(None, np.zeros(2), np.full(2, 0.1))
    assert np.isnan(low).all()
    assert np.isnan(high).all()
