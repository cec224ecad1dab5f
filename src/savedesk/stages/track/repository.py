"""Where the code and the data of a run stand: git commit, dirty or not, DVC's hashes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the lock has thousands of lines


def git(root: Path, *arguments: str) -> str:
    """Return what git prints, or an empty text where there is no git or no commit."""
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False, timeout=30)  # noqa: S603, S607
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def git_tags(root: Path) -> dict[str, str]:
    """Return the commit, its short form and whether tracked files differ from it; dvc.lock is a result of the run."""
    holds = git(root, "ls-files", "--", "params.yaml", "dvc.yaml")  # not the repository of something else above it
    commit = git(root, "rev-parse", "HEAD") if holds else ""
    dirty = bool(holds) and bool(git(root, "status", "--porcelain", "--untracked-files=no", "--", ":!dvc.lock"))
    return {"git.commit": commit or "none", "git.dirty": str(dirty).lower(), "git.short": commit[:7] or "nogit"}


def dvc_experiment() -> str:
    """Return the name that ``dvc exp run`` gave to the experiment that this is part of; empty outside of one."""
    return os.environ.get("DVC_EXP_NAME", "")


def dvc_hashes(root: Path) -> dict[str, str]:
    """Return the hash of each output that DVC has locked, by its path; empty where the stages ran without DVC."""
    lock = root / "dvc.lock"
    if not lock.is_file():
        return {}
    locked: dict[str, Any] = yaml.load(lock.read_text(encoding="utf-8"), _LOADER) or {}  # noqa: S506 - a safe one
    outs = [out for stage in locked.get("stages", {}).values() for out in stage.get("outs", [])]
    return {str(out["path"]): str(out.get("md5", "")) for out in outs}
