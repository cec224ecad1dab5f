"""How a command ends: one line and an exit code for whatever came in its way."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

from typer.exceptions import TyperException

from savedesk.cli.command_line import wrong_usage
from savedesk.errors import DataContractError, MissingInputError, ParamsError, SavedeskError
from savedesk.pipeline.exhausted import exhausted
from savedesk.pipeline.stopping import STOPPED, stopped_code
from savedesk.redact import redacted, shortened

CTRL_C, BROKEN_PIPE = 130, 141  # 128 and the number of the signal, as shells count
LONGEST_SAID = 300  # characters of an error that is not ours
_IN_THE_WAY: tuple[tuple[tuple[type[OSError], ...], str], ...] = (
    ((PermissionError,), "give this user the right to it"),
    ((FileExistsError, NotADirectoryError, IsADirectoryError), "move it away"),
    ((FileNotFoundError,), "make its folder, or name another"),
)


def end_of(error: BaseException, folder: Path) -> tuple[str, int]:
    """Return what the user is told of an error, in one line, and the exit code; no line where there is nobody to tell.

    A mistake of the user, a signal and a machine that has run out of something have codes of their own. Anything else
    is internal, and its details are kept in a file.

    Args:
        error: whatever ended the command.
        folder: from which it was called.
    """
    if stopped := stopped_code():
        return STOPPED, stopped
    if isinstance(error, TyperException):
        shown = bool(error.format_message().strip())  # without a command the help has been shown
        return (wrong_usage(error).line(), ParamsError.exit_code) if shown else ("", error.exit_code)
    if isinstance(error, BrokenPipeError):  # the reader of a pipe has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return "", BROKEN_PIPE
    own = error if isinstance(error, SavedeskError) else None
    known = exhausted(error, folder) or own or _in_the_way(error)
    if known is not None:
        return known.line(), known.exit_code
    said = f"internal error: {type(error).__name__}: {shortened(' '.join(str(error).split()), LONGEST_SAID, '')}"
    return f"{said}; next: {_keep_details(error, folder)}", SavedeskError.exit_code


def _in_the_way(error: BaseException) -> SavedeskError | None:
    """Return the line of a file that cannot be used as it is; None for any other error."""
    if isinstance(error, RecursionError):
        return DataContractError(
            "a file is nested too deeply to be read", next_step="mend the YAML, JSON or SQL file that was changed last"
        )
    for kinds, step in _IN_THE_WAY:
        if isinstance(error, kinds):
            return MissingInputError(str(error.strerror), where=str(error.filename), next_step=step)
    return None


def _keep_details(error: BaseException, folder: Path) -> str:
    """Write the details of an internal error to a file, and return what the user shall do."""
    log = folder / "savedesk-error.log"
    try:
        log.write_text(redacted("".join(traceback.format_exception(error))), encoding="utf-8")
    except OSError as refused:
        return (
            f"run it again from a folder where {log.name} can be written (here: {refused.strerror}), and send that file"
        )
    return f"send {log.name}"
