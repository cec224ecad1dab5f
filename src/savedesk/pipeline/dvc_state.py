"""What DVC leaves beside the project: whether it is at work, and a lock file that a killed run has cut off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from savedesk.errors import MissingInputError

RWLOCK = ".dvc/tmp/rwlock"


def require_dvc_at_rest(root: Path) -> None:
    """Check that no `dvc repro` is at work in the project, but for one that this command is a part of.

    Raises:
        MissingInputError: one is. What it runs on must not change under it.
    """
    for process in _dvc_processes(root):
        raise MissingInputError(
            f"`dvc` is at work in this project (process {process.pid} of {process.username()})",
            where=RWLOCK,
            next_step="wait until it has ended, then run again",
        )


def mend_rwlock(root: Path) -> str:
    """Remove DVC's lock file if a killed run left it empty or cut off; return a line that says so.

    DVC writes it in place, and cannot read half of it again. An empty one is as good as none: it lists the runs at
    work, and there is none.

    Raises:
        MissingInputError: it is damaged while DVC is at work.
    """
    path = root / RWLOCK
    if not path.is_file() or _whole(path):
        return ""
    require_dvc_at_rest(root)
    path.unlink(missing_ok=True)
    return f"{RWLOCK} was cut off when a run was killed; removed it, no run is at work"


def _whole(path: Path) -> bool:
    try:
        found: Any = json.loads(path.read_bytes())
    except ValueError:
        return False
    return isinstance(found, dict) and all(isinstance(found.get(kind, {}), dict) for kind in ("read", "write"))


def _dvc_processes(root: Path) -> Iterator[psutil.Process]:
    """Yield the processes of DVC in the project folder, without the ancestors of this one."""
    own = {one.pid for one in (psutil.Process(), *psutil.Process().parents())}
    for process in psutil.process_iter():
        try:
            if process.pid in own or process.status() == psutil.STATUS_ZOMBIE:
                continue
            words = [Path(word).name for word in process.cmdline()[:4]]
            if ("dvc" in words or "dvc.__main__" in words) and Path(process.cwd()).is_relative_to(root.resolve()):
                yield process
        except (psutil.Error, OSError):  # it has ended by now, or is another user's
            continue
