"""Each trial of train as a run below the run of the pipeline: MLflow folds them away under it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from savedesk.stages.track.flatten import flatten

PARENT = "mlflow.parentRunId"  # the tag by which MLflow nests runs
KIND = "savedesk.kind"  # tells a trial from the run of a pipeline
BY_FOLD = {"trial.fold.log_loss": "log_loss", "trial.fold.auc": "auc"}


def trial_records(trials: pd.DataFrame) -> list[dict[str, Any]]:
    """Return name, settings, figures and figures by fold of each trial, as JSON has them.

    Args:
        trials: contract ``trials``.
    """
    records = []
    for name, folds in trials.groupby("trial", sort=False):
        first = folds.iloc[0]
        figures = {
            "trial.log_loss": folds["log_loss"].mean(),
            "trial.auc": folds["auc"].mean(),
            "trial.weight": first["weight"],
            "trial.rounds": first["rounds"],
        }
        by_fold = [
            {"name": shown, "fold": int(fold["fold"]), "value": float(fold[column])}
            for fold in folds.to_dict("records")
            for shown, column in BY_FOLD.items()
            if pd.notna(fold[column])
        ]
        records.append(
            {
                "name": str(name),
                "params": flatten(json.loads(first["settings"])),
                "metrics": {key: float(value) for key, value in figures.items() if pd.notna(value)},
                "by_fold": by_fold,
            }
        )
    return records


def log_trials(client: Any, experiment: str, parent: str, trials: Sequence[Mapping[str, Any]], when: int) -> None:
    """Log the trials: settings as params, mean log loss and AUC, both by fold (the fold is the step), and the weight.

    One batch a trial, since every call to the store takes its time.

    Args:
        client: MLflow's client.
        experiment: id of the experiment.
        parent: id of the pipeline's run.
        trials: as ``trial_records`` returns them.
        when: ms since 1970, as MLflow counts.
    """
    from mlflow.entities import Metric, Param  # noqa: PLC0415 - telemetry must be off before it loads

    for trial in trials:
        child = client.create_run(experiment, when, {PARENT: parent, KIND: "trial"}, trial["name"]).info.run_id
        params = [Param(key, value) for key, value in trial["params"].items()]
        metrics = [Metric(key, value, when, 0) for key, value in trial["metrics"].items()]
        metrics += [Metric(figure["name"], figure["value"], when, figure["fold"]) for figure in trial["by_fold"]]
        client.log_batch(child, metrics=metrics, params=params)
        client.set_terminated(child, "FINISHED", when)


def trials_of(client: Any, experiment: str, parent: str) -> Sequence[Any]:
    """Return the runs below a run."""
    runs: Sequence[Any] = client.search_runs([experiment], f"tags.`{PARENT}` = '{parent}'")
    return runs
