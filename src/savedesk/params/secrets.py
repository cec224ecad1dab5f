"""No secret stands in params.yaml or source.yaml: what stands there is copied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from savedesk.errors import ParamsError
from savedesk.redact import place_of_secret


def refuse_secrets(values: Mapping[str, Any], where: str) -> None:
    """Refuse a password, token or key: what stands in these files is copied, by DVC into dvc.lock, too.

    Raises:
        ParamsError: the first one found, by its key alone.
    """
    if place := place_of_secret(values):
        raise ParamsError(
            "holds a password, token or key, which would be copied into dvc.lock, runs and reports",
            where=f"{where}: {place}",
            next_step="take it out, change it if the file was shared, and give it in the environment",
        )


def without_text(error: Exception) -> str:
    """Return what is wrong with a YAML file and at which line, without the line itself: it may hold a secret."""
    for mark in (getattr(error, "context_mark", None), getattr(error, "problem_mark", None)):
        if mark is not None:
            mark.buffer = None
    return str(error)
