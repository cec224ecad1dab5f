"""Folders in the states that public reports show: worktrees, repositories of something else, names with accents.

Where: bufbuild/makego#96, SRombauts/UEGitPlugin#76 (a worktree's .git is a file); treeverse/dvc#3474, #3574 (no .git in
an image); status-im/nimbus-eth2#2164 (~ that no shell expands); lidge-jun/aside-codemode#30, owncloud/core#21365 (two
forms of one name).
"""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest
from tests.project import ROOT

from savedesk.errors import MissingInputError
from savedesk.params.raw_folder import raw_folder
from savedesk.params.without_git import git_line, let_dvc_work, under_git
from savedesk.stages.track.repository import git_tags


def git(folder: Path, *arguments: str) -> None:
    named = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *named, *arguments], cwd=folder, check=True, capture_output=True)


def project(folder: Path) -> Path:
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "dvc.yaml", folder)
    (folder / ".dvc").mkdir()
    return folder


def repository(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet")
    for name, text in files.items():
        (folder / name.replace("dot_", ".")).write_text(text)
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "all")
    return folder


def test_a_worktree_is_a_repository(tmp_path: Path) -> None:
    git(repository(project(tmp_path / "first")), "worktree", "add", "--quiet", str(tmp_path / "second"))
    assert (tmp_path / "second" / ".git").is_file()
    assert under_git(tmp_path / "second")
    assert git_tags(tmp_path / "second") == git_tags(tmp_path / "first")


@pytest.mark.parametrize("commit", [False, True])
def test_a_repository_is_one_with_its_first_commit_and_before(tmp_path: Path, commit: bool) -> None:
    folder = project(tmp_path / "own")
    git(folder, "init", "--quiet")
    if commit:
        repository(folder)
    assert under_git(folder)
    assert (git_tags(folder)["git.short"] == "nogit") is not commit


def test_an_empty_git_folder_is_none(tmp_path: Path) -> None:
    folder = project(tmp_path / "copied")
    (folder / ".git").mkdir()
    assert "run `savedesk use`" in git_line(folder)
    assert "no git here: DVC works without it" in let_dvc_work(folder)
    assert git_line(folder) == ""


@pytest.mark.parametrize(("ignored", "here"), [("/project\n", False), ("", True)])
def test_the_repository_of_something_else_above_is_not_the_projects(tmp_path: Path, ignored: str, here: bool) -> None:
    """DVC refuses files that git ignores; and the commit above says nothing about the project."""
    folder = project(repository(tmp_path / "home", dot_gitignore=ignored) / "project")
    assert under_git(folder) is here
    assert git_tags(folder) == {"git.commit": "none", "git.dirty": "false", "git.short": "nogit"}


@pytest.mark.parametrize("named", ["~/exports", "~/exports/", " ~/exports ", "~/exports/acme"])
def test_a_home_that_no_shell_has_expanded_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    (tmp_path / "exports" / "acme").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SAVEDESK_RAW", named)
    assert raw_folder(tmp_path / "project", "acme") == tmp_path / "exports" / "acme"


@pytest.mark.parametrize("named", ['"~/exports"', "$HOME/exports", "~/exports;rm"])
def test_a_name_that_means_no_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    (tmp_path / "exports").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SAVEDESK_RAW", named)
    with pytest.raises(MissingInputError, match="no such folder"):
        raw_folder(tmp_path / "project", "acme")


@pytest.mark.parametrize(("stored", "named"), [("NFD", "NFC"), ("NFC", "NFD")])
def test_a_folder_with_accents_is_found_in_either_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stored: str, named: str
) -> None:
    (tmp_path / unicodedata.normalize(stored, "Exp\u00f6rte")).mkdir()
    monkeypatch.setenv("SAVEDESK_RAW", str(tmp_path / unicodedata.normalize(named, "Exp\u00f6rte")))
    assert raw_folder(tmp_path / "project", "acme").is_dir()
