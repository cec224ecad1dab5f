"""DVC as `savedesk repro` runs it: it ends with the exit code of the stage that failed, and tells what ran out.

DVC itself ends in 255 whatever went wrong, and its own lines name the cause without a way out.
"""

from __future__ import annotations

import logging
import re
import runpy
import sys
from pathlib import Path

from savedesk.cli.ending import end_of
from savedesk.errors import ResourceError, SavedeskError
from savedesk.pipeline.died import DOCUMENTED
from savedesk.pipeline.exhausted import exhausted
from savedesk.redact import redacted

_OF_A_STAGE = re.compile(r"failed to run: .*, exited with (-?\d+)", re.DOTALL)
_KILLED = (-9, 137)


class Heard(logging.Handler):
    """The errors that DVC tells."""

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__(logging.WARNING)
        self.errors: list[BaseException] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep an error."""
        if record.exc_info and record.exc_info[1]:
            self.errors.append(record.exc_info[1])


def main() -> None:
    """Run the module DVC with the arguments that are given."""
    heard = Heard()
    logging.getLogger("dvc").addHandler(heard)
    sys.argv = sys.argv[1:]
    line = ""
    try:
        runpy.run_module("dvc", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception as error:  # noqa: BLE001 - whatever DVC did not catch
        line, code = end_of(error, Path.cwd())
    else:
        code = 0
    if code and not line:
        line, code = end_of_dvc(code, heard.errors, Path.cwd())
    if line:
        sys.stderr.write(f"savedesk: {redacted(line)}\n")
        sys.stderr.flush()
    sys.exit(code)


def end_of_dvc(code: int, errors: list[BaseException], root: Path) -> tuple[str, int]:
    """Return the line and the exit code of a run that failed; no line where the stage has told one.

    Args:
        code: with which DVC ends.
        errors: what it told of.
        root: project folder.
    """
    for error in _causes(errors):
        stage = _OF_A_STAGE.search(str(error))
        if stage and int(stage.group(1)) in DOCUMENTED:
            return "", int(stage.group(1))
        if stage and int(stage.group(1)) in _KILLED:
            killed = ResourceError("a stage was killed from outside", next_step="run again; the old outputs are whole")
            return killed.line(), killed.exit_code
    for error in errors:
        lack = exhausted(error, root)
        if lack is not None:
            return lack.line(), lack.exit_code
    failed = SavedeskError(f"`dvc repro` ended with {code}", next_step="see what DVC says above")
    return failed.line(), failed.exit_code


def _causes(errors: list[BaseException]) -> list[BaseException]:
    causes: list[BaseException] = []
    for error in errors:
        cause: BaseException | None = error
        while cause is not None and cause not in causes:
            causes.append(cause)
            cause = cause.__cause__
    return causes


if __name__ == "__main__":
    main()
