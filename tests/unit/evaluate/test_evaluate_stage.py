"""The stage as a whole: which rows count, and what comes out."""

import json
import math
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from savedesk.engine.check import require
from savedesk.pipeline.runner import _typed
from savedesk.schemas import decisions, figures, source_facts
from savedesk.stages.evaluate.stage import WRITES, run


def figure(metrics, metric, model="savedesk", slice_by="all", value="all"):
    indexed = metrics.set_index(["model", "slice_by", "slice", "metric"])
    return indexed.loc[(model, slice_by, value, metric)]


def checked(inputs):
    outputs = run(inputs)
    for contract in WRITES[:-1]:
        require(_typed(contract, outputs[contract.name], inputs.engine), contract, inputs.engine)
    return outputs


def test_outputs_keep_their_contracts_and_have_an_interval_each(stage_inputs, simulate):
    outputs = checked(stage_inputs(simulate(300), charts=True))
    headline = outputs["metrics"]
    assert headline["rows"] == 600
    assert headline["kind"] == "dated"
    assert headline["auc_low"] < headline["auc"] < headline["auc_high"]
    assert set(outputs["plots"]) == {
        "calibration.svg",
        "calibration_slices.svg",
        "gains.svg",
        "profit.svg",
        "slices.svg",
    }
    assert all(isinstance(value, int | float | str) or value is None for value in headline.values())


def test_money_and_ranking_can_be_recomputed_from_the_rows_that_are_kept(stage_inputs, simulate):
    outputs = run(stage_inputs(simulate(300)))
    rows, metrics = outputs["rows"], outputs["metrics"]
    saved = rows["touched"] * rows["save_rate"] * (rows["remaining_value"] - rows["offer_cost"])
    spent = (1 - rows["touched"]) * rows["take_up"] * rows["offer_cost"] + rows["contact_cost"]
    month = rows[rows["listed"]].assign(gain=saved - spent).groupby("as_of")["gain"].sum()
    assert metrics["profit_at_capacity"] == pytest.approx(month.mean())
    assert metrics["auc"] == pytest.approx(roc_auc_score(rows["churned"], rows["churn_probability"]))


def test_rows_have_bands_of_age_and_tenure_and_a_gender_where_the_source_has_one(stage_inputs, simulate):
    rows = simulate(4, months=1).assign(
        birth_year=[2001, 2000, 1960, None],
        months_since_activation=[0.0, 6.0, 59.9, 60.0],
        gender=["f", "m", "f", None],
    )
    kept_rows = run(stage_inputs(rows))["rows"]
    assert kept_rows["age_band"].tolist() == ["under 25", "25-34", "65 and over", None]
    assert kept_rows["tenure_band"].tolist() == ["under 6 months", "6-11 months", "24-59 months", "60 months and over"]
    assert kept_rows["gender"].tolist()[:3] == ["f", "m", "f"]


def test_only_rows_that_no_model_was_trained_on_are_counted(stage_inputs, simulate):
    rows = simulate(100, months=1).assign(role=np.where(np.arange(100) < 30, "test", "train"))
    assert run(stage_inputs(rows))["metrics"]["rows"] == 30
    rows["out_of_fold"] = np.arange(100) >= 90
    assert run(stage_inputs(rows, kind="snapshot"))["metrics"]["rows"] == 40


def test_rows_without_a_label_are_not_counted(stage_inputs, simulate):
    rows = simulate(100, months=1)
    rows["churned"] = rows["churned"].astype("boolean").mask(rows.index < 25)
    assert run(stage_inputs(rows))["metrics"]["rows"] == 75


def test_without_labelled_rows_tables_are_empty_and_the_count_is_zero(stage_inputs, simulate):
    outputs = checked(stage_inputs(simulate(20).assign(role="score")))
    assert outputs["metrics"] == {"rows": 0, "churners": 0, "kind": "dated"}
    assert all(outputs[t.name].count().execute() == 0 for t in WRITES[:-1] if t is not figures.METRICS)
    assert outputs["plots"] == {}


@pytest.mark.parametrize("churned", [False, True])
def test_one_class_gives_absent_figures_and_no_fault(stage_inputs, simulate, churned):
    outputs = checked(stage_inputs(simulate(30).assign(churned=churned)))
    assert outputs["metrics"]["auc"] is None
    assert math.isfinite(outputs["metrics"]["log_loss"])


