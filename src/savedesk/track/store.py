"""Where MLflow keeps runs and models: the address, and a quiet client."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

LOCAL = "mlflow.db"  # below the project folder


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
def connected(uri: str) -> Iterator[Any]:
    """Yield MLflow with this store as its own.

    MLflow leaves its address and its experiment in the environment, where the next run would take them for the user's:
    afterwards they are as before.

    Args:
        uri: address of the store.
    """
    quiet()
    before = {name: value for name, value in os.environ.items() if name.startswith("MLFLOW_")}
    import mlflow  # noqa: PLC0415 - telemetry must be off before it loads

    try:
        mlflow.set_tracking_uri(uri)
        yield mlflow
    finally:
        for name in [name for name in os.environ if name.startswith("MLFLOW_") and name not in before]:
            del os.environ[name]
        os.environ.update(before)


def address(root: Path) -> str:
    """Return the store's address: the user's own, else a file beside params.yaml."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{root / LOCAL}"


def told(uri: str, root: Path) -> str:
    """Return an address as it may be shown: without a password, and the project's own without its folder."""
    return f"sqlite:///{LOCAL}" if uri == f"sqlite:///{root / LOCAL}" else without_password(uri)


def without_password(uri: str) -> str:
    """Return an address as it may be shown."""
    return uri.rsplit("@", maxsplit=1)[-1]


def experiment_name(source: str) -> str:
    """Return the experiment that holds the runs of a source."""
    return f"savedesk/{source}"


def model_name(source: str) -> str:
    """Return the name under which the models of a source are registered."""
    return f"savedesk-{source}"
