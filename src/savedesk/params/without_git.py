"""A project folder that is no git repository, such as a download: DVC works there once it is told so."""

from __future__ import annotations

import subprocess
from pathlib import Path

LOCAL_CONFIG = ".dvc/config.local"  # of this folder alone; git leaves it out
SWITCH = "    no_scm = true  # written by savedesk use: no git here\n"
FIRST_CONFIG = "[core]\n    analytics = false\n    check_update = false\n"


def under_git(root: Path) -> bool:
    """Return whether the project folder or one above it is a git repository that holds the project.

    An empty ``.git`` is none, and neither is the repository of something else that ignores this folder.
    """
    place = root.resolve()
    above = next((folder for folder in (place, *place.parents) if _is_repository(folder / ".git")), None)
    return above is not None and (above == place or not _ignores(above, place))


def _is_repository(git: Path) -> bool:
    return git.is_file() or (git / "HEAD").is_file()


def _ignores(above: Path, place: Path) -> bool:
    """Return whether a repository leaves a folder below it out."""
    command = ["git", "check-ignore", "--quiet", str(place / "dvc.yaml")]
    try:
        done = subprocess.run(command, cwd=above, capture_output=True, check=False, timeout=30)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def let_dvc_work(root: Path) -> str:
    """Tell DVC whether there is git here, and return a line on what was changed; empty where nothing was."""
    folder = root / ".dvc"
    if not folder.is_dir():
        if not (root / "dvc.yaml").is_file():
            return ""
        folder.mkdir()
        (folder / "config").write_text(FIRST_CONFIG, encoding="utf-8")
        (folder / ".gitignore").write_text("/config.local\n/tmp\n/cache\n", encoding="utf-8")
    path = root / LOCAL_CONFIG
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    if under_git(root):
        if SWITCH not in text:
            return ""
        path.write_text(text.replace(SWITCH, ""), encoding="utf-8")
        return f"git is here now: DVC uses it ({LOCAL_CONFIG})"
    if "no_scm" in text:
        return ""
    lines = text.splitlines(keepends=True)
    at = next((number for number, line in enumerate(lines) if line.strip() == "[core]"), None)
    changed = [*lines[: at + 1], SWITCH, *lines[at + 1 :]] if at is not None else [*lines, "[core]\n", SWITCH]
    path.write_text("".join(changed), encoding="utf-8")
    return f"no git here: DVC works without it ({LOCAL_CONFIG}); after `git init` run `savedesk use` again"


def git_line(root: Path) -> str:
    """Return a line where DVC would refuse to work in this folder; empty where it works."""
    if not (root / "dvc.yaml").is_file():
        return ""
    if not (root / ".dvc").is_dir():
        return "no .dvc folder here, so `dvc repro` refuses; next: run `savedesk use`, or `make repro`"
    local = root / LOCAL_CONFIG
    if under_git(root) or (local.is_file() and "no_scm" in local.read_text(encoding="utf-8")):
        return ""
    return "no git here, so `dvc repro` refuses; next: run `savedesk use` (DVC then works without git), or `git init`"
