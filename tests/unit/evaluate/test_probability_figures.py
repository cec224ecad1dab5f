"""Log loss, Brier and calibration against plain loops and scikit-learn."""

import math

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, log_loss

from savedesk.metrics.running_sums import ranked
from savedesk.model.wilson import wilson
from savedesk.stages.evaluate.probability import bins_down, calibration_table, equal_count_bins, row_losses
from savedesk.stages.evaluate.score_figures import FigureRows, ScoredRows


def drawn(count, seed=5):
    generator = np.random.default_rng(seed)
    probability = generator.beta(1, 6, count)
    return probability, (generator.random(count) < probability).astype(float)


def ece(settings, probability, churned):
    none = np.zeros(len(probability))
    places = np.arange(len(probability))
    given = FigureRows(places, places * 0, probability, churned, none, none > 0, none, none)
    return ScoredRows(given, settings()).point()["ece"]


def test_log_loss_and_brier_equal_those_of_scikit_learn():
    probability, churned = drawn(200)
    probability[:2], churned[:2] = [0, 1], [1, 0]  # certain and wrong
    logs, squares = row_losses(probability, churned)
    assert logs.mean() == pytest.approx(log_loss(churned, probability))
    assert squares.mean() == pytest.approx(brier_score_loss(churned, probability))


def test_calibration_error_by_loop(settings):
    probability, churned = drawn(103)
    order = sorted(range(103), key=lambda i: (probability[i], i))
    expected = 0.0
    for number in range(10):
        members = [order[place] for place in range(103) if place * 10 // 103 == number]
        gap = sum(churned[i] for i in members) / len(members) - sum(probability[i] for i in members) / len(members)
        expected += len(members) / 103 * abs(gap)
    assert ece(settings, probability, churned) == pytest.approx(expected)


@pytest.mark.parametrize("values", [4, 1000])
def test_bins_down_a_ranking_are_the_same_bins(values):
    probability = np.random.default_rng(2).integers(0, values, 203) / values
    ranking = ranked(probability, np.zeros(203))
    assert bins_down(ranking.ends, 10).tolist() == equal_count_bins(probability, 10)[ranking.order].tolist()


def test_bins_hold_equally_many_rows():
    counts = np.bincount(equal_count_bins(np.random.default_rng(1).random(1003), 10))
    assert len(counts) == 10
    assert counts.max() - counts.min() <= 1


def test_fewer_rows_than_bins_make_a_bin_each():
    assert sorted(equal_count_bins(np.array([0.3, 0.1, 0.2]), 10)) == [0, 1, 2]


def test_a_model_that_says_the_truth_is_calibrated(settings):
    probability, churned = drawn(200_000)
    assert ece(settings, probability, churned) < 0.003


def test_a_model_that_says_half_the_truth_is_not(settings):
    probability, churned = drawn(200_000)
    assert ece(settings, probability / 2, churned) == pytest.approx(probability.mean() / 2, rel=0.05)


def test_wilson_of_a_textbook_case():
    low, high = wilson(np.array([8.0]), np.array([10.0]), 0.95)  # Wilson 1927, as printed in many places
    assert low[0] == pytest.approx(0.4902, abs=1e-4)
    assert high[0] == pytest.approx(0.9433, abs=1e-4)


def test_wilson_holds_the_rate_and_stays_within_zero_and_one():
    rows = np.full(11, 10.0)
    low, high = wilson(np.arange(11.0), rows, 0.9)
    assert ((low <= np.arange(11) / 10) & (np.arange(11) / 10 <= high)).all()
    assert low.min() == 0
    assert math.isclose(high.max(), 1)


def test_calibration_table_covers_every_row_once():
    probability, churned = drawn(500)
    table = calibration_table(probability, churned, 10, 0.9)
    assert table["bin"].tolist() == list(range(1, 11))
    assert table["rows"].sum() == 500
    assert (table["observed"] * table["rows"]).sum() == pytest.approx(churned.sum())
    assert table["predicted"].is_monotonic_increasing
