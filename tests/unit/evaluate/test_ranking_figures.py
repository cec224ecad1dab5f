"""Ranking figures against plain loops, and against scikit-learn where it has them."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from savedesk.metrics.ranking import RANKING, auc, average_precision, lift_at, precision_at, value_caught_at
from savedesk.metrics.running_sums import percent, ranked, totals

rows_of_figures = st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.integers(0, 3)), min_size=2, max_size=25)


def sums(score, churned, weights=None, value=None):
    score, churned = np.array(score, dtype=float), np.array(churned, dtype=float)
    value = np.ones(len(score)) if value is None else np.array(value, dtype=float)
    return totals(
        ranked(score, churned, value), np.ones(len(score)) if weights is None else np.array(weights, dtype=float)
    )


def ranking_figures(t, shares):
    scored = SimpleNamespace(totals=t)
    whole = {metric.name: metric.figure(scored) for metric in RANKING if metric.figure}
    parts = [(metric, share) for metric in RANKING if metric.by_share for share in shares]
    return whole | {f"{metric.name}_{percent(share)}": metric.by_share(scored, share) for metric, share in parts}


def auc_by_pairs(score, churned, weights):
    """The chance that a churner stands before a stayer, pair by pair; a tie is half a win."""
    won = pairs = 0.0
    for i in range(len(score)):
        for j in range(len(score)):
            if churned[i] and not churned[j]:
                pair = weights[i] * weights[j]
                pairs += pair
                won += pair * (1 if score[i] > score[j] else 0.5 if score[i] == score[j] else 0)
    return won / pairs if pairs else float("nan")


@settings(max_examples=80, deadline=None)
@given(rows_of_figures)
def test_auc_is_the_chance_that_a_churner_stands_before_a_stayer(rows):
    score, churned, weights = zip(*rows, strict=True)
    assert auc(sums(score, churned, weights)) == pytest.approx(auc_by_pairs(score, churned, weights), nan_ok=True)


@settings(max_examples=80, deadline=None)
@given(rows_of_figures)
def test_auc_and_average_precision_equal_those_of_scikit_learn(rows):
    score, churned, weights = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    if len(set(churned[weights > 0])) == 2:
        t = sums(score, churned, weights)
        assert auc(t) == pytest.approx(roc_auc_score(churned, score, sample_weight=weights))
        assert average_precision(t) == pytest.approx(average_precision_score(churned, score, sample_weight=weights))


@settings(max_examples=80, deadline=None)
@given(rows_of_figures)
def test_a_weight_of_two_is_the_row_twice(rows):
    score, churned, weights = (np.array(column) for column in zip(*rows, strict=True))
    if weights.sum() and churned[weights > 0].any():
        twice = np.repeat(np.arange(len(score)), weights)
        shares = (0.1, 0.5)
        weighted = ranking_figures(sums(score, churned, weights), shares)
        repeated = ranking_figures(sums(score[twice], churned[twice]), shares)
        assert weighted == pytest.approx(repeated, nan_ok=True)


def lift_by_loop(score, churned, share):
    order = sorted(range(len(score)), key=lambda i: (-score[i], i))
    room, caught = share * len(score), 0.0
    for i in order:
        part = min(1.0, max(0.0, room))
        caught += part * churned[i]
        room -= part
    return caught / (share * len(score)) / (sum(churned) / len(churned))


@pytest.mark.parametrize("share", [0.01, 0.1, 0.25, 0.33, 1.0])
def test_lift_by_hand(share):
    generator = np.random.default_rng(3)
    score, churned = generator.integers(0, 9, 30), generator.random(30) < 0.4
    assert lift_at(sums(score, churned), share) == pytest.approx(lift_by_loop(score, churned.astype(float), share))


def test_lift_precision_and_value_caught_of_ten_subscribers():
    score = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]
    churned = [1, 1, 0, 0, 1, 0, 0, 0, 0, 0]
    value = [100, 300, 999, 999, 600, 999, 999, 999, 999, 999]  # that of stayers is not lost
    t = sums(score, churned, value=value)
    assert precision_at(t, 0.2) == 1
    assert lift_at(t, 0.2) == pytest.approx(1 / 0.3)
    assert value_caught_at(t, 0.2) == pytest.approx(0.4)


def test_a_churner_worth_less_than_nothing_is_no_loss():
    assert value_caught_at(sums([2, 1], [1, 1], value=[-500, 100]), 0.5) == 0


def test_equal_scores_stay_in_the_order_of_their_ids():
    assert ranked(np.array([1.0, 2.0, 1.0, 2.0]), np.zeros(4), np.zeros(4)).order.tolist() == [1, 3, 0, 2]


def test_shares_stand_in_names_as_percent():
    assert [name for name in ranking_figures(sums([2, 1], [1, 0]), (0.05, 0.125)) if name.startswith("lift")] == [
        "lift_at_5pct",
        "lift_at_12.5pct",
    ]
