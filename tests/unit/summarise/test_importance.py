"""How much a process matters."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from savedesk.stages.summarise.importance import Answered, fitted, importance, true_variance


def answers(count, effect, seed=1, **columns):
    """Return answers after which churn falls by ``effect`` (log-odds) with each point."""
    draw = np.random.default_rng(seed)
    score = draw.integers(1, 11, count)
    chance = expit(-1.0 - np.asarray(columns.pop("own_effect", effect)) * (score - 5.5))
    usual = {
        "subscriber_id": np.arange(count).astype(str),
        "region": "north",
        "segment": "consumer",
        "process": "network",
    }
    return pd.DataFrame(usual | {"score": score, "churned": draw.random(count) < chance} | columns)


def place(table, region="all", segment="all"):
    return table.set_index(["region", "segment"]).loc[(region, segment)]


def test_importance_is_how_much_the_log_odds_of_churn_fall_with_a_point(p):
    row = place(importance(Answered(answers(4000, 0.3), ()), p))
    assert row["importance_low"] < 0.3 < row["importance_high"]
    assert row["importance"] == pytest.approx(0.3, abs=0.05)


def test_what_is_only_the_doing_of_a_control_is_not_ascribed_to_the_process(p):
    draw = np.random.default_rng(5)
    tenure = draw.gamma(2, 20, 6000)
    score = np.clip(np.round(3 + np.log1p(tenure) + draw.normal(0, 1, 6000)), 1, 10)
    left = draw.random(6000) < expit(2 - 1.2 * np.log1p(tenure))
    rows = answers(6000, 0.0).assign(score=score, churned=left, tenure=tenure)
    assert place(importance(Answered(rows, ()), p))["importance_low"] > 0.1
    held = place(importance(Answered(rows, ["tenure"]), p))
    assert held["importance_low"] < 0 < held["importance_high"]


def test_looking_at_the_same_answers_five_times_tells_no_more_than_looking_once():
    once = answers(1500, 0.2)
    often = pd.concat([once] * 5, ignore_index=True)
    assert fitted(often, ()).variance == pytest.approx(fitted(once, ()).variance, rel=0.02)
    assert fitted(often, ()).sharpness.sum() == pytest.approx(fitted(once, ()).sharpness.sum(), rel=0.02)


def test_the_clustered_variance_is_that_of_a_slow_sum_over_subscribers():
    rows = answers(300, 0.2)
    rows["subscriber_id"] = (np.arange(300) // 3).astype(str)
    slope = fitted(rows, ())
    score = rows["score"].to_numpy(float) - rows["score"].mean()
    x = np.column_stack([np.ones(300), score])
    y, b = rows["churned"].to_numpy(float), np.zeros(2)
    for _ in range(50):
        chance = expit(x @ b)
        b = b + np.linalg.solve(x.T @ (x * (chance * (1 - chance))[:, None]), x.T @ (y - chance))
    bread, meat = np.linalg.inv(x.T @ (x * (chance * (1 - chance))[:, None])), np.zeros((2, 2))
    for name in rows["subscriber_id"].unique():
        own = (x * (y - chance)[:, None])[(rows["subscriber_id"] == name).to_numpy()].sum(axis=0)
        meat += np.outer(own, own)
    assert slope.value == pytest.approx(b[1], rel=1e-3)
    assert slope.variance == pytest.approx((bread @ meat @ bread)[1, 1], rel=1e-2)


def test_regions_that_do_not_differ_are_told_alike(p):
    rows = answers(3000, 0.2, region=np.array(["north", "south", "west"])[np.arange(3000) % 3])
    table = importance(Answered(rows, ()), p)
    country = place(table)["importance"]
    assert [place(table, name)["importance"] for name in ("north", "south", "west")] == pytest.approx(
        [country] * 3, abs=0.08
    )


def test_a_region_where_the_process_matters_more_is_told_apart(p):
    region = np.array(["north", "south", "east", "west"])[np.arange(8000) % 4]
    rows = answers(8000, 0, region=region, own_effect=np.where(region == "south", 0.5, 0.1))
    table = importance(Answered(rows, ()), p)
    assert place(table, "south")["importance_low"] > place(table, "north")["importance_high"]


def test_chance_alone_makes_no_true_variance_and_truth_is_found():
    draw = np.random.default_rng(1)
    sharp = np.full(400, 25.0)
    assert true_variance(draw.normal(0, 0.2, 400), sharp) < 0.01
    assert true_variance(draw.normal(0, np.hypot(0.2, 0.5), 400), sharp) == pytest.approx(0.25, rel=0.2)
    assert true_variance(np.array([1.0]), np.array([1.0])) == 0


def test_with_few_churners_or_one_score_nothing_is_told(p):
    few = answers(200, 0.0).assign(churned=np.arange(200) < p.minimum_churners - 1)
    assert importance(Answered(few, ()), p).empty
    assert importance(Answered(answers(400, 0.0).assign(score=7), ()), p).empty
