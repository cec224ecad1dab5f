"""Look up runs and registered models in MLflow, and move the alias of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from savedesk.errors import MissingInputError
from savedesk.track.store import LOCAL, address, model_name, quiet, without_password

MOST_RUNS = 500  # looked through, the newest
PARENT = "mlflow.parentRunId"  # the tag of a trial


@dataclass(frozen=True)
class TrackedRun:
    """A run as MLflow has it.

    Args:
        run_id: id.
        name: ``<as_of> <git commit>``.
        params: flattened params.yaml.
        metrics: figures, with the stage as prefix.
    """

    run_id: str
    name: str
    params: Mapping[str, str]
    metrics: Mapping[str, float]


@contextmanager
def client(root: Path) -> Iterator[Any]:
    """Yield a client of the project's store, which leaves nothing in the environment.

    Raises:
        MissingInputError: there is no store, it cannot be reached, or it refused.
    """
    uri = address(root)
    if uri == f"sqlite:///{root / LOCAL}" and not (root / LOCAL).exists():
        raise MissingInputError(
            "no run has been tracked", where=LOCAL, next_step="run `dvc repro`, or set MLFLOW_TRACKING_URI"
        )
    quiet()
    import mlflow  # noqa: PLC0415 - telemetry must be off before it loads

    try:
        yield mlflow.MlflowClient(tracking_uri=uri, registry_uri=uri)
    except (mlflow.exceptions.MlflowException, OSError) as error:
        raise MissingInputError(
            f"MLflow refused: {str(error).splitlines()[0][:300]}",
            where=without_password(uri),
            next_step="check MLFLOW_TRACKING_URI and the store",
        ) from error


def tracked_runs(root: Path, source: str) -> list[TrackedRun]:
    """Return the newest runs of a source without their trials, newest first."""
    with client(root) as store:
        experiment = store.get_experiment_by_name(f"savedesk/{source}")
        if experiment is None:
            return []
        found = store.search_runs(
            [experiment.experiment_id], order_by=["attributes.start_time DESC"], max_results=MOST_RUNS
        )
    return [_told(run) for run in found if PARENT not in run.data.tags]


def tracked_run(root: Path, run_id: str) -> TrackedRun:
    """Return one run by its id."""
    with client(root) as store:
        return _told(store.get_run(run_id))


def _told(run: Any) -> TrackedRun:
    return TrackedRun(run.info.run_id, run.info.run_name, run.data.params, run.data.metrics)


def registered(root: Path, source: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the run id of each version of a source's model, and the version of each alias; both empty without one."""
    name = model_name(source)
    with client(root) as store:
        versions = {str(one.version): str(one.run_id) for one in store.search_model_versions(f"name = '{name}'")}
        if not versions:
            return {}, {}
        aliases = {str(alias): str(number) for alias, number in store.get_registered_model(name).aliases.items()}
    return versions, aliases


def move_alias(root: Path, source: str, alias: str, version: str) -> None:
    """Let an alias of a source's model mean this version."""
    with client(root) as store:
        store.set_registered_model_alias(model_name(source), alias, version)
