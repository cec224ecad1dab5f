"""Keep a library that prints from C off the user's screen."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

STANDARD_OUTPUT = 1


@contextmanager
def silence() -> Iterator[None]:
    """Send what is written to the process's standard output to nowhere, whoever writes it.

    HiGHS prints a line for each solution that its heuristics find, whatever its options say.
    """
    sys.stdout.flush()
    c_library = ctypes.CDLL(None)
    c_library.fflush(None)
    kept = os.dup(STANDARD_OUTPUT)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, STANDARD_OUTPUT)
        yield
    finally:
        c_library.fflush(None)  # what C still holds back goes nowhere, too
        os.dup2(kept, STANDARD_OUTPUT)
        os.close(nowhere)
        os.close(kept)
