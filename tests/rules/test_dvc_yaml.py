"""DVC does not follow imports: each stage must list the rooms that its result depends on, no more and no less.

What a stage imports is seen here by importing it, not by the writer of dvc.yaml, which reads the source.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml

from savedesk import STAGES
from savedesk.pipeline.dvc_yaml import LOCATE, text
from tests.project import ROOT

SRC = ROOT / "src"
WHOLE = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))
DVC = {name: entry for name, entry in WHOLE["stages"].items() if name != LOCATE}
NO_RESULT = {  # names of stages, docstrings
    Path("src/savedesk/__init__.py"),
    Path("src/savedesk/stages/__init__.py"),
    Path("src/savedesk/locales/__init__.py"),
}
LOCALES = Path("src/savedesk/locales")
FIX = "rewrite dvc.yaml with: python -m savedesk.pipeline.dvc_yaml"
IMPORTS = """
import importlib, json, pkgutil, sys
import savedesk.pipeline.runner
room = importlib.import_module(sys.argv[1])
for part in pkgutil.walk_packages(room.__path__, sys.argv[1] + "."):
    importlib.import_module(part.name)
modules = [module for name, module in sys.modules.items() if name.split(".")[0] == "savedesk"]
files = {getattr(module, "__file__", None) for module in modules}
from savedesk.locales.catalogue import Texts, Translations
declared = [value for module in modules for value in vars(module).values() if isinstance(value, Texts | Translations)]
sections = {section for value in declared for section in value.sections}
print(json.dumps([sorted(filter(None, files)), sorted(sections)]))
"""


@cache
def imports(stage: str) -> tuple[list[Path], list[str]]:
    """Return the files that a stage imports, and the sections of texts that these declare."""
    call = [sys.executable, "-c", IMPORTS, f"savedesk.stages.{stage}"]
    done = subprocess.run(call, capture_output=True, text=True, check=True)
    files, sections = json.loads(done.stdout)
    return [Path(name).relative_to(ROOT) for name in files], sections


def imported_by(stage: str) -> list[Path]:
    return imports(stage)[0]


def code(stage: str) -> list[Path]:
    return [path for path in sources(stage) if path not in texts(stage)]


def texts(stage: str) -> list[Path]:
    return [path for path in sources(stage) if path.is_relative_to(LOCALES) and path.suffix != ".py"]


def sources(stage: str) -> list[Path]:
    return [Path(name) for name in DVC[stage]["deps"] if name.startswith("src/")]


def test_the_file_is_the_one_that_is_written():
    assert (ROOT / "dvc.yaml").read_text(encoding="utf-8") == text(), FIX


def test_where_the_raw_files_are_is_looked_up_first_and_each_time():
    assert next(iter(WHOLE["stages"])) == LOCATE
    assert WHOLE["stages"][LOCATE]["always_changed"]


def test_stages_stand_in_data_flow_order():
    assert list(DVC) == list(STAGES)


@pytest.mark.parametrize("stage", STAGES)
def test_what_a_stage_imports_lies_in_its_rooms(stage):
    rooms = code(stage)
    outside = [path for path in imported_by(stage) if not any(path.is_relative_to(room) for room in rooms)]
    assert set(outside) <= NO_RESULT


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_lists_no_room_that_it_does_not_import(stage):
    files = imported_by(stage)
    written = [(ROOT / path).read_text(encoding="utf-8") for path in files]  # some imports stand within functions
    unused = [room for room in code(stage) if not any(path.is_relative_to(room) for path in files)]
    assert [room for room in unused if not any(f"from savedesk.{room.stem}" in text for text in written)] == []


@pytest.mark.parametrize("stage", STAGES)
def test_an_edited_text_reruns_the_stages_that_say_it_and_no_other(stage):
    said = {path for path in every_text() if any(path.is_relative_to(place) for place in texts(stage))}
    assert said == {path for section in imports(stage)[1] for path in files_of(section)}


def test_stages_that_are_dear_rerun_for_no_text_but_their_own():
    saying = {"features", "explain", "prioritise", "evaluate", "report", "track"}
    assert {stage for stage in STAGES if texts(stage)} == saying
    assert texts("features") == [LOCALES / "zh/features.yaml"]


def every_text() -> set[Path]:
    return {path.relative_to(ROOT) for path in (ROOT / LOCALES).rglob("*.yaml")}


def files_of(section: str) -> set[Path]:
    """Return the files of a section: one of that name, or those in a folder of that name, in any language."""
    names = {path: path.relative_to(LOCALES / path.parts[3]).with_suffix("").as_posix() for path in every_text()}
    return {path for path, name in names.items() if name == section or name.startswith(f"{section}/")}


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_lists_its_own_room_with_templates_and_scripts(stage):
    room = Path("src/savedesk/stages") / stage
    assert room in code(stage)
    others = [other for other in code(stage) if other.parent.name == "stages" and other.is_dir()]
    assert others == [room]


def test_an_edited_script_of_the_page_makes_a_new_report():
    page = Path("src/savedesk/stages/report/page")
    assert {path.suffix for path in (ROOT / page).iterdir()} >= {".js", ".css", ".j2"}
    assert any(page.is_relative_to(room) for room in code("report"))


@pytest.mark.parametrize("stage", STAGES)
def test_a_killed_stage_keeps_its_old_output(stage):
    """DVC deletes an output before its stage runs, unless it is told to let it persist."""
    outs = [*DVC[stage]["outs"], *DVC[stage]["metrics"]]
    assert all(options["persist"] for out in outs for options in out.values())


def test_of_a_sources_own_params_whole_sections_are_named() -> None:
    """DVC refuses to run where a key is missing, and `savedesk use` writes sections, empty ones too."""
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"].values()
    own = [entry for stage in stages for entry in stage.get("params", []) if isinstance(entry, dict)]
    assert own
    assert not [key for entry in own for keys in entry.values() for key in keys if "." in key]
