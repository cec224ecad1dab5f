"""The ledger ``models/promotions.jsonl``: a line a promotion, with who, when, what, and why. Only added to."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from savedesk.errors import DataContractError, ModelSchemaError

LEDGER = "models/promotions.jsonl"
MODEL_VERSION = "model_version"  # hash of the files that were promoted; entries of older versions have none
NEEDED = ("when", "who", "source", "run", "run_id", "run_name", "version", "verdict", "why")


def read_ledger(root: Path) -> list[dict[str, Any]]:
    """Return the entries, oldest first.

    Raises:
        DataContractError: a line is not an entry.
    """
    path = root / LEDGER
    if not path.is_file():
        return []
    lines = path.read_bytes().decode("utf-8", errors="replace").split("\n")
    if lines[-1]:
        raise _broken(len(lines), "does not end: it was cut off")
    return [_entry(number, line) for number, line in enumerate(lines[:-1], start=1)]


def _entry(number: int, line: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except ValueError as error:
        raise _broken(number, "is not JSON") from error
    lacks = [name for name in NEEDED if name not in entry] if isinstance(entry, dict) else list(NEEDED)
    if lacks:
        raise _broken(number, f"lacks {lacks[0]!r}")
    checked: dict[str, Any] = entry
    return checked


def _broken(number: int, what: str) -> DataContractError:
    return DataContractError(
        f"line {number} {what}",
        where=LEDGER,
        allowed="one JSON object a line, with " + ", ".join(NEEDED),
        next_step="mend the line, or take the file back from git",
    )


def current(root: Path, source: str) -> dict[str, Any] | None:
    """Return the entry of a source's present champion; None where none was promoted."""
    return next((entry for entry in reversed(read_ledger(root)) if entry["source"] == source), None)


def require_promoted(root: Path, source: str, description: Mapping[str, Any]) -> None:
    """Refuse a champion whose files are not those that were promoted, even where their own hash fits.

    Raises:
        ModelSchemaError: the ledger has another hash.
    """
    entry = current(root, source) or {}
    promoted = entry.get(MODEL_VERSION)
    if promoted is not None and promoted != description["version"]:
        raise ModelSchemaError(
            f"not the model that was promoted: its hash is {description['version']}, the ledger has {promoted}",
            next_step=f"take models/champion back from git, or promote {entry['run_name']} again (docs/compare.md)",
        )


def require_file(root: Path) -> None:
    """Refuse a ledger that no line can be added to, before anything else changes.

    Raises:
        DataContractError: something else has its name, or it may not be written.
    """
    path = root / LEDGER
    if path.exists() and not (path.is_file() and os.access(path, os.W_OK)):
        raise DataContractError(
            "not a file that may be written",
            where=LEDGER,
            next_step="move it away, or take the file back from git",
        )


def append(root: Path, entry: Mapping[str, Any]) -> None:
    """Add an entry, whole or not at all, also while another process adds one."""
    path = root / LEDGER
    path.parent.mkdir(exist_ok=True)
    line = (json.dumps(entry, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8")
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        size = os.fstat(handle).st_size
        if os.write(handle, line) != len(line):  # the disk is full
            os.ftruncate(handle, size)
            raise OSError(f"no space left for a line in {LEDGER}")
        os.fsync(handle)
    finally:
        os.close(handle)
