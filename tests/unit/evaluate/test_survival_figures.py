"""Figures of time to churn, against plain loops."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from savedesk.stages.evaluate.survival import FollowedCurves, survival_figures, survival_table


def followed(count=1500, seed=0):
    """Two kinds of subscribers that the curves tell apart; tenure knows the mean of both only."""
    draw = np.random.default_rng(seed)
    hazard = np.where(draw.random(count) < 0.5, 0.02, 0.15)
    months = np.where(np.arange(count) % 10 < 9, draw.integers(1, 6, count), 12)
    left = draw.geometric(hazard)
    steps = np.arange(1, 13)
    tenure = np.tile(0.5 * 0.98**steps + 0.5 * 0.85**steps, (count, 1))
    exits = np.where(left <= months, left, 0)
    return FollowedCurves(np.arange(count), months, exits, (1 - hazard[:, None]) ** steps, tenure, minimum_rows=200)


def brier(sample, curve, month):
    errors = [
        ((1 if 0 < sample.exit[row] <= month else 0) - (1 - curve[row, month - 1])) ** 2
        for row in range(len(curve))
        if sample.followed[row] >= month
    ]
    return sum(errors) / len(errors)


def test_months_that_hardly_anybody_was_followed_through_are_not_judged():
    sample = followed()
    assert (sample.followed >= 6).sum() < sample.minimum_rows <= (sample.followed >= 5).sum()
    assert sample.months == 5
    assert survival_table({"test": sample})["month"].tolist() == [1, 2, 3, 4, 5]


def test_each_month_agrees_with_a_plain_loop():
    sample = followed()
    for line in survival_table({"test": sample}).to_dict("records"):
        use = sample.followed >= line["month"]
        gone = (sample.exit[use] > 0) & (sample.exit[use] <= line["month"])
        assert (line["rows"], line["exits"]) == (use.sum(), gone.sum())
        assert line["brier"] == pytest.approx(brier(sample, sample.curves, line["month"]))
        assert line["brier_tenure"] == pytest.approx(brier(sample, sample.tenure, line["month"]))
        assert line["auc"] == pytest.approx(roc_auc_score(gone, 1 - sample.curves[use, line["month"] - 1]))
        assert line["auc_tenure"] == 0.5  # tenure is the same for all here


def test_the_integrated_score_is_the_mean_over_the_months_and_knowing_more_beats_tenure(settings):
    sample = followed()
    figures = survival_figures({"test": sample}, settings(bootstrap_rounds=50))
    whole = np.mean([brier(sample, sample.curves, month) for month in range(1, 6)])
    assert figures["integrated_brier_test"].value == pytest.approx(whole)
    assert figures["integrated_brier_test_skill"].low > 0


def test_a_few_followed_rows_are_too_few_for_a_month():
    assert followed(count=50).months == 0
