"""Runs on this disk that the tracking store has not received yet. Each is a folder that holds all of it."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = "data/unsent"
RUN = "run.json"
ARTIFACTS, MODEL = "artifacts", "model"


@dataclass(frozen=True)
class QueuedRun:
    """One of them.

    Args:
        folder: holds ``run.json``, ``artifacts`` and ``model``.
    """

    folder: Path

    @property
    def about(self) -> dict[str, Any]:
        """Everything about the run that is no file."""
        about: dict[str, Any] = json.loads((self.folder / RUN).read_text(encoding="utf-8"))
        return about

    def remove(self) -> None:
        """Remove it: the store has it."""
        aside = self.folder.with_name(f".{self.folder.name}")
        self.folder.rename(aside)
        shutil.rmtree(aside)


def enqueue(root: Path, about: dict[str, Any], fill: Callable[[Path], None]) -> QueuedRun:
    """Write a run down, whole or not at all; the same run is there once.

    Args:
        root: project folder.
        about: everything about the run that is no file, with its ``key`` and ``kept_at`` (ms since 1970).
        fill: writes the files into a folder.
    """
    home = root / FOLDER
    home.mkdir(parents=True, exist_ok=True)
    there = [queued for queued in queued_runs(root) if queued.about["key"] == about["key"]]
    if there:
        return there[0]
    scratch = Path(tempfile.mkdtemp(prefix=".queued-", dir=home))
    try:
        fill(scratch)
        (scratch / RUN).write_text(json.dumps(about, indent=1, ensure_ascii=False), encoding="utf-8")
        scratch.chmod(0o755)
        return QueuedRun(scratch.rename(home / f"{about['kept_at']}-{about['key']}"))
    except BaseException:
        shutil.rmtree(scratch)
        raise


def queued_runs(root: Path) -> list[QueuedRun]:
    """Return the runs that wait, oldest first."""
    return [QueuedRun(path.parent) for path in sorted((root / FOLDER).glob(f"[!.]*/{RUN}"))]


@contextmanager
def only_one(root: Path) -> Iterator[None]:
    """Wait until no other process of this project sends: two would send the same run twice."""
    home = root / FOLDER
    home.mkdir(parents=True, exist_ok=True)
    held = os.open(home, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        for leftover in home.glob(".*"):  # of processes that died
            shutil.rmtree(leftover, ignore_errors=True)
        yield
    finally:
        os.close(held)
        if not any(home.iterdir()):
            home.rmdir()