def test_baselines_that_were_left_out_are_named(stage_inputs, simulate):
    metrics = run(stage_inputs(simulate(100).drop(columns="default_lightgbm")))["metrics"]
    assert "tenure_only_log_loss" in metrics
    assert not any(name.startswith(("complaint_count", "default_lightgbm")) for name in metrics)
    assert metrics["baselines_left_out"] == "last usage drop, complaint count, logistic regression, default lightgbm"


def test_the_best_baseline_is_the_one_with_the_lowest_log_loss(stage_inputs, simulate):
    metrics = run(stage_inputs(simulate(400)))["metrics"]
    assert metrics["default_lightgbm_log_loss"] < metrics["tenure_only_log_loss"]
    assert metrics["best_baseline"] == "default lightgbm"
    assert metrics["best_baseline_auc"] == metrics["default_lightgbm_auc"]
    ahead = metrics["default_lightgbm_log_loss"] - metrics["log_loss"]
    assert metrics["best_baseline_log_loss_ahead"] == pytest.approx(ahead)


def test_a_baseline_is_compared_on_the_same_resamples(stage_inputs, simulate):
    """Against itself the model is ahead by nothing in every resample; unpaired draws would leave an interval."""
    rows = simulate(200)
    rows["default_lightgbm"] = rows["churn_probability"]
    metrics = run(stage_inputs(rows))["metrics"]
    for end in ("", "_low", "_high"):
        assert metrics[f"default_lightgbm_auc_ahead{end}"] == metrics[f"default_lightgbm_log_loss_ahead{end}"] == 0


def test_a_group_whose_churn_is_overestimated_is_off_by_more_than_its_interval(stage_inputs, simulate):
    rows = simulate(1500, months=1)
    north = rows["region"] == "North"
    rows.loc[north, "churn_probability"] = (rows["churn_probability"] * 1.6).clip(upper=0.99)
    outputs = run(stage_inputs(rows, bootstrap_rounds=50))
    gap = figure(outputs[figures.METRICS.name], "calibration_gap", slice_by="region", value="North")
    part = rows[north]
    assert gap["value"] == pytest.approx(part["churn_probability"].mean() - part["churned"].mean())
    assert gap["low"] > 0
    counted = outputs["metrics"]
    assert 1 <= counted["slices_off"] < counted["slices_judged"]
    assert counted["slices_off_by_chance"] == pytest.approx(0.1 * counted["slices_judged"])


def test_a_small_group_without_a_surprise_is_not_off(stage_inputs, simulate):
    """52 rows at 2 %, one churner foreseen: one more was expected and did not leave, as one group in three has it."""
    rows = simulate(600, months=1)
    few = rows.index < 52
    rows["region"] = np.where(few, "Small", "Large")
    rows.loc[few, ["churn_probability", "churned"]] = [0.02, False]
    rows.loc[0, ["churn_probability", "churned"]] = [0.98, True]
    gap = figure(run(stage_inputs(rows))[figures.METRICS.name], "calibration_gap", slice_by="region", value="Small")
    assert gap["value"] == pytest.approx((51 * 0.02 - 0.02) / 52)
    assert gap["low"] < 0 < gap["high"]


def test_each_type_of_churn_has_its_own_calibration(stage_inputs, simulate):
    rows = simulate(400)
    rows["churn_type"] = np.where(rows["churned"], np.where(rows.index % 4 == 0, "arrears", "cancelled"), None)
    rows["probability_arrears"] = rows["churn_probability"] / 4
    rows["probability_cancelled"] = rows["churn_probability"] * 3 / 4
    metrics = checked(stage_inputs(rows))[figures.METRICS.name]
    assert set(metrics.loc[metrics["slice_by"] == "churn_type", "slice"]) == {"cancelled", "arrears"}
    arrears = {"slice_by": "churn_type", "value": "arrears"}
    assert figure(metrics, "predicted_rate", **arrears)["value"] == pytest.approx(rows["probability_arrears"].mean())
    assert figure(metrics, "churn_rate", **arrears)["value"] == (rows["churn_type"] == "arrears").mean()
    assert figure(metrics, "predicted_share", **arrears)["value"] == pytest.approx(0.25)
    observed = (rows["churn_type"] == "arrears").sum() / rows["churned"].sum()
    assert figure(metrics, "observed_share", **arrears)["value"] == pytest.approx(observed)
    assert figure(metrics, "ece", **arrears)["value"] < 0.05


