"""`savedesk repro` ends with the code of the stage that failed, and never in the 255 of DVC."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from savedesk.cli.dvc_run import end_of_dvc


def failed(status: int) -> Exception:
    """Return what DVC tells of a stage that ended with a status."""
    error = RuntimeError("failed to reproduce 'train'")
    error.__cause__ = RuntimeError(f"failed to run: savedesk train, exited with {status}")
    return error


@pytest.mark.parametrize("status", [2, 3, 4, 6, 8, 70, 130, 143])
def test_the_code_of_the_stage_that_failed_is_that_of_the_run(status: int, tmp_path: Path) -> None:
    assert end_of_dvc(255, [failed(status)], tmp_path) == ("", status)


@pytest.mark.parametrize("status", [-9, 137])
def test_a_stage_that_was_killed_could_not_tell_it(status: int, tmp_path: Path) -> None:
    line, code = end_of_dvc(255, [failed(status)], tmp_path)
    assert (line, code) == ("a stage was killed from outside; next: run again; the old outputs are whole", 8)


def test_what_dvc_itself_had_no_room_for(tmp_path: Path) -> None:
    line, code = end_of_dvc(255, [OSError(errno.ENOSPC, "full", "dvc.lock")], tmp_path)
    assert code == 8
    assert line.startswith(f"{tmp_path}/dvc.lock: no room left, ")


def test_any_other_failure_of_dvc_is_internal(tmp_path: Path) -> None:
    line, code = end_of_dvc(255, [ValueError("dvc.yaml is odd")], tmp_path)
    assert (line, code) == ("`dvc repro` ended with 255; next: see what DVC says above", 70)


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ("raise OSError(28, 'No space left on device', 'x')", 8, "no room left"),
        ("logging.getLogger('dvc.repo').error('', exc_info=OSError(30, 'ro', 'x')); sys.exit(255)", 8, "read-only"),
        ("sys.exit(0)", 0, ""),
    ],
)
def test_dvc_as_it_is_run(tmp_path: Path, body: str, code: int, said: str) -> None:
    """The module dvc of this test ends at once."""
    (tmp_path / "dvc.py").write_text(f"import logging, sys\nassert sys.argv[1:] == ['repro']\n{body}")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run(
        [sys.executable, "-m", "savedesk.cli.dvc_run", "dvc", "repro"], cwd=tmp_path, env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
