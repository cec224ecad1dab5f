"""Who may read what the project writes: its user alone, or the group, too. Lists and tables name subscribers."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from savedesk.params.load import load_params
from savedesk.params.readable_by import ReadableBy

FOLDERS = ("data", ".dvc/cache", "mlruns", "mlartifacts", "reports", "comparisons", "models/champion", "models/trained")
FILES = ("mlflow.db", "savedesk-error.log")


def protect(root: Path) -> None:
    """Let new files and folders of this process, and what the project has by now, be read as ``readable_by`` says.

    What lies in a folder that others cannot enter is out of their reach, whatever its own rights are.

    Args:
        root: project folder.
    """
    readable_by = load_params(root)[ReadableBy.key]
    assert isinstance(readable_by, ReadableBy)  # noqa: S101 - for the type checker
    os.umask(readable_by.mask)
    for name in (*FOLDERS, *FILES):
        path = root / name
        if path.is_symlink() or not path.exists():
            continue
        status = path.stat()
        wanted = stat.S_IMODE(status.st_mode) & ~readable_by.mask
        if status.st_uid == os.getuid() and wanted != stat.S_IMODE(status.st_mode):
            path.chmod(wanted)
