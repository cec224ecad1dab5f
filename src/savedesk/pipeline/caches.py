"""Where libraries keep what they look up once: below the project, so that nothing is left in the user's home."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = "data/.kept/matplotlib"  # fonts of this machine


def keep_caches(root: Path) -> None:
    """Let Matplotlib keep its list of fonts in the project, unless the user has chosen another folder for it.

    Args:
        root: project folder.
    """
    os.environ.setdefault("MPLCONFIGDIR", str(root.resolve() / FOLDER))
