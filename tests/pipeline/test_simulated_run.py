"""The whole pipeline on a small simulated operator, as a newcomer meets it."""

from __future__ import annotations

import json
import shutil

import duckdb
import openpyxl
import pandas as pd
import polars as pl
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from tests.project import Silent, run_stages

from savedesk import STAGES
from savedesk.engine.parts import folders_of
from savedesk.errors import MissingInputError, ModelSchemaError
from savedesk.operations.batch_scoring import score_as_of
from savedesk.schemas import cohort, decisions, features, model, scores

pytestmark = pytest.mark.xdist_group("simulated")  # what they share is made once


def test_every_stage_leaves_its_figures(simulated):
    home, summaries = simulated
    assert list(summaries) == list(STAGES)
    for stage in STAGES:
        assert isinstance(json.loads((home / f"metrics/{stage}.json").read_text()), dict)


def test_rows_in_are_rows_accepted_or_quarantined(simulated):
    home, _ = simulated
    counts = pd.read_parquet(home / "data/ingest/ingest_counts.parquet")
    assert counts.loc[counts["rule"] == "accepted", "rows"].sum() > 0


def test_the_model_is_tested_on_later_months_than_it_learned_from(simulated):
    home, _ = simulated
    people = pd.read_parquet(home / cohort.TABLE.path)
    train, test = people[people["role"] == "train"], people[people["role"] == "test"]
    assert pd.to_datetime(train["label_known_on"]).max() <= pd.to_datetime(test["as_of"]).min()
    score = people[people["role"] == "score"]
    assert score["churned"].isna().all()
    assert len(score["as_of"].drop_duplicates()) == 1


def test_every_scored_subscriber_has_one_decision(simulated):
    home, _ = simulated
    keys = ["subscriber_id", "as_of"]
    scored = pd.read_parquet(home / scores.TABLE.path)[keys]
    decided = pd.read_parquet(home / decisions.TABLE.path)[keys]
    assert scored.sort_values(keys).reset_index(drop=True).equals(decided.sort_values(keys).reset_index(drop=True))


def test_the_list_lies_in_the_order_in_which_it_is_worked(simulated):
    home, _ = simulated
    listed = pd.read_parquet(home / decisions.LIST.path)
    assert list(listed["rank"]) == list(range(1, len(listed) + 1))


def test_the_spreadsheet_has_the_columns_of_the_contract(simulated):
    home, _ = simulated
    book = openpyxl.load_workbook(home / decisions.LIST_XLSX.path)
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == list(decisions.LIST.column_names)
    assert sheet.freeze_panes
    assert sheet.auto_filter.ref
    listed = pd.read_parquet(home / decisions.LIST.path)
    assert sheet.max_row == len(listed) + 1


def test_nobody_held_out_is_contacted(simulated):
    home, _ = simulated
    listed = set(pd.read_parquet(home / decisions.LIST.path)["subscriber_id"])
    held = set(pd.read_parquet(home / decisions.HOLD_OUT.path)["subscriber_id"])
    assert listed
    assert not listed & held


def test_features_hold_a_partition_for_each_as_of(simulated):
    home, _ = simulated
    table = _features(home).to_table(["subscriber_id", "as_of"])
    people = pd.read_parquet(home / cohort.TABLE.path)
    assert table.num_rows == len(people)


def test_every_parquet_opens_as_it_is_in_pandas_polars_and_duckdb(simulated):
    home, _ = simulated
    folder = home / features.TABLE.path
    files = [path for path in sorted((home / "data").rglob("*.parquet")) if folder not in path.parents]
    assert len(files) > 60
    for path in files:
        rows = pq.ParquetFile(path).metadata.num_rows
        assert (len(pd.read_parquet(path)), pl.read_parquet(path).height, duckdb.read_parquet(str(path)).shape[0]) == (
            rows,
            rows,
            rows,
        ), path


def test_the_folder_of_features_opens_with_its_dates(simulated):
    home, _ = simulated
    folder, people = home / features.TABLE.path, pd.read_parquet(home / cohort.TABLE.path)
    expected = sorted(people["as_of"].astype(str) + " " + people["subscriber_id"])
    tables = (
        pd.read_parquet(folder),
        pl.read_parquet(folder).to_pandas(),
        duckdb.sql(f"SELECT * FROM '{folder}/*/*.parquet'").df(),  # noqa: S608 - a folder of the test
    )
    for table in tables:
        assert sorted(table["as_of"].astype(str) + " " + table["subscriber_id"]) == expected


