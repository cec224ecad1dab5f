"""Where MLflow keeps runs and models: the address, and a quiet client."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from savedesk.redact import redacted
from savedesk.stages.track.moved import bring_along

LOCAL = "mlflow.db"  # below the project folder
CODES = {"%": "%25", "?": "%3F", "#": "%23"}  # signs that mean something in an address; % first


def quiet() -> None:
    """Switch telemetry off and keep MLflow's and Alembic's notices out of the user's sight; before mlflow loads."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("DO_NOT_TRACK", "true")
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "CRITICAL")  # what goes wrong is told by who called it
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")  # its own seven tries take minutes
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "20")  # seconds
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", module="mlflow")


@contextmanager
def connected(uri: str, root: Path) -> Iterator[Any]:
    """Yield MLflow with this store as its own. The project's own store names the places of the project as it is now.

    MLflow leaves its address and its experiment in the environment, where the next run would take them for the user's:
    afterwards they are as before.

    Args:
        uri: address of the store.
        root: project folder.
    """
    quiet()
    if is_own(uri, root) and (line := bring_along(root, root / LOCAL)):
        sys.stderr.write(f"savedesk: {line}\n")
    before = {name: value for name, value in os.environ.items() if name.startswith("MLFLOW_")}
    import mlflow  # noqa: PLC0415 - telemetry must be off before it loads

    try:
        mlflow.set_tracking_uri(uri)
        with _own_tags_only():
            yield mlflow
    finally:
        for name in [name for name in os.environ if name.startswith("MLFLOW_") and name not in before]:
            del os.environ[name]
        os.environ.update(before)


@contextmanager
def _own_tags_only() -> Iterator[None]:
    """Keep MLflow from tagging models with what it finds around the program.

    That is its place on this machine, the user, and the remote of its git repository, whose address may hold a token.
    """
    from mlflow.tracking.context import registry  # noqa: PLC0415 - telemetry must be off before it loads

    original = registry.resolve_tags
    registry.resolve_tags = lambda tags=None, ignore=None: dict(tags or {})  # noqa: ARG005 - MLflow names them
    try:
        yield
    finally:
        registry.resolve_tags = original


def address(root: Path) -> str:
    """Return the store's address: the user's own, else a file beside params.yaml."""
    return os.environ.get("MLFLOW_TRACKING_URI") or own_address(root)


def own_address(root: Path) -> str:
    """Return the address of the file beside params.yaml; a folder's name may have signs that mean something there."""
    path = str(root / LOCAL)
    for sign, code in CODES.items():
        path = path.replace(sign, code)
    return f"sqlite:///{path}"


def is_own(uri: str, root: Path) -> bool:
    """Return whether an address means the file beside params.yaml."""
    scheme, _, path = uri.partition(":///")
    return scheme == "sqlite" and Path(unquote(path)).resolve() == (root / LOCAL).resolve()


def shown_address(uri: str, root: Path) -> str:
    """Return an address as it may be shown: without a password, and the project's own without its folder."""
    return f"sqlite:///{LOCAL}" if is_own(uri, root) else redacted(uri)


def experiment_name(source: str) -> str:
    """Return the experiment that holds the runs of a source."""
    return f"savedesk/{source}"


def model_name(source: str) -> str:
    """Return the name under which the models of a source are registered."""
    return f"savedesk-{source}"
