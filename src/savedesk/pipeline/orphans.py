"""What a killed run left at work: a stage, or DVC, whose starter was killed alone. The next command waits for it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

HELD_BY_PARENT = "SAVEDESK_HOLDS"  # variable: locks that the program holds that started this one
STEP_SECONDS = 0.2


def is_orphan(pid: int, parent: int) -> bool:
    """Return whether a program lost the program that started it.

    Args:
        pid: of the program.
        parent: pid of its starter, as it was noted at the start.
    """
    try:
        return parent != 1 and psutil.Process(pid).ppid() != parent
    except psutil.Error:  # it has ended by now
        return False


def has_ended(pid: int) -> bool:
    """Return whether a process has ended, though its starter may not have asked for its exit code yet."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def say_waiting(what: str) -> None:
    """Print what is waited for. Ctrl-C ends the wait."""
    sys.stderr.write(f"waiting for {what}, which a killed run left at work (Ctrl-C ends the wait)\n")
    sys.stderr.flush()


def wait_for_orphans(mark: str) -> None:
    """Wait for programs that were started under a lock by a holder that was killed.

    Whoever holds the lock now knows that no holder is alive, so that each program that still counts on it is one.

    Args:
        mark: the lock, as it stands in ``HELD_BY_PARENT``.
    """
    said: set[int] = set()
    while left := list(_counting_on(mark)):
        pids = {process.pid for process in left}
        for process in left:
            if process.pid not in said and _parent(process) not in pids:
                said.add(process.pid)
                say_waiting(f"{_command(process)} (process {process.pid})")
        time.sleep(STEP_SECONDS)


def _counting_on(mark: str) -> Iterator[psutil.Process]:
    own = {process.pid for process in (psutil.Process(), *psutil.Process().parents())}
    for process in psutil.process_iter():
        try:
            if process.pid in own or process.status() == psutil.STATUS_ZOMBIE:
                continue
            if mark in process.environ().get(HELD_BY_PARENT, "").split(os.pathsep):
                yield process
        except (psutil.Error, OSError):  # it has ended by now, or is another user's
            continue


def _parent(process: psutil.Process) -> int:
    try:
        return int(process.ppid())
    except psutil.Error:
        return 0


def _command(process: psutil.Process) -> str:
    try:
        words = [Path(word).name for word in process.cmdline()[:5]]
    except psutil.Error:
        return "a command"
    return " ".join(word for word in words if word.isidentifier() and word != "python") or "a command"