def _features(home):
    return ds.dataset(home / features.TABLE.path, partitioning=folders_of(features.TABLE))


def test_the_tracked_run_holds_figures_params_and_a_loadable_model(simulated, monkeypatch):
    home, _ = simulated
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    import mlflow  # noqa: PLC0415 - telemetry must be off before it loads

    mlflow.set_tracking_uri(f"sqlite:///{home / 'mlflow.db'}")
    record = json.loads((home / "data/track/run.json").read_text())
    run = mlflow.get_run(record["run_id"])
    assert run.data.params["source.name"] == "simulated"
    assert "evaluate.auc" in run.data.metrics
    assert run.data.tags["engine"] == "duckdb"
    client = mlflow.MlflowClient()
    trials = client.search_runs([run.info.experiment_id], f"tags.`mlflow.parentRunId` = '{record['run_id']}'")
    tried = pd.read_parquet(home / model.TRIALS.path)
    assert {trial.info.run_name for trial in trials} == set(tried["trial"])
    for trial in trials:
        folds = tried[tried["trial"] == trial.info.run_name]
        assert trial.data.metrics["trial.log_loss"] == pytest.approx(folds["log_loss"].mean())
        by_fold = client.get_metric_history(trial.info.run_id, "trial.fold.log_loss")
        assert {point.step: point.value for point in by_fold} == dict(
            zip(folds["fold"], folds["log_loss"], strict=True)
        )
    described = client.get_model_version(record["registered_model"], record["registered_version"]).description
    card = (home / "reports/model_card.md").read_text()
    assert described in card
    assert "The best of the simple models beside it is" in described
    served = mlflow.pyfunc.load_model(f"models:/{record['registered_model']}@challenger")
    keys = ["subscriber_id", "as_of"]
    scored = pd.read_parquet(home / scores.TABLE.path)
    newest = scored[scored["role"] == "score"].sort_values(keys).head(50)
    rows = newest[keys].merge(_features(home).to_table().to_pandas(), on=keys)
    wanted = [column.name for column in served.metadata.get_input_schema().inputs]
    given = served.predict(rows[wanted])["churn_probability"].to_numpy()
    assert abs(given - newest["churn_probability"].to_numpy()).max() < 1e-9


def test_a_registered_model_scores_the_newest_as_of_as_the_pipeline_does(simulated):
    home, _ = simulated
    done = score_as_of(home, "newest", "challenger", Silent(), with_list=True)
    assert done.model == "savedesk-simulated version 1 (challenger)"
    assert done.stages["features"].metrics["as_of_dates_computed"] == 0  # the partition of the training run holds
    keys = ["subscriber_id", "as_of"]
    every = pd.read_parquet(home / scores.TABLE.path)
    expected = every[every["role"] == "score"].sort_values(keys, ignore_index=True)
    given = pd.read_parquet(home / done.folder / scores.TABLE.path).sort_values(keys, ignore_index=True)
    pd.testing.assert_frame_equal(given, expected)
    listed = pd.read_parquet(home / done.folder / decisions.LIST.path)
    pd.testing.assert_frame_equal(listed, pd.read_parquet(home / decisions.LIST.path))
    for wanted, line in (("champion", "has no alias 'champion'; allowed: challenger, 1"), ("7", "has no version '7'")):
        with pytest.raises(MissingInputError, match=line):
            score_as_of(home, "newest", wanted, Silent(), with_list=False)


def test_no_later_stage_takes_a_model_of_another_source(simulated, tmp_path):
    home, _ = simulated
    other = shutil.copytree(home, tmp_path / "other", symlinks=True)
    described = json.loads((other / model.SCHEMA.path).read_text())
    assert described["source"] == "simulated"
    (other / model.SCHEMA.path).write_text(json.dumps(described | {"source": "megaline"}))
    for stage in ("score", "explain", "prioritise", "track"):
        with pytest.raises(ModelSchemaError, match=r"'megaline'.*'simulated'"):
            run_stages(other, [stage])
