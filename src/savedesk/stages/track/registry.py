"""Fetch a registered model's files, so that new data can be scored with it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from savedesk.errors import MissingInputError, SavedeskError
from savedesk.pipeline.exhausted import exhausted_by
from savedesk.redact import redacted
from savedesk.schemas import model
from savedesk.stages.track.reach import out_of_reach
from savedesk.stages.track.store import LOCAL, address, connected, is_own, model_name

FILES = (model.BOOSTER, model.TYPES, model.SURVIVAL, model.SCHEMA)


def fetch_model(root: Path, source: str, wanted: str, folder: Path) -> str:
    """Copy the files of a registered model into a folder; return its name and number.

    Args:
        root: project folder.
        source: whose model it is.
        wanted: an alias, such as ``champion``, or the number of a version.
        folder: existing folder.

    Raises:
        MissingInputError: no store, no such model, or one without the files that scoring needs.
    """
    uri = address(root)
    if is_own(uri, root) and not (root / LOCAL).exists():
        raise MissingInputError(
            "no run has been tracked, so no model is registered",
            where=LOCAL,
            next_step="run `dvc repro`, set MLFLOW_TRACKING_URI, or give --model a folder with the model's files",
        )
    step = "check MLFLOW_TRACKING_URI and the store, or give --model a folder with the model's files"
    if why := out_of_reach(uri):
        raise exhausted_by(why, root) or MissingInputError(f"MLflow: {why}", where=redacted(uri), next_step=step)
    try:
        with connected(uri, root) as mlflow, tempfile.TemporaryDirectory(prefix="savedesk-model-") as scratch:
            number = _number(mlflow.MlflowClient(), model_name(source), wanted)
            whole = mlflow.artifacts.download_artifacts(f"models:/{model_name(source)}/{number}", dst_path=scratch)
            _copy(Path(whole) / "artifacts", folder, f"{model_name(source)} version {number}")
    except SavedeskError:
        raise
    except Exception as error:
        raise MissingInputError(
            f"MLflow refused: {redacted(str(error).partition(chr(10))[0])[:300] or type(error).__name__}",
            where=redacted(uri),
            next_step=step,
        ) from error
    return f"{model_name(source)} version {number}"


def _number(client: Any, name: str, wanted: str) -> str:
    """Return the version that an alias or a number means."""
    versions = sorted(
        (int(version.version) for version in client.search_model_versions(f"name = '{name}'")), reverse=True
    )
    if not versions:
        raise MissingInputError(
            f"no model {name!r} is registered",
            where="MLflow",
            next_step="run `dvc repro` for this source, or give --model a folder with the model's files",
        )
    aliases = {str(alias): str(number) for alias, number in client.get_registered_model(name).aliases.items()}
    chosen = wanted if wanted.isdigit() and int(wanted) in versions else aliases.get(wanted)
    if chosen is None:
        kind = "version" if wanted.isdigit() else "alias"
        known = ", ".join([*sorted(aliases), *(str(number) for number in versions[:5])])
        raise MissingInputError(
            f"{name!r} has no {kind} {wanted!r}", where="MLflow", allowed=known, next_step="choose one of them"
        )
    return chosen


def _copy(artifacts: Path, folder: Path, version_name: str) -> None:
    for contract in FILES:
        path = artifacts / Path(contract.path).name
        if not path.is_file():
            raise MissingInputError(
                f"{version_name} lacks {path.name}",
                where="MLflow",
                next_step="train and track a new model: this one is of another program",
            )
        shutil.copyfile(path, folder / path.name)
