"""Each trial of train as a run below the run of the pipeline: MLflow folds them away under it."""

from __future__ import annotations

import json
import time
from typing import Any

import pandas as pd

from savedesk.track.flatten import flatten

PARENT = "mlflow.parentRunId"  # the tag by which MLflow nests runs
KIND = "savedesk.kind"  # tells a trial from the run of a pipeline


def log_trials(client: Any, experiment: str, parent: str, trials: pd.DataFrame) -> None:
    """Log the trials: settings as params, mean log loss and AUC, both by fold (the fold is the step), and the weight.

    One batch a trial, since every call to the store takes its time.

    Args:
        client: MLflow's client.
        experiment: id of the experiment.
        parent: id of the pipeline's run.
        trials: contract ``trials``.
    """
    from mlflow.entities import Metric, Param  # noqa: PLC0415 - telemetry must be off before it loads

    now = int(time.time() * 1000)  # MLflow counts in milliseconds
    for name, folds in trials.groupby("trial", sort=False):
        tags = {PARENT: parent, KIND: "trial"}
        child = client.create_run(experiment, tags=tags, run_name=str(name)).info.run_id
        first = folds.iloc[0]
        params = [Param(key, value) for key, value in flatten(json.loads(first["settings"])).items()]
        found = {
            "trial.log_loss": folds["log_loss"].mean(),
            "trial.auc": folds["auc"].mean(),
            "trial.weight": first["weight"],
            "trial.rounds": first["rounds"],
        }
        metrics = [Metric(key, float(value), now, 0) for key, value in found.items() if pd.notna(value)]
        for fold in folds.to_dict("records"):
            by_fold = {"trial.fold.log_loss": fold["log_loss"], "trial.fold.auc": fold["auc"]}
            metrics += [Metric(k, float(v), now, int(fold["fold"])) for k, v in by_fold.items() if pd.notna(v)]
        client.log_batch(child, metrics=metrics, params=params)
        client.set_terminated(child)
