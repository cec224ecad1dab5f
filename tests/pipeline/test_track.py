"""A run reaches the tracking store once and whole, whatever happens to the store; what it serves is the pipeline's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pandas as pd
import pyarrow.dataset as ds
import pytest
from tests.project import run_stages

from savedesk.engine.parts import folders_of
from savedesk.schemas import features, model, pages, reasons, scores
from savedesk.stages.track import send as sending
from savedesk.stages.track.headline import HEADLINE
from savedesk.stages.track.store import connected
from savedesk.stages.track.upload_queue import FOLDER

pytestmark = pytest.mark.xdist_group("simulated")  # what they share is made once
KEYS = ["subscriber_id", "as_of"]
SERVE = """
import json, sys
import mlflow, pandas as pd
served = mlflow.pyfunc.load_model(sys.argv[1])
import savedesk
rows = pd.read_parquet(sys.argv[2])
served.predict(rows).to_parquet(sys.argv[3])
bare = served.predict(rows.head(1), params={"reasons": False})
try:
    served.predict(rows.drop(columns=sys.argv[4]))
except mlflow.exceptions.MlflowException as error:
    refused = error.message
print(json.dumps({"code": savedesk.__file__, "bare": list(bare.columns), "refused": refused}))
"""


def record(home):
    return json.loads((home / pages.RUN.path).read_text())


@pytest.fixture(scope="module")
def served(simulated, tmp_path_factory):
    """Return features in another order, what a clean process makes of them, and what it says of a missing column."""
    home, tmp_path = simulated[0], tmp_path_factory.mktemp("served")
    explained = pd.read_parquet(home / reasons.TABLE.path)[KEYS].drop_duplicates()
    newest = explained[explained["as_of"] == explained["as_of"].max()].head(40)
    table = ds.dataset(home / features.TABLE.path, partitioning=folders_of(features.TABLE)).to_table().to_pandas()
    rows = table.merge(newest, on=KEYS).sample(frac=1, random_state=3, ignore_index=True)
    rows = rows[list(rows.columns)[::-1]]
    rows.to_parquet(tmp_path / "rows.parquet")
    with connected(f"sqlite:///{home / 'mlflow.db'}", home) as mlflow:
        tracked = record(home)
        name, version = tracked["registered_model"], tracked["registered_version"]
        logged = mlflow.artifacts.download_artifacts(f"models:/{name}/{version}", dst_path=str(tmp_path / "model"))
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-c", SERVE, logged, "rows.parquet", "made.parquet", "months_since_activation"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    return rows, pd.read_parquet(tmp_path / "made.parquet"), json.loads(done.stdout), logged


def test_a_clean_process_serves_the_figures_of_the_pipeline_to_the_last_bit(simulated, served):
    home, _ = simulated
    rows, predictions, said, logged = served
    assert said["code"].startswith(logged)  # the logged code, not that of this environment
    wanted = rows[KEYS].merge(pd.read_parquet(home / scores.TABLE.path), on=KEYS)
    shared = [name for name in predictions if name in wanted]
    assert {"churn_probability", "churn_type", "expected_months", "median_months", "survival_12"} <= set(shared)
    for name in shared:
        assert [None if pd.isna(v) else v for v in predictions[name]] == [
            None if pd.isna(v) else v for v in wanted[name]
        ], name
    reason_rows = pd.read_parquet(home / reasons.TABLE.path)
    for place in (1, 2, 3):
        here = rows[KEYS].merge(reason_rows[reason_rows["position"] == place], on=KEYS, how="left")
        for column, shown in (("text", f"reason_{place}"), ("reason", f"reason_{place}_code")):
            assert predictions[shown].fillna("").tolist() == here[column].fillna("").tolist(), shown


def test_a_served_model_names_the_missing_column_and_leaves_reasons_out_when_asked(served):
    _, predictions, said, _ = served
    assert "column 'months_since_activation' is missing; next: send every column" in said["refused"]
    assert said["bare"] == [name for name in predictions if not name.startswith("reason_")]


@pytest.fixture
def own(simulated, tmp_path):
    """A project of the test's own, with a store of its own, whose run has not been tracked yet."""
    home, _ = simulated
    apart = shutil.ignore_patterns("mlflow.db", "mlartifacts", "track", "raw")
    return shutil.copytree(home, tmp_path / "own", ignore=apart, symlinks=True)


def trials_of(home):
    return pd.read_parquet(home / model.TRIALS.path)["trial"].nunique()


def runs_of(home, uri=None):
    """Return the runs of the pipeline that a store has, and the number of versions of its model."""
    with connected(uri or f"sqlite:///{home / 'mlflow.db'}", home) as mlflow:
        client = mlflow.MlflowClient()
        experiment = client.get_experiment_by_name("savedesk/simulated")
        runs = client.search_runs([experiment.experiment_id])
        return (
            [run for run in runs if sending.KEY in run.data.tags],
            len([run for run in runs if "mlflow.parentRunId" in run.data.tags]),
            len(client.search_model_versions("name = 'savedesk-simulated'")),
        )


def test_a_run_waits_for_an_absent_store_and_is_sent_once(own, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{own / 'nowhere' / 'mlflow.db'}")
    (line,) = run_stages(own, ["track"])["track"].warnings
    assert "nothing is lost: 1 run waits in data/unsent, and `savedesk track` sends it when the store is there" in line
    waiting = record(own)
    assert waiting["run_id"] is None
    assert (own / waiting["waits_in"] / "artifacts/report/shared.html").is_file()

    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    for _ in range(2):  # the second time there is nothing to do
        assert not run_stages(own, ["track"])["track"].warnings
        assert not (own / FOLDER).exists()
    (run,), children, versions = runs_of(own)
    assert (run.info.status, children, versions) == ("FINISHED", trials_of(own), 1)
    assert (run.info.run_id, run.data.tags[sending.KEY]) == (record(own)["run_id"], waiting["run"])
    assert {f"1_money/{name}" for name in ("profit_at_capacity", "profit_at_capacity_low")} <= set(run.data.metrics)
    assert run.data.metrics["2_ranking/auc"] == run.data.metrics[HEADLINE["2_ranking/auc"]]
    assert {"git.commit", "git.dirty", "machine.cores", "model_version", "rows.features"} <= set(run.data.tags)


def test_a_store_that_dies_on_the_way_gets_the_run_from_the_start_again(own, monkeypatch):
    registered = sending._register
    with monkeypatch.context() as dying:

        def die(*_):
            raise ConnectionError("the server went away")

        dying.setattr(sending, "_register", die)
        (line,) = run_stages(own, ["track"])["track"].warnings
    assert "the server went away" in line
    assert sending._register is registered
    (broken,), children, versions = runs_of(own)
    assert (broken.info.status, children, versions) == ("RUNNING", trials_of(own), 0)

    figures = json.loads((own / "metrics/evaluate.json").read_text())
    (own / "metrics/evaluate.json").write_text(json.dumps(figures | {"auc": 0.5}))  # and then another run
    assert not run_stages(own, ["track"])["track"].warnings
    runs, children, versions = runs_of(own)
    assert sorted(run.data.metrics["2_ranking/auc"] for run in runs) == sorted([0.5, figures["auc"]])
    assert ({run.info.status for run in runs}, children, versions) == ({"FINISHED"}, 2 * trials_of(own), 2)
    with connected(f"sqlite:///{own / 'mlflow.db'}", own) as mlflow:
        newest = mlflow.MlflowClient().get_model_version_by_alias("savedesk-simulated", "challenger")
    assert newest.run_id == record(own)["run_id"]
