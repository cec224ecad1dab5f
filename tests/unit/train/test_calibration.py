"""Calibration: probabilities rise with the score, and no fold is judged by what was fitted on it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from savedesk.model.calibration import calibrate, choose_calibrator, cross_fit, fit_calibrator, log_loss

METHODS = ("none", "platt", "beta", "isotonic")
GRID = np.linspace(-12, 12, 200)


def sample(rows=3000, slope=1.0, shift=0.0, seed=0):
    draw = np.random.default_rng(seed)
    raw = draw.normal(-2, 1.5, rows)
    return raw, draw.random(rows) < expit(slope * raw + shift), draw.integers(1, 4, rows)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("slope", [1.0, 0.3, 0.0, -1.0])
def test_a_higher_score_never_has_a_lower_probability(method, slope):
    raw, churned, _ = sample(slope=slope)
    probability = calibrate(fit_calibrator(method, raw, churned), GRID)
    assert (np.diff(probability) >= 0).all()
    assert ((probability > 0) & (probability < 1)).all()


@pytest.mark.parametrize("method", ["platt", "beta", "isotonic"])
def test_calibration_mends_scores_that_are_too_bold(method):
    raw, churned, _ = sample(20_000, slope=0.4, shift=0.5)
    probability = calibrate(fit_calibrator(method, raw, churned), raw)
    assert probability.mean() == pytest.approx(churned.mean(), abs=1e-3)
    top = raw > np.quantile(raw, 0.9)
    assert probability[top].mean() == pytest.approx(churned[top].mean(), abs=0.03)


def test_platt_finds_the_curve_that_made_the_data():
    raw, churned, _ = sample(100_000, slope=0.5, shift=-0.7)
    fitted = fit_calibrator("platt", raw, churned)
    assert fitted["slope"] == pytest.approx(0.5, abs=0.03)
    assert fitted["intercept"] == pytest.approx(-0.7, abs=0.05)


@pytest.mark.parametrize("method", METHODS)
def test_scores_that_separate_perfectly_give_finite_figures(method):
    raw = np.concatenate([np.linspace(-5, -1, 50), np.linspace(1, 5, 50)])
    churned = raw > 0
    probability = calibrate(fit_calibrator(method, raw, churned), raw)
    assert np.isfinite(log_loss(probability, churned))
    assert probability[churned].min() > probability[~churned].max()


@pytest.mark.parametrize("method", METHODS)
def test_a_fold_is_calibrated_by_the_others_only(method):
    raw, churned, fold = sample(600)
    before = cross_fit(method, raw, churned, fold)
    flipped = np.where(fold == 2, ~churned, churned)
    after = cross_fit(method, raw, flipped, fold)
    assert (before[fold == 2] == after[fold == 2]).all()
    if method != "none":
        assert (before[fold != 2] != after[fold != 2]).any()


def test_a_single_fold_is_not_calibrated_on_itself():
    raw, churned, _ = sample(600, slope=0.2)
    fold = np.ones(600, dtype=np.int64)
    chosen, probability, losses = choose_calibrator(METHODS, raw, churned, fold)
    assert chosen == {"method": "none"}
    assert probability == pytest.approx(expit(raw), abs=1e-6)
    assert len(set(losses.values())) == 1


def test_the_best_out_of_fold_log_loss_is_chosen():
    raw, churned, fold = sample(20_000, slope=0.4, shift=0.5)
    chosen, probability, losses = choose_calibrator(METHODS, raw, churned, fold)
    assert losses[chosen["method"]] == min(losses.values()) < losses["none"]
    assert log_loss(probability, churned) == losses[chosen["method"]]


@pytest.mark.parametrize("outcome", [True, False])
def test_one_class_leaves_nothing_to_fit(outcome):
    raw = np.array([-1.0, 0.0, 2.0])
    chosen, probability, losses = choose_calibrator(METHODS, raw, np.full(3, outcome), np.array([1, 2, 3]))
    assert chosen == {"method": "none"}
    assert probability == pytest.approx(expit(raw))
    assert losses == {}


def test_log_loss_by_hand():
    assert log_loss(np.array([0.5, 0.25]), np.array([True, False])) == pytest.approx(-(np.log(0.5) + np.log(0.75)) / 2)
