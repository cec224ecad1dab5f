"""The cluster bootstrap: whom it draws, and whether its intervals keep their promise."""

import numpy as np
import pytest

from savedesk.evaluate.bootstrap import figures_with_intervals, resamples


def test_the_rows_of_a_subscriber_are_drawn_together():
    codes = np.array([0, 1, 2, 0, 1, 2])
    for weights in resamples(codes, 20, seed=1):
        assert weights[:3].tolist() == weights[3:].tolist()
        assert weights.sum() == 6


def test_the_seed_decides():
    codes = np.arange(50)
    first, second, third = (np.array(list(resamples(codes, 3, seed))) for seed in (1, 1, 2))
    assert (first == second).all()
    assert (first != third).any()


def test_nine_of_ten_intervals_hold_the_true_rate(settings):
    params, codes = settings(bootstrap_rounds=200), np.repeat(np.arange(150), 2)
    held = 0
    for seed in range(100):
        churned = np.repeat(np.random.default_rng(seed).random(150) < 0.2, 2).astype(
            float
        )  # both rows of a subscriber agree

        def rate(weights, churned=churned):
            return {"rate": float(weights @ churned / weights.sum())}

        found = figures_with_intervals(rate, codes, params)["rate"]
        held += found.low <= 0.2 <= found.high
    assert 80 <= held <= 97


def test_repeating_every_row_does_not_narrow_the_interval(settings):
    churned = (np.random.default_rng(1).random(200) < 0.3).astype(float)

    def width(copies):
        outcome, codes = np.tile(churned, copies), np.tile(np.arange(200), copies)
        found = figures_with_intervals(
            lambda w: {"rate": float(w @ outcome / w.sum())}, codes, settings(bootstrap_rounds=100)
        )
        return found["rate"].high - found["rate"].low

    assert width(4) == pytest.approx(width(1))


def test_a_figure_that_cannot_be_made_has_no_interval(settings):
    found = figures_with_intervals(lambda _: {"auc": float("nan")}, np.arange(5), settings())["auc"]
    assert np.isnan([found.value, found.low, found.high]).all()
