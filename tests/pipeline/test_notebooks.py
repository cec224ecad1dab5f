"""The notebooks run on a small project, each in seconds, and hold no logic and no large outputs of their own."""

from __future__ import annotations

import ast
import json
import shutil

import nbformat
import pytest
import yaml
from nbclient import NotebookClient
from tests.project import ROOT, run_stages

from savedesk.operations.runs.kept import keep_newest_run

pytestmark = pytest.mark.xdist_group("simulated")  # what they share is made once

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LARGEST = 60_000  # bytes of a notebook with its outputs
LOGIC = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Try)


@pytest.fixture(scope="module")
def twice(simulated, tmp_path_factory):
    """The small project with a second run that differs in a param."""
    home = shutil.copytree(simulated[0], tmp_path_factory.mktemp("notebooks") / "home", symlinks=True)
    for interval in (0.9, 0.91):
        params = yaml.safe_load((home / "params.yaml").read_text(encoding="utf-8"))
        params["evaluate"]["interval"] = interval
        (home / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False, allow_unicode=True), encoding="utf-8")
        run_stages(home, ["track"])
        keep_newest_run(home)
    return home


def test_there_are_four():
    assert [path.stem[0] for path in NOTEBOOKS] == ["1", "2", "3", "4"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_top_to_bottom(path, twice, monkeypatch):
    monkeypatch.setenv("SAVEDESK_ROOT", str(twice))
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    book = nbformat.read(path, as_version=4)
    NotebookClient(book, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(twice)}}).execute()
    assert all(cell["execution_count"] for cell in book.cells if cell["cell_type"] == "code")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_small_and_calls_the_package(path):
    assert path.stat().st_size < LARGEST
    code = ["".join(cell["source"]) for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]
    logic = [type(node).__name__ for text in code for node in ast.walk(ast.parse(text)) if isinstance(node, LOGIC)]
    assert not logic
    assert "site-packages" not in path.read_text(encoding="utf-8")  # a warning names the machine
    assert any("from savedesk." in text for text in code)
