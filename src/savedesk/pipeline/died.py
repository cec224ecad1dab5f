"""What the user is told of a process that the system or a library has ended before it could tell anything itself."""

from __future__ import annotations

import os
import resource
import signal
import tempfile
from pathlib import Path

from savedesk.errors import ResourceError, SavedeskError
from savedesk.pipeline.exhausted import DISK, MEMORY, SIZE, exhausted_by, is_full, lack, memory_said
from savedesk.pipeline.stopping import STOPPED

LOG = "savedesk-error.log"
DOCUMENTED = frozenset({0, 2, 3, 4, 5, 6, 7, 8, 70, 130, 143})
_CRASHES = frozenset({signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGTRAP, signal.SIGILL})


def end_of_the_dead(status: int, said: str, folder: Path | None = None) -> tuple[str, int]:
    """Return the line and the exit code of a process that ended untold.

    Args:
        status: its exit code; of one that a signal ended the signal's number below zero.
        said: what libraries had written to the errors.
        folder: in which it ran.
    """
    if -status in (signal.SIGHUP, signal.SIGQUIT, signal.SIGPIPE):  # nobody is there to be told
        return "", 128 - status
    root = folder or Path.cwd()
    shortage = _lack(status, said, root)
    if shortage is not None:
        return shortage.line(), shortage.exit_code
    if -status in (signal.SIGINT, signal.SIGTERM):
        return STOPPED, 128 - status
    what = f"a library ended the command ({_how(status)})"
    return f"internal error: {what}; next: {_keep(what, said, root)}", SavedeskError.exit_code


def _lack(status: int, said: str, root: Path) -> ResourceError | None:
    if -status == signal.SIGXFSZ:
        return lack(SIZE, root)
    if named := exhausted_by(said, root):  # a thread needs memory, too
        return lack(MEMORY, root) if _memory_is_limited() and " threads" in named.what else named
    if -status == signal.SIGKILL:
        return ResourceError(
            f"killed from outside, most often by the system for want of memory: {memory_said()}",
            next_step="lower engine.memory_limit_gb and engine.threads in params.yaml, or use a larger machine; "
            "the old outputs are whole",
        )
    return _likely_lack(status, root) if status >= 0 or -status in _CRASHES else None


def _likely_lack(status: int, root: Path) -> ResourceError | None:
    """Return what a crash is most likely to come from; None where nothing is limited or full."""
    if _memory_is_limited():
        return lack(MEMORY, root)
    full = next((folder for folder in (root, Path(tempfile.gettempdir())) if is_full(folder)), None)
    if full is not None:
        return lack(DISK, full)
    if -status == signal.SIGBUS:
        return ResourceError(
            "a file that is used as memory could not be read or written (SIGBUS), most often for want of room",
            where=str(root),
            next_step="free room there and in the temporary folder, then run again; the old outputs are whole",
        )
    return None


def _memory_is_limited() -> bool:
    limits = (resource.RLIMIT_AS, resource.RLIMIT_DATA)
    return any(resource.getrlimit(limit)[0] != resource.RLIM_INFINITY for limit in limits)


def _how(status: int) -> str:
    return f"exit code {status}" if status >= 0 else signal.Signals(-status).name


def _keep(what: str, said: str, root: Path) -> str:
    from savedesk.redact import redacted

    try:
        (root / LOG).write_text(redacted(f"{what}\n{said}\n"), encoding="utf-8")
    except OSError as refused:
        return f"run it again from a folder where {LOG} can be written (here: {os.strerror(refused.errno or 0)})"
    return f"send {LOG}"
