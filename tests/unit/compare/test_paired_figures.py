"""Two runs on the same subscribers: what differs, and what is only chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import yaml
from tests.kept import DAYS, judged_by, noisy, operator
from tests.project import ROOT

from savedesk.operations.compare.paired import (
    SLICE_BY,
    at_same_prices,
    compared,
    error_of,
    pair,
    same_rows,
    slice_differences,
)
from savedesk.params.compare import CompareParams
from savedesk.params.evaluate import EvaluateParams

SHIPPED = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
SAME = CompareParams.model_validate(SHIPPED["compare"])
PARAMS = EvaluateParams.model_validate({**SHIPPED["evaluate"], "bootstrap_rounds": 30})


@pytest.fixture(scope="module")
def rows():
    return operator()


def test_a_model_that_knows_more_earns_more(rows):
    paired = pair(judged_by(rows, noisy(rows, 2.0, 1)), judged_by(rows, rows["truth"].to_numpy()), PARAMS, SAME)
    assert paired.figures["profit"].low > 0
    assert paired.figures["log_loss"].high < 0
    assert paired.figures["auc"].low > 0


def test_two_seeds_of_one_setting_differ_by_nothing_that_the_data_can_show(rows):
    paired = pair(judged_by(rows, noisy(rows, 0.5, 1)), judged_by(rows, noisy(rows, 0.5, 2)), PARAMS, SAME)
    assert paired.figures["profit"].low < 0 < paired.figures["profit"].high
    assert paired.overlap[DAYS[0]] < 0.9  # the lists are not the same, though


def test_the_error_is_that_of_the_outcomes_that_the_chances_allow():
    """The truth: what either list would earn in the mean over all outcomes. 95 % of 40 intervals are 38."""
    held = 0
    for seed in range(40):
        rows = operator(600, seed)
        a, b = (judged_by(rows, noisy(rows, 0.7, 1000 * seed + k), contacts=40) for k in (1, 2))
        both, _, _ = same_rows(a, b, 0.95)
        first, second = at_same_prices(both)
        more = second.gain - first.gain
        error = error_of(both, more, second.swing - first.swing, pd.factorize(both["subscriber_id"])[0])
        worth = b["save_rate"] * (b["remaining_value"] - b["offer_cost"])
        mean = rows["truth"] * worth - (1 - rows["truth"]) * b["take_up"] * b["offer_cost"] - b["contact_cost"]
        true = ((b["listed"].to_numpy(dtype=float) - a["listed"]) * mean).sum()
        held += abs(more.sum() - true) < 1.96 * error
    assert held >= 35


def test_believing_that_subscribers_are_worth_more_earns_nothing(rows):
    score = noisy(rows, 0.5, 1)
    modest = judged_by(rows, score)
    proud = modest.assign(remaining_value=3 * modest["remaining_value"], realised_gain=3 * modest["realised_gain"])
    paired = pair(modest, proud, PARAMS, SAME)
    assert paired.figures["profit"].value == 0
    assert paired.own_profit[1] > 2 * paired.own_profit[0]
    assert paired.priced == pytest.approx(paired.own_profit[1] - paired.own_profit[0])


def test_the_figures_agree_with_a_plain_loop(rows):
    a, b = judged_by(rows, noisy(rows, 0.5, 1)), judged_by(rows, noisy(rows, 0.5, 2), save_rate=0.3)
    paired = pair(a, b, PARAMS, SAME)
    more, by_segment = 0.0, dict.fromkeys(["business", "consumer"], 0.0)
    for first, second in zip(a.to_dict("records"), b.to_dict("records"), strict=True):
        gains = []
        for side in (first, second):
            worth = 0.25 * (side["remaining_value"] - 10) if side["churned"] else -0.3 * 10
            gains.append(worth - 1 if side["listed"] else 0.0)
        more += gains[1] - gains[0]
        by_segment[first["segment"]] += gains[1] - gains[0]
    assert paired.figures["profit"].value == pytest.approx(more / 2)
    assert sum(paired.figures[f"profit {day}"].value for day in DAYS) == pytest.approx(more)
    segments = paired.slices[paired.slices["slice_by"] == "segment"].set_index("slice")
    for name, value in by_segment.items():
        assert segments.loc[name, "profit"] == pytest.approx(value / 2)
        assert segments.loc[name, "profit_b"] - segments.loc[name, "profit_a"] == pytest.approx(value / 2)


def test_every_slicing_adds_up_to_the_whole(rows):
    paired = pair(judged_by(rows, noisy(rows, 0.5, 1)), judged_by(rows, noisy(rows, 0.9, 2)), PARAMS, SAME)
    for name in SLICE_BY:
        part = paired.slices[paired.slices["slice_by"] == name]
        assert part["profit"].sum() == pytest.approx(paired.figures["profit"].value)
        assert part["rows"].sum() == paired.rows


def test_among_many_slices_of_equal_models_none_stands_out():
    """Forty slices at 95 % each would give two by chance; together they hold at 95 %."""
    rows = operator(4000, 5).assign(region=np.random.default_rng(1).integers(0, 40, 8000).astype(str))
    same, shared, _ = same_rows(judged_by(rows, noisy(rows, 0.5, 1)), judged_by(rows, noisy(rows, 0.5, 2)), 0.95)
    slices = slice_differences(same, at_same_prices(same), PARAMS.model_copy(update={"interval": 0.95}))
    assert len(slices) > 40
    assert shared == 1
    assert not (slices["profit_high"] < 0).any()
    assert not (slices["profit_low"] > 0).any()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda b: b.assign(as_of=b["as_of"] + pd.DateOffset(years=1)), "no as_of date was evaluated by both"),
        (lambda b: b.assign(subscriber_id="x" + b["subscriber_id"]), "are of the same subscribers"),
        (lambda b: b.iloc[: len(b) // 2], "only 3,000 are of the same subscribers"),
        (lambda b: b.assign(churned=~b["churned"]), "churn is counted differently"),
        (lambda b: b.iloc[:0], "no as_of date"),
    ],
)
def test_different_rows_are_not_compared(rows, change, why):
    a = judged_by(rows, noisy(rows, 0.5, 1))
    assert why in pair(a, change(a), PARAMS, SAME)


def test_a_shared_month_is_enough(rows):
    a, b = judged_by(rows, noisy(rows, 0.5, 1)), judged_by(rows, noisy(rows, 0.5, 2))
    paired = pair(a, b[b["as_of"].astype(str) == DAYS[1]], PARAMS, SAME)
    assert paired.rows == 3000
    assert list(paired.overlap) == [DAYS[1]]


def test_the_order_of_rows_is_no_matter(rows):
    a, b = judged_by(rows, noisy(rows, 0.5, 1)), judged_by(rows, noisy(rows, 0.5, 2))
    mixed = b.sample(frac=1, random_state=1)
    first, second = (compared(*same_rows(a, other, 0.95)[:2], PARAMS) for other in (b, mixed))
    assert first.figures == second.figures
