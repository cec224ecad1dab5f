"""The interval of a probability: how far another month's churn rate of like subscribers may lie from it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import t

from savedesk.model.calibration import calibrate, fit_calibrator
from savedesk.model.interval import fit_interval, interval

EXACT = {"method": "none"}


def months(count, shifts, seed=0):
    """As many rows a fold, whose log-odds of leaving are the score and the month's shift."""
    draw = np.random.default_rng(seed)
    fold = np.repeat(np.arange(len(shifts)), count)
    score = draw.normal(-2, 1.5, len(fold))
    return score, draw.random(len(fold)) < expit(score + np.take(shifts, fold)), fold


def fitted(score, churned, fold, calibrator=EXACT, subscriber=None, level=0.9, rounds=40):
    who = np.arange(len(score)) if subscriber is None else subscriber
    return fit_interval(calibrator, score, churned, fold, who, level=level, points=50, rounds=rounds, seed=7)


def test_nine_of_ten_intervals_hold_the_level_of_another_month():
    """Months are alike but for a normal shift; calibrated on some of them, is the next one inside?"""
    draw, inside = np.random.default_rng(1), []
    for seed in range(40):
        shifts = draw.normal(0, 0.2, 4)
        score, churned, fold = months(800, shifts[:3], seed)
        calibrator = fit_calibrator("platt", score, churned)
        at = np.array([-2.0])
        low, high = interval(fitted(score, churned, fold, calibrator, rounds=10), at, calibrate(calibrator, at))
        inside.append(low[0] <= expit(at[0] + shifts[3]) <= high[0])
    assert 0.8 <= np.mean(inside) <= 0.98


def test_where_many_rows_are_known_only_the_months_differ():
    score, churned, fold = months(40_000, [0.3, 0.0, -0.3])
    half = np.median(fitted(score, churned, fold)["half_width"])
    assert half == pytest.approx(t.ppf(0.95, 2) * 0.3 * np.sqrt(4 / 3), rel=0.1)


def test_more_rows_make_it_narrower_and_a_higher_level_wider():
    def width(count, level=0.9):
        return np.median(fitted(*months(count, [0.0] * 5), level=level)["half_width"])

    assert width(20_000) < width(2_000) < width(200)
    assert width(2_000) < width(2_000, level=0.99)


def test_it_is_wider_where_few_scores_are():
    half = fitted(*months(2_000, [0.0] * 5), calibrator={"method": "platt", "slope": 1.0, "intercept": 0.0})
    assert half["half_width"][-1] > 1.1 * np.median(half["half_width"])


def test_rows_of_one_subscriber_count_less_than_as_many_subscribers():
    score, churned, fold = months(400, [0.0] * 5)
    four = np.tile(score, 4), np.tile(churned, 4), np.tile(fold, 4)
    alone = fitted(*four)["half_width"]
    together = fitted(*four, subscriber=np.tile(np.arange(len(score)), 4))["half_width"]
    assert np.median(together) > np.median(alone)


@pytest.mark.parametrize("method", ["none", "platt", "beta", "isotonic"])
def test_the_probability_lies_in_the_middle_whatever_calibrated_it(method):
    score, churned, fold = months(500, [0.1, 0.0, -0.1])
    calibrator = fit_calibrator(method, score, churned)
    at = np.linspace(-50, 50, 101)
    probability = calibrate(calibrator, at)
    low, high = interval(fitted(score, churned, fold, calibrator), at, probability)
    assert (low < probability).all()
    assert (probability < high).all()
    assert logit(low) + logit(high) == pytest.approx(2 * logit(probability), abs=1e-3)


def test_the_same_rows_give_the_same_interval():
    rows = months(500, [0.1, 0.0, -0.1])
    assert fitted(*rows) == fitted(*rows)


def test_without_two_folds_to_compare_there_is_none():
    score, churned, fold = months(200, [0.0, 0.0])
    assert fitted(score, churned, np.zeros_like(fold)) is None
    assert fitted(score, churned & (fold == 0), fold) is None
    assert fitted(score[:0], churned[:0], fold[:0]) is None
    low, high = interval(None, np.zeros(2), np.full(2, 0.1))
    assert np.isnan(low).all()
    assert np.isnan(high).all()