def test_the_truth_sets_the_ceiling(stage_inputs, simulate):
    rows = simulate(300)
    rows["true"] = rows["churn_probability"]
    rows["churn_probability"] = rows["churn_probability"] * 0.5
    metrics = run(stage_inputs(rows))["metrics"]
    assert metrics["auc_ceiling"] == pytest.approx(metrics["auc"])  # halving keeps the order
    assert metrics["log_loss_ceiling"] < metrics["log_loss"]
    assert metrics["truth_mae"] == pytest.approx(rows["churn_probability"].mean())
    assert metrics["auc_gap"] == pytest.approx(0)
    assert metrics["log_loss_gap"] == pytest.approx(metrics["log_loss"] - metrics["log_loss_ceiling"])


def test_a_truth_of_another_window_is_no_ceiling(stage_inputs, simulate):
    rows = simulate(300).assign(true=0.1)
    inputs = stage_inputs(rows)
    longer = inputs.sections["cohort"].model_copy(update={"outcome_days": 30})
    metrics = run(replace(inputs, sections={**inputs.sections, "cohort": longer}))["metrics"]
    assert "auc_ceiling" not in metrics
    assert "cohort.outcome_days is 30 and simulator.truth.outcome_days is 60" in metrics["truth_note"]


def test_a_truth_of_an_unknown_window_is_no_ceiling(stage_inputs, simulate):
    inputs = stage_inputs(simulate(300).assign(true=0.1))
    facts = inputs.root / source_facts.FILE.path
    facts.write_text(json.dumps({"name": "test", "kind": "dated", "currency": "CNY"}))
    metrics = run(inputs)["metrics"]
    assert "auc_ceiling" not in metrics
    assert metrics["truth_note"].startswith("the source does not say for which window")


def test_without_a_truth_there_is_no_ceiling_and_no_note(stage_inputs, simulate):
    metrics = run(stage_inputs(simulate(100)))["metrics"]
    assert not {"auc_ceiling", "auc_gap", "true_profit_oracle", "truth_note"} & set(metrics)


def test_the_end_of_a_run_shows_ceiling_and_gap(stage_inputs, simulate):
    rows = simulate(200)
    names = list(run(stage_inputs(rows.assign(true=rows["churn_probability"])))["metrics"])
    ends = ["promised_gain", "profit_at_capacity", "auc", "auc_ceiling", "auc_gap"]
    ends += ["log_loss", "log_loss_ceiling", "log_loss_gap"]
    ends += ["best_baseline", "best_baseline_auc", "best_baseline_log_loss"]
    assert names[: 2 + len(ends)] == ["rows", "churners", *ends]


def test_each_cause_shows_what_was_predicted_and_what_was_true(stage_inputs, simulate):
    rows = simulate(300)
    rows = rows.assign(
        true=rows["churn_probability"] / 2, cause=np.where(rows["region"] == "North", "drift", "price_rise")
    )
    rows.loc[:1, "cause"] = "woken"
    metrics = checked(stage_inputs(rows))[figures.METRICS.name]
    part = rows[rows["cause"] == "drift"]
    assert figure(metrics, "predicted_rate", slice_by="cause", value="drift")["value"] == pytest.approx(
        part["churn_probability"].mean()
    )
    true = figure(metrics, "true_rate", slice_by="cause", value="drift")
    assert true["value"] == pytest.approx(part["true"].mean())
    assert true["low"] < true["value"] < true["high"]
    assert figure(metrics, "auc", slice_by="cause", value="drift")["rows"] == len(part)
    assert math.isnan(figure(metrics, "auc", slice_by="cause", value="woken")["value"])  # two rows are too few


def test_a_cause_of_which_nobody_left_has_rates_and_no_auc(stage_inputs, simulate):
    rows = simulate(100).assign(true=0.1, cause="drift")
    rows.loc[rows["region"] == "North", ["cause", "churned"]] = ["circle", False]
    metrics = run(stage_inputs(rows))[figures.METRICS.name]
    assert math.isnan(figure(metrics, "auc", slice_by="cause", value="circle")["value"])
    assert figure(metrics, "true_rate", slice_by="cause", value="circle")["value"] == pytest.approx(0.1)


