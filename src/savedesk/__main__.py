"""The ``savedesk`` command, watched from its first moment: what it does is in ``app``."""

from __future__ import annotations

import os
import signal
import sys
import warnings
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

INTERRUPTED = 130  # exit code


def main() -> NoReturn:
    """Run the command. A user's mistake ends in one line and its exit code, anything else in 70.

    Nothing large is imported before the command has a watcher, so that the watcher is small, and starts no thread.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
    from savedesk.pipeline.watched import die_interrupted, interrupted_from_within, tell_the_watcher, untold, watched

    with watched(before):
        try:
            line, code = _run()
            if code == INTERRUPTED and interrupted_from_within():
                die_interrupted()
            if line:
                with suppress(OSError):  # nobody can be told
                    sys.stderr.write(f"savedesk: {line}\n")
            tell_the_watcher(code)
        except BaseException:  # not even memory for the line
            untold()
            raise
    sys.exit(code)


def _run() -> tuple[str, int]:
    """Return the line that the user is told, and the exit code."""
    try:
        return _command()
    except SystemExit as end:
        return "", end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException as error:  # noqa: BLE001 - the last line of defence
        from savedesk.cli.ending import end_of

        return end_of(error, Path.cwd())


def _command() -> tuple[str, int]:
    from savedesk.pipeline.watched import hear_signals

    hear_signals()
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    if not sys.warnoptions:  # those of libraries tell their authors something, and name places of this machine
        warnings.simplefilter("ignore")
    os.umask(0o077)  # until params.yaml says who else may read
    from savedesk.redact import RedactedStream

    sys.stdout, sys.stderr = RedactedStream(sys.stdout), RedactedStream(sys.stderr)
    from savedesk.cli.app import app
    from savedesk.cli.command_line import PROGRAM
    from savedesk.cli.ending import CTRL_C
    from savedesk.pipeline.stopping import STOPPED, stopped_code

    code = app(standalone_mode=False, prog_name=PROGRAM)
    sys.stdout.flush()
    if code == CTRL_C:
        return STOPPED, stopped_code() or CTRL_C
    return "", int(code or 0)


if __name__ == "__main__":
    main()
