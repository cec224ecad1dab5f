"""The spill folder: none is left by a killed run for long, and none of a live one is taken away."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile

import pytest

from savedesk.engine.duckdb import open_duckdb
from savedesk.params.engine import EngineParams

SPILLING = """
import sys
from savedesk.engine.duckdb import open_duckdb
from savedesk.params.engine import EngineParams
with open_duckdb(EngineParams(name="duckdb", threads=1, memory_limit_gb=0.25)) as engine:
    engine.connection.con.execute("CREATE TEMP TABLE t AS SELECT hash(i), hash(i + 1) FROM range(20000000) r(i)")
    print("on", flush=True)
    sys.stdin.read()
"""


def open_one():
    return open_duckdb(EngineParams(name="duckdb", threads=1, memory_limit_gb=0.25))


def folders(place):
    return sorted(path.name for path in place.glob("savedesk-duckdb-*"))


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder for temporary files of the test's own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def running(place):
    call = [sys.executable, "-c", SPILLING]
    home = {**os.environ, "TMPDIR": str(place)}
    with subprocess.Popen(call, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=home) as other:
        assert other.stdout.readline() == "on\n"
        yield other
        other.kill()


def test_the_folder_is_there_while_the_engine_is_open_and_no_longer(place):
    with open_one():
        assert len(folders(place)) == 1
    assert folders(place) == []


def test_what_a_killed_process_spilled_is_removed_by_the_next_run(place, running):
    (left,) = folders(place)
    assert any((place / left).iterdir())
    running.send_signal(signal.SIGKILL)
    running.wait(timeout=20)
    assert folders(place) == [left]
    with open_one():
        assert left not in folders(place)
    assert folders(place) == []


def test_what_a_live_process_spilled_stays(place, running):
    (alive,) = folders(place)
    with open_one():
        assert alive in folders(place)
    assert folders(place) == [alive]
    running.stdin.close()
    assert running.wait(timeout=20) == 0
    assert folders(place) == []


def test_two_engines_of_one_process_leave_each_other_alone(place):
    with open_one():
        first = folders(place)
        with open_one():
            assert len(folders(place)) == 2
        assert folders(place) == first


def test_what_only_has_the_name_is_left_alone(place):
    (place / "savedesk-duckdb-note").write_text("mine")
    (place / "elsewhere").mkdir()
    (place / "elsewhere/file").write_text("mine")
    (place / "savedesk-duckdb-link").symlink_to(place / "elsewhere", target_is_directory=True)
    with open_one():
        pass
    assert (place / "savedesk-duckdb-note").read_text() == "mine"
    assert (place / "savedesk-duckdb-link/file").read_text() == "mine"