def test_a_truth_of_another_window_gives_no_causes(stage_inputs, simulate):
    inputs = stage_inputs(simulate(60).assign(true=0.1, cause="drift"))
    longer = inputs.sections["cohort"].model_copy(update={"lead_days": 7})
    metrics = run(replace(inputs, sections={**inputs.sections, "cohort": longer}))[figures.METRICS.name]
    assert "cause" not in set(metrics["slice_by"])


def test_a_snapshot_reports_its_folds(stage_inputs, simulate):
    rows = simulate(300, months=1).assign(role="train", out_of_fold=True, fold=np.arange(300) % 3 + 1)
    outputs = run(stage_inputs(rows, kind="snapshot"))
    table = outputs[figures.METRICS.name]
    folds = [figure(table, "auc", slice_by="fold", value=str(fold))["value"] for fold in (1, 2, 3)]
    mean = figure(table, "auc_fold_mean")
    assert mean["value"] == pytest.approx(np.mean(folds))
    assert (mean["low"], mean["high"]) == (min(folds), max(folds))


def test_slices_that_are_too_small_show_counts_and_no_figures(stage_inputs, simulate):
    rows = simulate(100, months=1)
    rows["region"] = np.where(rows.index < 3, "Tiny", "Large")
    tiny = figure(run(stage_inputs(rows))[figures.METRICS.name], "auc", slice_by="region", value="Tiny")
    assert math.isnan(tiny["value"])
    assert tiny["rows"] == 3


def test_slices_of_one_kind_add_up_to_all_rows(stage_inputs, simulate):
    rows = simulate(200)
    rows["birth_year"] = rows["birth_year"].astype("Int64").mask(rows.index % 7 == 0)
    metrics = run(stage_inputs(rows))[figures.METRICS.name]
    counts = metrics[metrics["metric"] == "auc"].groupby("slice_by")["rows"].sum()
    assert set(counts.index) == {"all", "as_of", "tier", "segment", "region", "age_band", "churn_type"}
    assert (counts.drop("all") == 400).all()


def test_age_is_that_of_the_day_of_the_decision(stage_inputs, simulate):
    rows = simulate(40, months=1).assign(birth_year=2000)  # 25 in 2025
    metrics = run(stage_inputs(rows))[figures.METRICS.name]
    assert set(metrics[metrics["slice_by"] == "age_band"]["slice"]) == {"25-34"}


def test_gains_start_at_nothing_and_end_at_everything(stage_inputs, simulate):
    gains = run(stage_inputs(simulate(150)))[figures.GAINS.name]
    for _, curve in gains.groupby("model"):
        assert len(curve) == 101
        assert curve["churn_caught"].iloc[[0, -1]].tolist() == [0, 1]
        assert curve["churn_caught"].is_monotonic_increasing
        assert curve["lift"].iloc[-1] == pytest.approx(1)


def test_the_same_inputs_give_the_same_bytes(stage_inputs, simulate):
    inputs = stage_inputs(simulate(100), charts=True)
    first, second = run(inputs), run(inputs)
    assert first["plots"] == second["plots"]
    assert first["metrics"] == second["metrics"]


def test_charts_speak_the_language_of_the_run(stage_inputs, simulate):
    plots = run(stage_inputs(simulate(100), language="zh", charts=True))["plots"]
    assert "预测流失概率" in plots["calibration.svg"]


def test_forty_thousand_rows_take_seconds_of_one_core(stage_inputs, simulate):
    inputs = stage_inputs(simulate(20_000), bootstrap_rounds=200)
    started = time.process_time()
    metrics = run(inputs)["metrics"]
    assert time.process_time() - started < 15
    assert metrics["rows"] == 40_000


def test_decisions_missing_for_a_row_leave_the_row_in(stage_inputs, simulate, tmp_path):
    inputs = stage_inputs(simulate(60))
    path = tmp_path / decisions.TABLE.path
    pd.read_parquet(path, dtype_backend="pyarrow").iloc[:0].to_parquet(path)
    metrics = run(inputs)["metrics"]
    assert metrics["rows"] == 120
    assert metrics["profit_at_capacity"] is None
