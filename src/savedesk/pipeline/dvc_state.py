"""What DVC leaves beside the project: whether it is at work, and files that a killed run has cut off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import yaml

from savedesk.errors import MissingInputError

RWLOCK = ".dvc/tmp/rwlock"
LOCK = "dvc.lock"
LOCK_COPY = ".dvc/tmp/dvc.lock.whole"
_FILES = ("deps", "outs")  # lists of files of a stage
_HASHES = ("md5", "checksum", "etag")
_SHORTEST_HASH = 3  # characters that DVC takes for one
_TYPES: dict[str, type] = {"size": int, "nfiles": int, "isexec": bool, "hash": str, "path": str}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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


def keep_lock(root: Path) -> None:
    """Keep a copy of dvc.lock before a stage runs: DVC writes it in place, and a kill may cut it off."""
    path = root / LOCK
    if (root / LOCK_COPY).parent.is_dir() and path.is_file() and _is_whole_lock(content := path.read_bytes()):
        _replace(root / LOCK_COPY, content)


def mend_lock(root: Path) -> str:
    """Put the copy of dvc.lock in its place if a killed run left it empty or cut off; return a line that says so.

    Stages that the copy does not know yet run again, or are taken from DVC's cache. So do all, where there is no copy.

    Raises:
        MissingInputError: it is damaged while DVC is at work.
    """
    path, copy = root / LOCK, root / LOCK_COPY
    if not path.is_file() or _is_whole_lock(path.read_bytes()):
        return ""
    require_dvc_at_rest(root)
    said = f"{LOCK} was cut off when a run was killed"
    if copy.is_file() and _is_whole_lock(content := copy.read_bytes()):
        _replace(path, content)
        return f"{said}; took that of before its last stage"
    path.unlink()
    return f"{said}; removed it, so every stage is looked at again"


def _is_whole_lock(content: bytes) -> bool:
    """Return whether dvc.lock says of each stage what DVC needs. A cut within a value only makes a stage run again."""
    try:
        lock = yaml.load(content, Loader=_LOADER)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, UnicodeDecodeError):
        return False
    if not isinstance(lock, dict) or "schema" not in lock or not isinstance(lock.get("stages"), dict):
        return False
    return all(isinstance(stage, dict) and _is_whole_stage(stage) for stage in lock["stages"].values())


def _is_whole_stage(stage: dict[str, Any]) -> bool:
    parts = [stage[kind] for kind in _FILES if kind in stage]
    params = stage.get("params", {})
    if not stage.get("cmd") or not isinstance(params, dict) or not all(isinstance(part, list) for part in parts):
        return False
    files = [file for part in parts for file in part]
    return all(map(_is_whole_file, files)) and all(isinstance(values, dict) for values in params.values())


def _is_whole_file(file: Any) -> bool:
    return isinstance(file, dict) and "path" in file and all(_is_whole_value(*pair) for pair in file.items())


def _is_whole_value(key: str, value: Any) -> bool:
    if key in _HASHES:
        return len(str(value or "")) >= _SHORTEST_HASH
    return value is not None and isinstance(value, _TYPES.get(key, object))


def _replace(path: Path, content: bytes) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(content)
    part.replace(path)


def _whole(path: Path) -> bool:
    try:
        lock: Any = json.loads(path.read_bytes())
    except ValueError:
        return False
    return isinstance(lock, dict) and all(isinstance(lock.get(kind, {}), dict) for kind in ("read", "write"))


def _dvc_processes(root: Path) -> Iterator[psutil.Process]:
    """Yield the processes of DVC in the project folder, without the ancestors of this one."""
    own = {process.pid for process in (psutil.Process(), *psutil.Process().parents())}
    for process in psutil.process_iter():
        try:
            if process.pid in own or process.status() == psutil.STATUS_ZOMBIE:
                continue
            words = [Path(word).name for word in process.cmdline()[:4]]
            if ("dvc" in words or "dvc.__main__" in words) and Path(process.cwd()).is_relative_to(root.resolve()):
                yield process
        except (psutil.Error, OSError):  # it has ended by now, or is another user's
            continue
