"""One at a time: a lock that names its holder, and that the system lets go when the holder dies, however it dies."""

from __future__ import annotations

import datetime as dt
import fcntl
import getpass
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from savedesk.errors import MissingInputError
from savedesk.pipeline.orphans import HELD_BY_PARENT, STEP_SECONDS, has_ended, is_orphan, say_waiting, wait_for_orphans
from savedesk.pipeline.watched import starter

RUN = "run"  # whatever writes outputs of the pipeline, or changes what it runs on
OUTCOMES = "outcomes"  # imports of what the desk reports
SCORED = "scored"  # new data with a stored model
LONGEST_NOTE = 4096  # bytes
SECONDS_TO_DIE = 10  # that the system takes at most to end a command whose watcher was killed


@contextmanager
def held(root: Path, name: str, what: str, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold one of a project's locks. What a killed holder left at work is waited for.

    Args:
        root: project folder.
        name: of the lock.
        what: the command, as others are told of it.
        wait_seconds: how long to wait for another holder.

    Raises:
        MissingInputError: another program holds it.
    """
    mark = f"{name}@{root.resolve()}"
    if mark in os.environ.get(HELD_BY_PARENT, "").split(os.pathsep):
        yield
        return
    path = root / "data" / f".lock-{name}"
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(handle, what, wait_seconds)
        wait_for_orphans(mark)
        with _marked_for_children(mark):
            yield
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def _take(handle: int, what: str, wait_seconds: float) -> None:
    started = time.monotonic()
    said = False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            orphan, dying = _of_a_killed_run(handle)
            if orphan and not said:
                say_waiting(_holder(handle))
                said = True
            longest = max(wait_seconds, SECONDS_TO_DIE if dying else 0)
            if not orphan and time.monotonic() >= started + longest:
                raise _busy(handle) from None
            time.sleep(STEP_SECONDS)
    pid, parent = starter()
    note = {
        "what": what,
        "pid": pid,
        "parent": parent,
        "user": getpass.getuser(),
        "since": dt.datetime.now().astimezone().isoformat(sep=" ", timespec="seconds"),
    }
    os.ftruncate(handle, 0)
    os.pwrite(handle, json.dumps(note).encode(), 0)


def _of_a_killed_run(handle: int) -> tuple[bool, bool]:
    """Return whether the holder was left over by a killed run, and whether it is being ended itself."""
    try:
        note = json.loads(os.pread(handle, LONGEST_NOTE, 0))
        pid, parent = int(note["pid"]), int(note["parent"])
    except (ValueError, KeyError, TypeError):
        return False, False
    return is_orphan(pid, parent), has_ended(pid)


def _holder(handle: int) -> str:
    try:
        note = json.loads(os.pread(handle, LONGEST_NOTE, 0))
        return f"{note['what']} (process {note['pid']} of {note['user']}, since {note['since']})"
    except (ValueError, KeyError, TypeError):  # it has the lock, and has not yet written who it is
        return "another command"


def _busy(handle: int) -> MissingInputError:
    return MissingInputError(
        f"{_holder(handle)} is at work in this project",
        where="data",
        next_step="wait until it has ended, then run again",
    )


@contextmanager
def _marked_for_children(mark: str) -> Iterator[None]:
    before = os.environ.get(HELD_BY_PARENT)
    os.environ[HELD_BY_PARENT] = os.pathsep.join(filter(None, (before, mark)))
    try:
        yield
    finally:
        if before is None:
            del os.environ[HELD_BY_PARENT]
        else:
            os.environ[HELD_BY_PARENT] = before
