"""The champion on the same rows: only later than its training, only where it fits, with a list of the same limits."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from tests.small_model import small_model
from tests.unit.evaluate.conftest import SHIPPED, write

from savedesk.model.compatibility import windows_of
from savedesk.params.cohort import CohortParams
from savedesk.schemas import decisions, features, model
from savedesk.stages.evaluate.champion import champions_list
from savedesk.stages.evaluate.rows import evaluation_rows
from savedesk.stages.evaluate.stage import run

WINDOWS = windows_of(CohortParams.model_validate(SHIPPED["cohort"]))


@pytest.fixture
def beside(stage_inputs, simulate):
    """Return the stage's metrics with a champion that has learnt from rows like these, described as asked."""

    def make(until="2024-10-01", known="2025-01-01", windows=None, names=("drop", "noise"), champion=True):
        rows = simulate(400).assign(noise=np.random.default_rng(1).random(800))
        rows["drop"] = np.log(rows["churn_probability"] / (1 - rows["churn_probability"]))
        inputs = stage_inputs(rows)
        write(inputs.root, features.TABLE, rows[["subscriber_id", "as_of", "drop", "noise", "churned"]])
        write(inputs.root, decisions.OPTIONS, options(rows))
        folder = inputs.root / model.CHAMPION.path
        if champion:
            about = {"train_last_as_of": until, "train_labels_known_on": known, "windows": windows or WINDOWS}
            learn = rows.assign(missing=0.0)
            small_model(folder, learn, list(names), **about)
        return run(inputs)["metrics"]

    return make


def options(rows):
    """One call with a discount for everybody."""
    some = rows[["subscriber_id", "as_of", "churn_probability", "remaining_value"]]
    fixed = {"action": "discount", "channel": "call", "reason": "any", "reason_place": 0, "open": True, "barred": None}
    money = {"offer_cost": 10.0, "contact_cost": 1.0, "save_rate": 0.2, "take_up": 0.5, "contact_minutes": 12.0}
    return some.assign(account_id=some["subscriber_id"], **fixed, **money)


def test_the_champion_is_judged_on_the_same_rows(beside):
    metrics = beside()
    assert metrics["champion_note"].endswith("on 2 as_of dates after its training")
    assert metrics["champion_auc_ahead"] == pytest.approx(metrics["auc"] - metrics["champion_auc"])
    assert metrics["champion_log_loss_ahead"] == pytest.approx(metrics["champion_log_loss"] - metrics["log_loss"])
    ahead = metrics["champion_profit_at_capacity_ahead"]
    assert ahead == pytest.approx(metrics["profit_at_capacity"] - metrics["champion_profit_at_capacity"])
    assert metrics["champion_profit_at_capacity_ahead_low"] < ahead < metrics["champion_profit_at_capacity_ahead_high"]


def test_dates_from_which_it_has_learnt_do_not_count(beside):
    assert beside(until="2025-01-01")["champion_note"].endswith("on 1 as_of dates after its training")
    assert beside(known="2025-01-15")["champion_note"].endswith("on 1 as_of dates after its training")
    assert "learnt from every judged as_of" in beside(known="2025-06-01")["champion_note"]


def test_one_that_does_not_fit_is_named_and_the_stage_goes_on(beside):
    assert "column 'missing' is missing" in beside(names=("drop", "missing"))["champion_note"]
    assert "lead_days" in beside(windows=WINDOWS | {"lead_days": 3})["champion_note"]


def test_without_a_champion_the_stage_says_so(beside):
    metrics = beside(champion=False)
    assert metrics["champion_note"] == "not compared with a champion: there is none"
    assert not any(name.startswith("champion_profit") for name in metrics)


def test_a_list_at_the_scores_of_the_own_model_is_the_best_of_its_options(stage_inputs, simulate, policy):
    rows = simulate(300, months=1)
    inputs = stage_inputs(rows)
    write(inputs.root, decisions.OPTIONS, options(rows))
    there = evaluation_rows(inputs)
    score = there["churn_probability"].to_numpy()
    listed, gain, expected = champions_list(
        there, score, np.column_stack([np.ones(300), np.zeros(300), np.zeros(300)]), inputs
    )
    worth = score * 0.2 * (there["remaining_value"] - 10) - (1 - score) * 0.5 * 10 - 1
    assert expected == pytest.approx(worth.to_numpy())
    calls = round(policy.channels["call"].hours * 60 / policy.channels["call"].minutes)
    best = pd.Series(worth).nlargest(calls)
    assert set(np.flatnonzero(listed)) == set(best[best > 0].index)
    assert np.isfinite(gain).all()
    assert there["as_of"].unique().tolist() == [str(dt.date(2025, 1, 1))]
