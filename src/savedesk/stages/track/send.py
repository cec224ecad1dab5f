"""Send a queued run to the tracking store: once, whole, and again from the start where an attempt broke off."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from savedesk.stages.track.packed_model import log_arguments
from savedesk.stages.track.trials import log_trials, trials_of
from savedesk.stages.track.upload_queue import ARTIFACTS, MODEL, QueuedRun

KEY = "savedesk.run"  # the tag by which a run is known again, whichever store it is in
VERSION = "savedesk.registered_version"
FINISHED = "FINISHED"
UNTRIED = {"validate_serving_input": False}


@dataclass(frozen=True)
class Sent:
    """Where the store has a run: its id there, and the number of its registered model."""

    run_id: str
    version: str


def send(mlflow: Any, queued: QueuedRun, artifact_home: str | None) -> Sent:
    """Send a run, unless the store has it already.

    The run is marked as finished when all of it is there; what an earlier attempt left unfinished is deleted first.
    The model goes first: MLflow asks for the history of each figure that a run has before its model.

    Args:
        mlflow: the library, connected to the store.
        queued: the run.
        artifact_home: where files of a new experiment go; None: where the store says.
    """
    about, client = queued.about, mlflow.MlflowClient()
    experiment = _experiment(client, about["experiment"], artifact_home)
    there = _known(client, experiment, about["key"])
    if there is not None:
        return Sent(there.info.run_id, there.data.tags[VERSION])
    tags = about["tags"] | {KEY: about["key"]}
    run_id = client.create_run(experiment, about["kept_at"], tags, about["name"]).info.run_id
    model = _log_model(mlflow, client, run_id, queued.folder)
    _log_figures(client, run_id, model, about)
    _log_datasets(client, run_id, about["datasets"])
    client.log_artifacts(run_id, str(queued.folder / ARTIFACTS))
    log_trials(client, experiment, run_id, about["trials"], about["kept_at"])
    number = _register(client, about, run_id, model)
    client.set_tag(run_id, VERSION, number)
    client.set_terminated(run_id, FINISHED, about["kept_at"])
    return Sent(run_id, number)


def _experiment(client: Any, name: str, artifact_home: str | None) -> str:
    experiment = client.get_experiment_by_name(name)
    return str(experiment.experiment_id if experiment else client.create_experiment(name, artifact_home))


def _known(client: Any, experiment: str, key: str) -> Any:
    """Return the finished run with this key, or None; unfinished ones are deleted with all that hangs on them."""
    finished = None
    for run in client.search_runs([experiment], f"tags.`{KEY}` = '{key}'"):
        if run.info.status == FINISHED:
            finished = run
            continue
        run_id = run.info.run_id
        for version in client.search_model_versions(f"run_id = '{run_id}'"):
            client.delete_model_version(version.name, version.version)
        for child in trials_of(client, experiment, run_id):
            client.delete_run(child.info.run_id)
        client.delete_run(run_id)
    return finished


def _log_model(mlflow: Any, client: Any, run_id: str, folder: Path) -> str:
    """Return the id of the logged model."""
    mlflow.set_experiment(experiment_id=client.get_run(run_id).info.experiment_id)
    packed = log_arguments(folder / MODEL)
    logged = mlflow.models.Model.log(None, _untried(mlflow), name="model", run_id=run_id, **UNTRIED, **packed)
    return str(logged.model_id)


def _untried(mlflow: Any) -> Any:
    """Return MLflow's flavor of such models, for a log that does not try the example.

    Trying it loads the model and all its libraries into this process, which takes as long as the rest of the logging,
    and ends in a line of MLflow's own log. Tests try it.
    """

    def save_model(path: str, mlflow_model: Any, validate_serving_input: bool, **packed: Any) -> None:  # noqa: ARG001
        mlflow.pyfunc.save_model(path, mlflow_model=mlflow_model, **packed)

    return SimpleNamespace(save_model=save_model, __name__=mlflow.pyfunc.__name__)


def _log_figures(client: Any, run_id: str, model: str, about: Mapping[str, Any]) -> None:
    """Log params and figures; the headline belongs to the model, too, so that MLflow's table of models shows it."""
    from mlflow.entities import Metric, Param  # noqa: PLC0415 - telemetry must be off before it loads

    when = about["kept_at"]
    headline = [Metric(k, v, when, 0, model_id=model, run_id=run_id) for k, v in about["headline"].items()]
    metrics = [Metric(name, value, when, 0) for name, value in about["metrics"].items()]
    params = [Param(name, value) for name, value in about["params"].items()]
    client.log_batch(run_id, metrics=[*headline, *metrics], params=params)


def _log_datasets(client: Any, run_id: str, datasets: Mapping[str, Mapping[str, Any]]) -> None:
    from mlflow.entities import Dataset, DatasetInput, InputTag  # noqa: PLC0415 - as above

    given = [
        DatasetInput(
            Dataset(
                name,
                dataset["digest"],
                "local",
                json.dumps({"uri": dataset["path"]}),
                profile=json.dumps(dataset["profile"]),
            ),
            [InputTag("mlflow.data.context", dataset["context"])],
        )
        for name, dataset in datasets.items()
    ]
    if given:
        client.log_inputs(run_id, given)


def _register(client: Any, about: Mapping[str, Any], run_id: str, model: str) -> str:
    """Register the model with the card's summary, point ``challenger`` at it, and return the number of its version."""
    from mlflow.exceptions import MlflowException  # noqa: PLC0415 - as above

    name = about["registered_model"]
    try:
        client.create_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    version = client.create_model_version(
        name, f"models:/{model}", run_id, description=about["description"], model_id=model
    )
    client.set_registered_model_alias(name, "challenger", str(version.version))
    return str(version.version)
