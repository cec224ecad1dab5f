"""A command and its watcher: where the system or a library ends the command, the watcher still tells why, in one line.

A library in C++ that gets no memory aborts the whole process, and the system kills one that takes too much of it; no
Python code runs then. So the command runs in a process of its own, and the one that was started waits for it. What
libraries write past Python is kept aside, and shown at the end of a command that went well.
"""

from __future__ import annotations

import mmap
import os
import select
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from savedesk.pipeline.stopping import listen

PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ERRORS = 2  # the number of the file that libraries write their errors to
KEPT_BYTES = 1 << 16  # of what libraries write; more is shown at once
SECONDS_TO_HEAR = 0.2  # that the watcher takes at most to note a signal
UNTOLD = 125  # exit code of a command that could not tell its end
_PDEATHSIG = 1  # prctl: the signal that a process gets when the one that started it dies
_state: dict[str, Any] = {}


def starter() -> tuple[int, int]:
    """Return the process that stands for this command, and the one that started it, as they were at the start."""
    known: tuple[int, int] | None = _state.get("starter")
    return known or (os.getpid(), os.getppid())


def error_output() -> int | None:
    """Return the file for errors of programs that this one starts, None for that which they inherit."""
    return _state.get("errors")


def tell_the_watcher(code: int) -> None:
    """Say with which exit code the command ends, since a library may still crash on the way out."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):  # told already; Python would try it again, and end in 120
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    if "end" in _state:
        _state["end"][0] = code + 1


def hear_signals() -> None:
    """Let a signal raise as Ctrl-C does. Until here they wait, so that none comes where nobody tells of it."""
    listen()
    if "signals" in _state:
        signal.pthread_sigmask(signal.SIG_SETMASK, _state.pop("signals"))


def interrupted_from_within() -> bool:
    """Return whether an interruption came from a library: OpenBLAS sends one where it gets no thread.

    One from outside comes to the watcher, too, which may hear of it a moment later.
    """
    until = time.monotonic() + SECONDS_TO_HEAR
    while "end" in _state and not _state["end"][1] and time.monotonic() < until:
        time.sleep(0.01)
    return "end" in _state and not _state["end"][1]


def die_interrupted() -> None:
    """End as one whom nobody has listened to, so that the watcher tells why, from what libraries wrote."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGINT)


def untold() -> None:
    """End at once where there is a watcher, which tells why; else return."""
    if "end" in _state:
        os._exit(UNTOLD)


@contextmanager
def watched(signals: set[Any]) -> Iterator[None]:
    """Go on in a process of its own, where that can be; the watcher never gets past here.

    Without Linux, and in a process that has other threads already, the block runs as it is.

    Args:
        signals: those that were held back before the ones that are passed on were, too.
    """
    _state["signals"] = signals
    if _can_be_watched():
        _part(signals)
    yield


def _can_be_watched() -> bool:
    try:
        os.fstat(ERRORS)
        os.close(os.pidfd_open(os.getpid()))
        return "starter" not in _state and len(os.listdir("/proc/self/task")) == 1  # noqa: PTH208
    except (OSError, AttributeError):
        return False


def _part(before: set[Any]) -> None:
    """Become two processes, of which the command returns."""
    _state["starter"] = (os.getpid(), os.getppid())
    end = mmap.mmap(-1, mmap.PAGESIZE)
    aside = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        command = os.fork()
    except OSError:  # no more processes: unwatched, then
        return
    if command:
        os.close(aside[1])
        _watch(command, aside[0], end, before)
    os.close(aside[0])
    _state["end"] = end
    try:
        _die_with_the_watcher(_state["starter"][0])
        _put_aside(aside[1])
    except BaseException:  # noqa: BLE001 - no memory for it
        untold()


def _die_with_the_watcher(watcher: int) -> None:
    import ctypes

    ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != watcher:
        os._exit(UNTOLD)


def _put_aside(pipe: int) -> None:
    """Keep what libraries write past Python apart from what the command tells."""
    import threading

    _state["errors"] = own = os.dup(ERRORS)
    os.dup2(pipe, ERRORS)
    os.close(pipe)
    encoding, errors = sys.stderr.encoding, sys.stderr.errors
    stream = open(own, "w", buffering=1, encoding=encoding, errors=errors, closefd=False)  # noqa: SIM115
    sys.stderr, sys.__stderr__ = stream, stream  # type: ignore[misc]
    sys.unraisablehook = _aside
    threading.excepthook = _aside


def _aside(error: Any) -> None:
    """Write what Python found wrong where nobody could catch it to where libraries write."""
    import traceback

    lines = traceback.format_exception(error.exc_type, error.exc_value, error.exc_traceback)
    os.write(ERRORS, "".join(lines).encode(errors="replace"))


def _watch(command: int, aside: int, end: mmap.mmap, before: set[Any]) -> None:
    """Wait for the command, and end as it did."""

    def pass_on(number: int, frame: FrameType | None) -> None:
        del frame
        end[1] = 1
        with suppress(ProcessLookupError):  # it has just ended
            os.kill(command, number)

    for number in PASSED_ON:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, pass_on)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    kept = _listen_until_the_end(os.pidfd_open(command), aside)
    status = os.waitstatus_to_exitcode(os.waitpid(command, 0)[1])
    if end[0]:
        status = end[0] - 1
        if status == 0:
            _show(kept)
        os._exit(status)
    from savedesk.pipeline.died import end_of_the_dead

    line, code = end_of_the_dead(status, kept.decode(errors="replace"))
    if line:
        _show(f"savedesk: {line}\n".encode())
    os._exit(code)


def _listen_until_the_end(life: int, aside: int) -> bytes:
    """Return what libraries have written until the command ended; more than can be kept is shown at once."""
    os.set_blocking(aside, False)
    poll = select.poll()
    for file in (life, aside):
        poll.register(file, select.POLLIN)
    kept, showing = bytearray(), False
    while True:
        ready = {file for file, _ in poll.poll()}
        if aside in ready:
            chunk = _read(aside)
            kept += chunk
            if not chunk:
                poll.unregister(aside)
        if showing or len(kept) > KEPT_BYTES:
            showing = True
            _show(bytes(kept))
            kept.clear()
        if life in ready:
            while chunk := _read(aside):
                kept += chunk
            return bytes(kept)


def _read(file: int) -> bytes:
    try:
        return os.read(file, KEPT_BYTES)
    except BlockingIOError:
        return b""


def _show(kept: bytes) -> None:
    if kept:
        from savedesk.redact import redacted

        with suppress(OSError):  # nobody can be told
            sys.stderr.write(redacted(kept.decode(errors="replace")))
            sys.stderr.flush()
