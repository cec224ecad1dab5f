"""The rooms of the house: who may import whom, and what does not exist."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys

import pytest
import yaml

from savedesk import STAGES
from savedesk.contracts import scores, truth
from savedesk.inputs import Inputs
from tests.rules.closure import SRC, imported

PACKAGE = SRC / "savedesk"
FRAME = (
    "contracts",
    "params",
    "errors",
    "engine",
    "inputs",
    "model",
    "policy",
    "reasons",
    "statuses",
    "timed",
    "usage_months",
)
FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_imports_only_the_frame_and_itself(stage):
    for path in sorted((PACKAGE / stage).rglob("*.py")):
        for module in imported(path):
            room = module.split(".")[1] if "." in module else ""
            assert room in {*FRAME, stage, ""}, f"{path.relative_to(SRC)} imports {module}"


def test_only_track_imports_mlflow():
    for path in FILES:
        names = {
            name.split(".")[0]
            for node in ast.walk(ast.parse(path.read_text()))
            for name in (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
        }
        assert "mlflow" not in names or path.parent.name == "track", path
        assert not names & {"pickle", "joblib", "cloudpickle", "dill", "shelve"}, path


def test_no_room_without_a_name():
    assert not [path for path in PACKAGE.rglob("*") if path.stem in {"utils", "util", "common", "helpers", "misc"}]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_works_at_import_time(path):
    """At the top of a module stand only imports, constants, definitions and docstrings."""
    if path.name in {"__main__.py", "served_model.py"}:
        return
    allowed = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.FunctionDef, ast.ClassDef)
    for node in ast.parse(path.read_text()).body:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        checking = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        assert isinstance(node, allowed) or docstring or checking, f"{path}:{node.lineno} {ast.unparse(node)[:60]}"


def test_the_command_imports_no_stage_to_show_its_help():
    code = (
        "import sys, savedesk.__main__; print({'lightgbm', 'sklearn', 'mlflow', 'pandas', 'ibis'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("stage", STAGES)
def test_the_same_word_for_a_stage_everywhere(stage):
    assert (PACKAGE / stage / "stage.py").is_file()
    assert (PACKAGE / stage / "__init__.py").is_file()


def test_only_evaluate_reads_the_truth():
    for stage in STAGES:
        if stage in {"ingest", "evaluate"}:
            continue
        for path in (PACKAGE / stage).rglob("*.py"):
            assert "savedesk.contracts.truth" not in imported(path), path


def test_no_other_stage_is_given_the_truth():
    pipeline = yaml.safe_load((SRC.parent / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    for stage in set(STAGES) - {"evaluate"}:
        module = importlib.import_module(f"savedesk.{stage}.stage")
        assert truth.TABLE not in module.READS, stage
        assert truth.TABLE.path not in pipeline[stage]["deps"], stage


def test_a_stage_that_asks_for_the_truth_all_the_same_is_refused(tmp_path):
    inputs = Inputs(tmp_path, None, (scores.TABLE,), {}, None)
    with pytest.raises(KeyError, match="truth is not among the READS"):
        inputs.table(truth.TABLE)
