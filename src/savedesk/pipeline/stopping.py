"""A polite end: whatever is being done when a signal comes ends as it does at Ctrl-C, and says so in one line."""

from __future__ import annotations

import signal
import time
from types import FrameType

STOPPED = "stopped; the old outputs are whole"
AT_ONCE_SECONDS = 0.5  # a terminal signals the command and its watcher, which passes it on: that is one signal
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_received: list[int] = []
_times: list[float] = []


def listen() -> None:
    """Write down which signal came; raise as Ctrl-C does. A signal that the caller has switched off stays so."""
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


def _stop(number: int, frame: FrameType | None) -> None:
    del frame
    now = time.monotonic()
    if _times and now - _times[-1] < AT_ONCE_SECONDS:
        return
    _received.append(number)
    _times.append(now)
    raise KeyboardInterrupt


def stopped_code() -> int | None:
    """Return the exit code of a program that a signal ended (128 and the signal's number), None if none came.

    Libraries turn the interruption into errors of their own ("Query interrupted"), so it is asked for afterwards.
    """
    return 128 + _received[0] if _received else None
