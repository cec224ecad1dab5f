"""MPC and EMPC against a slow and obvious reading of the paper."""

import numpy as np
import pytest
from empulse.metrics import empc_score, mpc_score
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import beta

from savedesk.metrics.maximum_profit import hull, mpc_and_empc
from savedesk.metrics.running_sums import ranked, totals
from savedesk.params.evaluate import EvaluateParams

VERBRAKEN = EvaluateParams(
    bootstrap_rounds=10,
    interval=0.9,
    seed=1,
    top_shares=(),
    calibration_bins=10,
    coverage_bins=20,
    minimum_slice_rows=5,
    survival_minimum_rows=200,
    drift_rows=1000,
    capacity_share=0.02,
    empc_alpha=6,
    empc_beta=14,
    empc_clv=200,
    empc_incentive_cost=10,
    empc_contact_cost=1,
)


def campaigns(most):
    rows = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=4, max_size=most)
    return rows.filter(lambda sample: len({churned for _, churned in sample}) == 2)


def campaign_profit(score, churned, threshold, gamma):
    """Profit per subscriber of contacting everybody at or above the threshold, one subscriber after another."""
    money = 0.0
    for s, y in zip(score, churned, strict=True):
        if s >= threshold:
            money += gamma * (200 - 10 - 1) + (1 - gamma) * -1 if y else -10 - 1
    return money / len(score)


def best_profit(score, churned, gamma):
    return max(campaign_profit(score, churned, threshold, gamma) for threshold in [*sorted(set(score)), float("inf")])


def figures(score, churned):
    score, churned = np.array(score, dtype=float), np.array(churned, dtype=float)
    return mpc_and_empc(totals(ranked(score, churned, np.zeros(len(score))), np.ones(len(score))), VERBRAKEN)


def test_empc_is_the_figure_that_other_programs_publish():
    # Ten subscribers by which implementations of Verbraken et al. 2013 (R package EMP) are compared.
    churned = [1, 1, 0, 0, 0, 1, 1, 1, 1, 0]
    score = [
        0.6125478,
        0.3642710,
        0.4321361,
        0.1402911,
        0.3848959,
        0.2444155,
        0.9706413,
        0.8901728,
        0.7817814,
        0.8687518,
    ]
    assert figures(score, churned)["empc"] == pytest.approx(30.3003222629848, abs=1e-9)


@pytest.mark.parametrize("values", [7, 100_000])
def test_mpc_and_empc_are_those_of_empulse(values):
    generator = np.random.default_rng(4)
    score = generator.integers(1, values, 3000) / values
    churned = (generator.random(3000) < score * 0.3).astype(int)
    ours = figures(score, churned)
    assert ours["empc"] == pytest.approx(float(empc_score(churned, score)), abs=1e-6)
    assert ours["mpc"] == pytest.approx(float(mpc_score(churned, score)), abs=1e-6)


@hypothesis_settings(max_examples=12, deadline=None)
@given(campaigns(12))
def test_empc_is_the_mean_best_profit_over_the_acceptance_rate(rows):
    score, churned = zip(*rows, strict=True)

    def weighted(gamma):
        return best_profit(score, churned, gamma) * beta.pdf(gamma, 6, 14)

    expected, _ = quad(weighted, 0, 1, limit=200, epsabs=1e-6)
    assert figures(score, churned)["empc"] == pytest.approx(expected, abs=1e-3)


@hypothesis_settings(max_examples=50, deadline=None)
@given(campaigns(25))
def test_mpc_is_the_best_profit_at_the_mean_acceptance_rate(rows):
    score, churned = zip(*rows, strict=True)
    ours = figures(score, churned)
    assert ours["mpc"] == pytest.approx(best_profit(score, churned, 0.3))
    assert ours["empc"] >= ours["mpc"] - 1e-9  # a mean of maxima is no less than the maximum of the mean


def test_a_perfect_ranking_earns_the_churn_rate_times_what_a_churner_earns():
    score, churned = [1.0] * 20 + [0.0] * 80, [1] * 20 + [0] * 80
    assert figures(score, churned)["mpc"] == pytest.approx(0.2 * (0.3 * 190 - 1))


def test_the_hull_lies_on_or_above_the_curve():
    generator = np.random.default_rng(2)
    score, churned = generator.random(300), (generator.random(300) < 0.3).astype(float)
    t = totals(ranked(score, churned, np.zeros(300)), np.ones(300))
    left, stayed = hull(np.diff(t.rows), np.diff(t.churners))
    curve = np.interp((t.rows - t.churners) / (t.rows - t.churners)[-1], stayed, left)
    assert (curve >= t.churners / t.churners[-1] - 1e-9).all()
    slopes = np.diff(left)[np.diff(stayed) > 0] / np.diff(stayed)[np.diff(stayed) > 0]
    assert (np.diff(slopes) <= 1e-9).all()


def test_one_class_has_neither():
    assert all(np.isnan(value) for value in figures([1, 2], [0, 0]).values())
