"""The rooms of the house: who may import whom, and what does not exist."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys

import pytest
import yaml

from savedesk import STAGES
from savedesk.pipeline.import_closure import PACKAGE, SRC, imported, module_file
from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import scores, truth

LONGEST_MODULE = 400  # lines
ROOMS = (  # each imports from those before it alone; the modules at the top of the package come first
    "",
    "locales",
    "schemas",
    "params",
    "engine",
    "domain",
    "metrics",
    "pipeline",
    "simulator",
    "model",
    "policy",
    "reasons",
    "charts",
    "stages",
    "operations",
    "cli",
)
FILES = sorted(PACKAGE.rglob("*.py"))
BESIDE_ALL = {"__main__.py"}


def room_of(path):
    """Return the folder at the top of the package."""
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else ""


def imports_of(path):
    """Return the package's files that a file imports."""
    return {module_file(module) for module in imported(path)} - {None}


def test_every_folder_of_the_package_is_a_room_with_a_place():
    assert {room_of(path) for path in FILES} == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_from_lower_rooms_alone(room):
    allowed = set(ROOMS[: ROOMS.index(room) + 1])
    for path in FILES:
        if room_of(path) == room and path.name not in BESIDE_ALL:
            upward = {str(other) for other in imports_of(path) if room_of(other) not in allowed}
            assert not upward, f"{path.relative_to(SRC)} imports {upward}"


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_imports_no_other_stage(stage):
    stages = PACKAGE / "stages"
    for path in sorted((stages / stage).rglob("*.py")):
        others = {other.relative_to(stages).parts[0] for other in imports_of(path) if room_of(other) == "stages"}
        assert others <= {stage, "__init__.py"}, path.relative_to(SRC)


def test_no_circle_of_imports():
    """Modules can be put in an order in which each imports earlier ones alone, also within functions."""
    left = {path: imports_of(path) - {path} for path in FILES}
    while left:
        free = {path for path, needs in left.items() if not needs & left.keys()}
        assert free, sorted(str(path.relative_to(SRC)) for path in left)
        left = {path: needs for path, needs in left.items() if path not in free}


def test_modules_are_short():
    assert [path for path in FILES if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_MODULE] == []


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
    if path.name in {"__main__.py", "app.py", "dvc_run.py", "dvc_yaml.py", "write_docs.py", "served_model.py"}:
        return
    allowed = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.FunctionDef, ast.ClassDef)
    for node in ast.parse(path.read_text()).body:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        checking = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        assert isinstance(node, allowed) or docstring or checking, f"{path}:{node.lineno} {ast.unparse(node)[:60]}"


def test_the_command_imports_no_stage_to_show_its_help():
    heavy = {"lightgbm", "sklearn", "mlflow", "pandas", "ibis"}
    code = f"import sys, savedesk.__main__, savedesk.cli.app; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("stage", STAGES)
def test_the_same_word_for_a_stage_everywhere(stage):
    assert (PACKAGE / "stages" / stage / "stage.py").is_file()
    assert (PACKAGE / "stages" / stage / "__init__.py").is_file()


def test_only_evaluate_reads_the_truth():
    for stage in STAGES:
        if stage in {"ingest", "evaluate"}:
            continue
        for path in (PACKAGE / "stages" / stage).rglob("*.py"):
            assert "savedesk.schemas.truth" not in imported(path), path


def test_no_other_stage_is_given_the_truth():
    pipeline = yaml.safe_load((SRC.parent / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    for stage in set(STAGES) - {"evaluate"}:
        module = importlib.import_module(f"savedesk.stages.{stage}.stage")
        assert truth.TABLE not in module.READS, stage
        assert truth.TABLE.path not in pipeline[stage]["deps"], stage


def test_a_stage_that_asks_for_the_truth_all_the_same_is_refused(tmp_path):
    inputs = Inputs(tmp_path, None, (scores.TABLE,), {}, None)
    with pytest.raises(KeyError, match="truth is not among the READS"):
        inputs.table(truth.TABLE)
