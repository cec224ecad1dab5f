"""What names subscribers is for the project's own user, or for the group where params.yaml says so."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.project import ROOT

from savedesk.errors import ParamsError
from savedesk.pipeline.privacy import protect


@pytest.fixture(autouse=True)
def usual_mask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def project(root: Path, who: str) -> Path:
    text = (ROOT / "params.yaml").read_text(encoding="utf-8")
    (root / "params.yaml").write_text(text.replace("readable_by: owner", f"readable_by: {who}"), encoding="utf-8")
    (root / "params").mkdir()
    (root / "data" / "prioritise").mkdir(parents=True)
    (root / "mlflow.db").write_text("x")
    (root / "data" / "sources").mkdir()
    (root / "data" / "sources" / "simulated").symlink_to(ROOT / "data" / "sources" / "simulated")
    return root


def rights(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode))


@pytest.mark.parametrize(("who", "folder", "file"), [("owner", "0o700", "0o600"), ("group", "0o750", "0o640")])
def test_old_and_new_files_have_the_rights_that_the_params_say(
    tmp_path: Path, who: str, folder: str, file: str
) -> None:
    root = project(tmp_path, who)
    protect(root)
    (root / "data" / "prioritise" / "list.csv").write_text("s1")
    (root / "data" / "lists").mkdir()
    assert (rights(root / "data"), rights(root / "data" / "lists")) == (folder, folder)
    assert (rights(root / "mlflow.db"), rights(root / "data" / "prioritise" / "list.csv")) == (file, file)
    assert rights(root / "params.yaml") == "0o644"


def test_rights_that_are_narrower_stay(tmp_path: Path) -> None:
    root = project(tmp_path, "group")
    (root / "data").chmod(0o700)
    protect(root)
    assert rights(root / "data") == "0o700"


def test_everybody_is_nobody_to_share_with(tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match=r"readable_by.*owner.*group"):
        protect(project(tmp_path, "everybody"))
