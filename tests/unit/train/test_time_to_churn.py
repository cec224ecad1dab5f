"""Months at risk, the hazard learnt from them, and the Kaplan-Meier curves beside it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import lightgbm as lgb
import numpy as np
import pandas as pd
import pytest
from tests.tables import sections

from savedesk.model.fitted import BandRates
from savedesk.model.sample import Sample
from savedesk.model.schema import ModelColumn, ModelSchema
from savedesk.model.survival import MONTHS, SurvivalModel, survival
from savedesk.params.train import TrainParams
from savedesk.stages.train.booster import Table
from savedesk.stages.train.folds import set_aside
from savedesk.stages.train.survival import Followed, _months_at_risk, fit_survival, kaplan_meier_by_tenure

START = dt.date(2025, 1, 15)
SHIPPED = sections(train={"survival_minimum_exits": 50, "survival_max_rounds": 80})["train"]
assert isinstance(SHIPPED, TrainParams)


def cohort(*lines):
    """Days from the start of the outcome window: followed for so many, left after so many (None: never seen)."""
    rows = [
        {
            "outcome_start": START,
            "followed_until": None if followed is None else START + dt.timedelta(days=followed),
            "exit_on": None if left is None else START + dt.timedelta(days=left),
        }
        for followed, left in lines
    ]
    return pd.DataFrame(rows).apply(pd.to_datetime)


@pytest.mark.parametrize(
    ("followed", "left", "months", "exit_month", "at_risk"),
    [
        (29, None, 0, 0, 0),  # no whole month
        (30, None, 1, 0, 1),
        (95, 0, 3, 1, 1),  # left on the first day
        (95, 29, 3, 1, 1),
        (95, 30, 3, 2, 2),  # the boundary day belongs to the next month
        (95, 92, 3, 0, 3),  # left in a month that is not followed to its end
        (900, 500, 12, 0, 12),  # after the twelve months
        (900, 359, 12, 12, 12),
        (None, None, 0, 0, 0),  # not followed at all
    ],
)
def test_months_followed_month_of_the_exit_and_months_at_risk(followed, left, months, exit_month, at_risk):
    followed_rows = Followed.of(cohort((followed, left)))
    assert (followed_rows.months[0], followed_rows.exit[0], followed_rows.at_risk[0]) == (months, exit_month, at_risk)


def operator(count, seed=0):
    """Subscribers whose monthly hazard is 2 % or 10 %, by ``risky``, and halves after month 4; followed 1-12 months."""
    draw = np.random.default_rng(seed)
    risky, months = draw.random(count) < 0.5, draw.integers(1, 13, count)
    hazard = np.where(risky, 0.10, 0.02)[:, None] * np.where(np.arange(1, 13) <= 4, 1.0, 0.5)
    left = draw.random((count, MONTHS)) < hazard
    month = np.where(left.any(axis=1), left.argmax(axis=1) + 1, 99)
    rows = cohort(
        *[(30 * m, 30 * e - 10 if e < 99 else None) for m, e in zip(months.tolist(), month.tolist(), strict=True)]
    )
    rows = rows.assign(
        subscriber_id=[f"s{k}" for k in range(count)],
        as_of=pd.Timestamp("2025-01-01"),
        months_since_activation=draw.integers(1, 100, count).astype(float),
    )
    rows["churned"] = month <= 2
    matrix = np.column_stack([risky, rows["months_since_activation"]]).astype(np.float32)
    columns = (ModelColumn("risky", "float64"), ModelColumn("months_since_activation", "float64"))
    return rows, Table(matrix, rows["churned"].to_numpy(np.int64), ModelSchema(columns), {})


def test_months_are_drawn_with_weights_that_keep_the_hazard():
    rows, table = operator(3000)
    followed, ones = Followed.of(rows), np.ones(3000)
    whole = _months_at_risk(table, followed, ones, SHIPPED)
    drawn = _months_at_risk(table, followed, ones, SHIPPED.model_copy(update={"survival_rows": 3000}))
    assert len(whole.target) == followed.at_risk.sum()
    assert 2000 < len(drawn.target) <= 3000
    assert drawn.target.sum() == whole.target.sum()  # every exit
    assert np.average(drawn.target, weights=drawn.weight) == pytest.approx(whole.target.mean(), rel=1e-9)


def test_the_hazard_of_each_month_is_learnt():
    rows, table = operator(20_000)
    aside = set_aside(rows["subscriber_id"], 0.15, 7)
    fitted = fit_survival(table, rows, aside, Sample(7), SHIPPED)
    model = SurvivalModel.read(fitted.booster)
    tenures = np.arange(1, 100)
    both = [np.column_stack([np.full(99, risky), tenures]).astype(np.float32) for risky in (0, 1)]
    curves = [survival(model.hazards(matrix)).mean(axis=0) for matrix in both]
    whole = SurvivalModel(lgb.Booster(model_str=fitted.booster))  # every tree twelve times
    assert model.level
    assert model.hazards(both[0]) == pytest.approx(whole.hazards(both[0]), abs=1e-12)
    true = np.array([[0.02] * 4 + [0.01] * 8, [0.10] * 4 + [0.05] * 8])
    assert np.array(curves) == pytest.approx(survival(true), abs=0.02)
    held_out = fitted.held_out
    assert set(held_out["subscriber_id"]) < set(rows.loc[aside, "subscriber_id"])
    assert held_out["tenure_survival_12"].between(0.4, 0.7).all()


def test_a_sample_within_the_classes_changes_no_hazard():
    rows, _ = operator(20_000)
    sample = Sample(7, 1.0, 0.25)
    draw = np.random.default_rng(1)
    kept = rows["churned"].to_numpy() | (draw.random(len(rows)) < 0.25)
    some = rows[kept].reset_index(drop=True)
    curves = []
    for given, drawn in ((rows, Sample(7)), (some, sample)):
        weight = drawn.weights(given["churned"].to_numpy(bool))
        curves.append(kaplan_meier_by_tenure(given, Followed.of(given), weight, 1))
    assert curves[1]["everybody"] == pytest.approx(curves[0]["everybody"], abs=0.02)


def test_kaplan_meier_by_hand():
    # of four at risk one leaves in month 1; one is followed no further; of the two left one leaves in month 2
    rows = cohort((60, 10), (30, None), (60, 40), (60, None)).assign(months_since_activation=5.0)
    curves = kaplan_meier_by_tenure(rows, Followed.of(rows), np.ones(4), 1)
    assert [month["rates"][0] for month in curves["tenure"]][:3] == pytest.approx([3 / 4, 3 / 8, 3 / 8])
    assert curves["everybody"][:3] == pytest.approx([3 / 4, 3 / 8, 3 / 8])


@pytest.mark.parametrize("tenure", [np.nan, None], ids=["nobody's is known", "no such feature"])
def test_without_tenure_the_curve_of_everybody_stands_beside_the_hazard(tenure):
    rows, table = operator(1500)
    rows = (
        rows.drop(columns="months_since_activation") if tenure is None else rows.assign(months_since_activation=tenure)
    )
    fitted = fit_survival(table, rows, set_aside(rows["subscriber_id"], 0.15, 7), Sample(7), SHIPPED)
    beside = fitted.held_out[[f"tenure_survival_{month}" for month in range(1, MONTHS + 1)]]
    assert (beside.drop_duplicates().to_numpy() == [fitted.description["everybody"]]).all()
    assert 0.4 < beside["tenure_survival_12"].iloc[0] < 0.7


def test_of_a_sample_within_the_classes_churners_are_judged_as_often_as_they_are():
    rows, table = operator(20_000)
    draw = np.random.default_rng(1)
    kept = rows["churned"].to_numpy() | (draw.random(len(rows)) < 0.25)
    some = rows[kept].reset_index(drop=True)
    part = replace(table, matrix=table.matrix[kept], target=table.target[kept])
    aside = set_aside(some["subscriber_id"], 0.4, 7)
    few = SHIPPED.model_copy(update={"early_stopping_share": 0.4, "survival_max_rounds": 5})
    held_out = fit_survival(part, some, aside, Sample(7, 1.0, 0.25), few).held_out
    left = held_out.loc[held_out["followed_months"] >= 2, "exit_month"].fillna(99) <= 2
    assert left.mean() == pytest.approx(rows["churned"].mean(), abs=0.03)  # of the sample it is 0.3


def test_the_curves_by_which_it_is_judged_know_nothing_of_those_who_are_judged():
    rows, table = operator(3000)
    rates = BandRates("months_since_activation", (50.0,), (0.1, 0.2))
    schema = ModelSchema((*table.schema.columns, ModelColumn("hazard_by_tenure", "float64", fitted=rates)))
    few = SHIPPED.model_copy(update={"survival_max_rounds": 10})
    aside, held_out = set_aside(rows["subscriber_id"], 0.15, 7), []
    tested = set_aside(rows["subscriber_id"], 0.075, 7)
    for outcome in (False, True):
        own = rows.assign(churned=rows["churned"] ^ (tested & outcome))
        matrix = np.column_stack([table.matrix, np.zeros(len(rows), dtype=np.float32)])
        held_out.append(fit_survival(replace(table, matrix=matrix, schema=schema), own, aside, Sample(7), few).held_out)
    assert len(held_out[0])
    pd.testing.assert_frame_equal(*held_out)


def test_where_nobody_is_left_to_stop_the_fitting_there_is_no_hazard():
    rows, table = operator(400)
    aside, tested = (set_aside(rows["subscriber_id"], share, 7) for share in (0.15, 0.075))
    rows.loc[aside & ~tested, ["followed_until", "exit_on"]] = pd.NaT
    fitted = fit_survival(table, rows, aside, Sample(7), SHIPPED)
    assert fitted.description is None


def test_with_few_exits_there_is_no_hazard_of_its_own():
    rows, table = operator(80)
    fitted = fit_survival(table, rows, rows.index.to_numpy() % 4 == 0, Sample(7), SHIPPED)
    assert fitted.booster.strip()  # DVC warns of an empty file
    assert SurvivalModel.read(fitted.booster) is None
    assert fitted.description is None
    assert fitted.held_out.empty
