"""Where MLflow keeps runs and models: the address, and a quiet client."""

from __future__ import annotations

import logging
import os
import warnings
from pathlib import Path

LOCAL = "mlflow.db"  # below the project folder


def quiet() -> None:
    """Switch telemetry off and keep MLflow's and Alembic's notices out of the user's sight; before mlflow loads."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("DO_NOT_TRACK", "true")
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "ERROR")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")  # its own seven tries take minutes
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "20")  # seconds
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="mlflow")


def address(root: Path) -> str:
    """Return the store's address: the user's own, else a file beside params.yaml."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{root / LOCAL}"


def without_password(uri: str) -> str:
    """Return an address as it may be shown."""
    return uri.rsplit("@", maxsplit=1)[-1]


def model_name(source: str) -> str:
    """Return the name under which the models of a source are registered."""
    return f"savedesk-{source}"
