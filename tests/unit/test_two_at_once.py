"""Two of one kind at once, one paused where it hurts most: the second is refused, or waits, and nothing is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.tables import REPO
from tests.unit.desk.conftest import DAY, PEOPLE, office_in

from savedesk.schemas.outcomes import FOLDER, REPORTED_FILE

PAIRS = int(os.environ.get("SAVEDESK_IMPORT_PAIRS", "4"))

# Stage cohort as a stage that writes one text. With a second word it waits for a line, the old output gone already.
STAGE = """
import os, sys, types
from savedesk.pipeline import runner
from savedesk.schemas.table import File
text = sys.argv.pop(2)
if sys.argv.pop() == "pause":
    rename = os.rename
    def paused(old, new, **more):
        rename(old, new, **more)
        if ".old-" in os.fspath(new):
            print("paused", flush=True)
            sys.stdin.readline()
    os.rename = paused
note = File("note", "cohort", "data/cohort/note.txt", "a note")
stage = types.SimpleNamespace(READS=(), WRITES=(note,), SECTIONS=(), run=lambda _: {"note": text})
runner.stage_module = lambda _: stage
from savedesk.__main__ import main
main()
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    shutil.copy(REPO / "params.yaml", tmp_path)
    shutil.copytree(REPO / "data/sources/simulated", tmp_path / "data/sources/simulated")
    return tmp_path


def stage(home: Path, text: str, how: str = "") -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", STAGE, "cohort", text, how]
    return subprocess.Popen(command, cwd=home, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def test_a_stage_between_its_two_renames_lets_no_second_one_in(home: Path) -> None:
    assert stage(home, "old").wait(60) == 0
    first = stage(home, "first", "pause")
    assert first.stdout is not None
    assert first.stdout.readline() == "paused\n"
    assert not (home / "data/cohort").exists()

    second = stage(home, "second")
    said = second.communicate(timeout=60)[1]
    assert second.returncode == 4
    assert said.startswith(f"savedesk: data: savedesk cohort (process {first.pid} of ")
    assert said.count("\n") == 1

    assert first.communicate("go on\n", timeout=60)[1] == ""
    assert first.returncode == 0
    assert (home / "data/cohort/note.txt").read_text() == "first"
    assert not list((home / "data").glob(".old-*"))
    assert stage(home, "second").wait(60) == 0
    assert (home / "data/cohort/note.txt").read_text() == "second"


# Pairs of imports, each in a process of its own, which pauses when it has read what was there and before it writes.
IMPORTS = """
import datetime as dt, os, sys, time
from pathlib import Path
from savedesk.operations.outcomes import command as outcomes
root, pairs = Path(sys.argv[1]), int(sys.argv[2])
merged = outcomes._merged
def paused(*given):
    found = merged(*given)
    time.sleep(0.1)
    return found
outcomes._merged = paused
for pair in range(pairs):
    children = []
    for half in (0, 1):
        child = os.fork()
        if child == 0:
            try:
                outcomes.import_outcomes(root, root / f"{pair}_{half}.csv", dt.date(2025, 8, 20))
                os._exit(0)
            finally:
                os._exit(1)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
"""


def test_two_imports_at_once_are_both_kept(tmp_path: Path) -> None:
    """Each sheet of a pair has one outcome of its own: ten people, two a pair, every five pairs a new day."""
    root = office_in(tmp_path)(PEOPLE).root
    wanted = set()
    for pair in range(PAIRS):
        for half in (0, 1):
            who, day = "abcdefghij"[2 * (pair % 5) + half], f"2025-07-{3 + pair // 5:02d}"
            wanted.add((who, day))
            sheet = f"subscriber_id,contacted_on,outcome\n{who},{day},declined\n"
            (root / f"{pair}_{half}.csv").write_text(sheet, encoding="utf-8")
    subprocess.run([sys.executable, "-c", IMPORTS, root, str(PAIRS)], check=True, timeout=300)
    reported = pq.read_table(root / FOLDER / "mine" / str(DAY) / REPORTED_FILE).to_pylist()
    assert {(row["subscriber_id"], str(row["contacted_on"])) for row in reported} == wanted
    assert len(reported) == 2 * PAIRS
