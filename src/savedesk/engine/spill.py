"""The folder into which the engine spills: gone when its process ends; if that was killed, gone with the next run."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "savedesk-duckdb-"


@contextmanager
def spill_folder() -> Iterator[Path]:
    """Make a folder of one's own in the system's folder for temporary files, and remove those of killed processes.

    A process holds a lock on its folder, which the system lets go when it dies, however it dies. So a folder whose
    lock can be had belongs to nobody; one of a live process, or of another user, is left alone.
    """
    _remove_stale()
    path, held = _locked_folder()
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(held)


def _locked_folder() -> tuple[Path, int]:
    """Return a new folder and the open lock on it; another one if somebody tidied it away before it was locked."""
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX))
        try:
            held = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            continue
        fcntl.flock(held, fcntl.LOCK_EX)
        if path.is_dir():
            return path, held
        os.close(held)


def _remove_stale() -> None:
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:  # no folder, another user's, or gone by now
            continue
        try:
            if os.fstat(lock).st_uid == os.getuid():
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path, ignore_errors=True)
        except BlockingIOError:  # its process lives
            continue
        finally:
            os.close(lock)
