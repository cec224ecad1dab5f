"""Look up runs and registered models in MLflow, and move the alias of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from savedesk.errors import MissingInputError, SavedeskError
from savedesk.pipeline.exhausted import exhausted_by
from savedesk.redact import redacted, shortened
from savedesk.stages.track.reach import out_of_reach
from savedesk.stages.track.send import FINISHED, KEY, VERSION
from savedesk.stages.track.store import LOCAL, address, connected, experiment_name, is_own, model_name
from savedesk.stages.track.trials import PARENT

MOST_RUNS = 500  # looked through, the newest


@dataclass(frozen=True)
class TrackedRun:
    """A run as MLflow has it.

    Args:
        run_id: id.
        key: by which the run is known in any store; empty: it was tracked by an earlier version of Savedesk.
        name: ``<as_of> <git commit>``.
        version: of its registered model; empty: unknown.
        params: flattened params.yaml.
        metrics: figures, with the stage as prefix.
    """

    run_id: str
    key: str
    name: str
    version: str
    params: Mapping[str, str]
    metrics: Mapping[str, float]


@contextmanager
def _client(root: Path) -> Iterator[Any]:
    """Yield a client of the project's store.

    Raises:
        MissingInputError: there is no store, it cannot be reached, or it refused.
        ResourceError: the machine has no room for it.
    """
    uri = address(root)
    if is_own(uri, root) and not (root / LOCAL).exists():
        raise MissingInputError(
            "no run has been tracked", where=LOCAL, next_step="run `dvc repro`, or set MLFLOW_TRACKING_URI"
        )
    if why := out_of_reach(uri):
        raise exhausted_by(why, root) or _refused(uri, why)
    try:
        with connected(uri, root) as mlflow:
            yield mlflow.MlflowClient()
    except SavedeskError:
        raise
    except Exception as error:
        raise _refused(uri, shortened(str(error).partition("\n")[0], 300, "") or type(error).__name__) from error


def _refused(uri: str, why: str) -> MissingInputError:
    return MissingInputError(
        f"MLflow refused: {redacted(why)}", where=redacted(uri), next_step="check MLFLOW_TRACKING_URI and the store"
    )


def tracked_runs(root: Path, source: str) -> list[TrackedRun]:
    """Return the newest runs of a source without their trials, newest first."""
    with _client(root) as store:
        experiment = store.get_experiment_by_name(experiment_name(source))
        if experiment is None:
            return []
        runs = store.search_runs(
            [experiment.experiment_id], order_by=["attributes.start_time DESC"], max_results=MOST_RUNS
        )
    return [_tracked_run(run) for run in runs if PARENT not in run.data.tags and run.info.status == FINISHED]


def tracked_run(root: Path, run_id: str) -> TrackedRun:
    """Return one run by its id."""
    with _client(root) as store:
        return _tracked_run(store.get_run(run_id))


def _tracked_run(run: Any) -> TrackedRun:
    tags, data = run.data.tags, run.data
    return TrackedRun(
        run.info.run_id, tags.get(KEY, ""), run.info.run_name, tags.get(VERSION, ""), data.params, data.metrics
    )


def registered(root: Path, source: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the run id of each version of a source's model, and the version of each alias; both empty without one."""
    name = model_name(source)
    with _client(root) as store:
        versions = {
            str(version.version): str(version.run_id) for version in store.search_model_versions(f"name = '{name}'")
        }
        if not versions:
            return {}, {}
        aliases = {str(alias): str(number) for alias, number in store.get_registered_model(name).aliases.items()}
    return versions, aliases


def move_alias(root: Path, source: str, alias: str, version: str) -> None:
    """Let an alias of a source's model mean this version."""
    with _client(root) as store:
        store.set_registered_model_alias(model_name(source), alias, version)
