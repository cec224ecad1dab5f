"""What ``make repro`` does: choose the source, check the params, retrain and rescore with DVC, under one lock."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from savedesk.locales.catalogue import counted, languages
from savedesk.params.choose import choose_source
from savedesk.params.load import current_source, load_params
from savedesk.params.raw_folder import raw_line
from savedesk.params.without_git import git_line
from savedesk.pipeline.died import DOCUMENTED, end_of_the_dead
from savedesk.pipeline.dvc_state import mend_lock, mend_rwlock, require_dvc_at_rest
from savedesk.pipeline.locks import RUN, held
from savedesk.pipeline.privacy import protect
from savedesk.pipeline.watched import error_output

SECONDS_TO_END = 30  # that DVC has after a signal


def reproduce(root: Path, source: str, say: Callable[[str], None]) -> int:
    """Run the pipeline as far as something has changed, and return the exit code of the stage that failed, or 0.

    Args:
        root: project folder.
        source: a folder below data/sources; empty: the one in use.
        say: prints a line.

    Raises:
        SavedeskError: wrong params, no raw folder, or another run at work.
    """
    with held(root, RUN, "savedesk repro"):
        require_dvc_at_rest(root)
        for line in choose(root, source, None):
            say(line)
        for line in checked(root):
            say(line)
        protect(root)
        return _dvc_repro(root)


def choose(root: Path, source: str, raw: Path | None) -> list[str]:
    """Make a source the one of the next run, and return what was done, a line each."""
    name = source or current_source(root)
    return choose_source(root, name, raw if name != "simulated" else None) or [f"source is {name}"]


def checked(root: Path) -> list[str]:
    """Check the params, the texts, and what a killed run may have left; return lines that say how things are.

    Raises:
        SavedeskError: a value is wrong, or a file of texts is broken or does not agree with the English one.
    """
    sections = load_params(root)
    name = str(sections["source"].model_dump()["name"])
    lines = (mend_rwlock(root), mend_lock(root), raw_line(root, name), git_line(root))
    texts = f"{counted()} texts in {', '.join(languages())}"
    return [f"ok: {len(sections)} sections, source {name}; {texts}", *filter(None, lines)]


def _dvc_repro(root: Path) -> int:
    """Run DVC in a group of its own; a signal that ends this program ends DVC and its stage before the lock goes."""
    path = os.pathsep.join(filter(None, (str(Path(sys.executable).parent), os.environ.get("PATH"))))
    environment = os.environ | {"PATH": path}  # stages call `savedesk`, also where the environment is not activated
    command = [sys.executable, "-m", "savedesk.cli.dvc_run", "dvc", "repro"]
    running = subprocess.Popen(command, cwd=root, env=environment, process_group=0, stderr=error_output())  # noqa: S603
    try:
        return _known(running.wait(), root)
    except KeyboardInterrupt:  # Ctrl-C, or a polite end
        os.killpg(running.pid, signal.SIGTERM)
        try:
            running.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
        raise


def _known(code: int, root: Path) -> int:
    """Return an exit code that the stages and DVC told a line of; tell one where DVC itself was ended untold."""
    if code in DOCUMENTED:
        return code
    line, known = end_of_the_dead(code, "", root)
    sys.stderr.write(f"savedesk: {line}\n")
    return known
