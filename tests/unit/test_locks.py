"""Two at once: the second is told who is at work, and a dead holder holds nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import yaml
from dvc.schema import COMPILED_LOCKFILE_SCHEMA

from savedesk.errors import MissingInputError
from savedesk.pipeline.dvc_state import LOCK, LOCK_COPY, RWLOCK, keep_lock, mend_lock, mend_rwlock, require_dvc_at_rest
from savedesk.pipeline.locks import held
from savedesk.pipeline.orphans import HELD_BY_PARENT

HOLD = (
    "import sys, time; from pathlib import Path; from savedesk.pipeline.locks import held\n"
    "with held(Path(sys.argv[1]), 'run', 'savedesk train'): print('held', flush=True); time.sleep(float(sys.argv[2]))"
)


def holder(root: Path, seconds: float) -> subprocess.Popen[str]:
    running = subprocess.Popen([sys.executable, "-c", HOLD, str(root), str(seconds)], stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    assert running.stdout.readline() == "held\n"
    return running


def test_the_second_is_told_who_is_at_work(tmp_path: Path) -> None:
    first = holder(tmp_path, 30)
    try:
        with pytest.raises(MissingInputError) as caught, held(tmp_path, "run", "savedesk use"):
            pass
    finally:
        first.kill()
        first.wait()
    assert caught.value.exit_code == 4
    assert caught.value.line().startswith(f"data: savedesk train (process {first.pid} of ")
    assert "is at work in this project; next: wait until it has ended" in caught.value.line()
    with held(tmp_path, "run", "savedesk use"):  # a killed holder holds nothing
        pass


def test_the_second_waits_where_it_may(tmp_path: Path) -> None:
    first = holder(tmp_path, 1)
    started = time.monotonic()
    with held(tmp_path, "run", "savedesk use", wait_seconds=20):
        assert time.monotonic() - started > 0.3
    first.wait()


def test_locks_of_other_names_and_projects_are_others(tmp_path: Path) -> None:
    with held(tmp_path / "a", "run", "x"), held(tmp_path / "a", "outcomes", "y"), held(tmp_path / "b", "run", "x"):
        pass


def test_a_stage_of_a_run_that_holds_the_lock_goes_on(tmp_path: Path) -> None:
    with held(tmp_path, "run", "savedesk repro"):
        done = subprocess.run([sys.executable, "-c", HOLD, str(tmp_path), "0"], check=False, capture_output=True)
    assert done.returncode == 0
    assert HELD_BY_PARENT not in os.environ


@pytest.mark.parametrize("content", ["", '{"read": {"a": [{"pid', "[]", '{"write": 3}', "\x00\x00"])
def test_a_lock_file_of_dvc_that_was_cut_off_is_removed(tmp_path: Path, content: str) -> None:
    path = tmp_path / RWLOCK
    path.parent.mkdir(parents=True)
    path.write_text(content)
    assert mend_rwlock(tmp_path) == f"{RWLOCK} was cut off when a run was killed; removed it, no run is at work"
    assert not path.exists()
    assert mend_rwlock(tmp_path) == ""


def test_a_whole_lock_file_of_dvc_stays(tmp_path: Path) -> None:
    path = tmp_path / RWLOCK
    path.parent.mkdir(parents=True)
    path.write_text('{"read": {}, "write": {"/x": {"pid": 1, "cmd": "dvc repro"}}}')
    assert mend_rwlock(tmp_path) == ""
    assert path.exists()


WHOLE = """schema: '2.0'
stages:
  cohort:
    cmd: savedesk cohort
    deps:
    - path: data/ingest
      hash: md5
      md5: 5ad0ae1e0c2ed66ffad1ec9d8a0b4d5e.dir
      size: 40129
      nfiles: 3
    params:
      params.yaml:
        cohort.folds: 3
        source: simulated
    outs:
    - path: metrics/cohort.json
      hash: md5
      md5: aa6ff3b1a21ac1f7d2e4a2d0b1a0f7aa
      size: 12
      isexec: true
"""


def lay_out(root: Path, lock: str) -> None:
    (root / LOCK_COPY).parent.mkdir(parents=True)
    (root / LOCK).write_text(lock)


def test_where_dvc_lock_was_cut_off_that_of_before_the_last_stage_is_taken(tmp_path: Path) -> None:
    lay_out(tmp_path, WHOLE)
    keep_lock(tmp_path)
    assert mend_lock(tmp_path) == ""
    (tmp_path / LOCK).write_text("")
    keep_lock(tmp_path)  # a cut one is not kept
    said = "dvc.lock was cut off when a run was killed; took that of before its last stage"
    assert mend_lock(tmp_path) == said
    assert (tmp_path / LOCK).read_text() == WHOLE


def test_without_a_copy_a_cut_dvc_lock_is_removed(tmp_path: Path) -> None:
    lay_out(tmp_path, "")
    assert mend_lock(tmp_path) == (
        "dvc.lock was cut off when a run was killed; removed it, so every stage is looked at again"
    )
    assert not (tmp_path / LOCK).exists()
    assert mend_lock(tmp_path) == ""


def test_wherever_dvc_lock_was_cut_dvc_can_read_what_is_left_or_it_is_mended(tmp_path: Path) -> None:
    lay_out(tmp_path, WHOLE)
    keep_lock(tmp_path)
    stays = 0
    for end in range(len(WHOLE)):
        (tmp_path / LOCK).write_text(WHOLE[:end])
        if not mend_lock(tmp_path):
            COMPILED_LOCKFILE_SCHEMA(yaml.safe_load(WHOLE[:end]))
            stays += 1
    assert 0 < stays < len(WHOLE)  # cuts within a value: that stage runs again


def test_nothing_changes_under_a_dvc_at_work(tmp_path: Path) -> None:
    (tmp_path / "dvc").write_text("import time; print('on', flush=True); time.sleep(30)")
    (tmp_path / RWLOCK).parent.mkdir(parents=True)
    (tmp_path / RWLOCK).write_text("")
    (tmp_path / LOCK).write_text("")
    command = [sys.executable, str(tmp_path / "dvc"), "repro"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "on\n"
        for refused in (require_dvc_at_rest, mend_rwlock, mend_lock):
            with pytest.raises(
                MissingInputError, match=rf"`dvc` is at work in this project \(process {running.pid} of"
            ):
                refused(tmp_path)
        require_dvc_at_rest(tmp_path / "elsewhere")
        running.send_signal(signal.SIGKILL)
    require_dvc_at_rest(tmp_path)


def test_a_signal_ends_dvc_and_its_stage_before_the_lock_goes(tmp_path: Path) -> None:
    """The module dvc of this test starts a stage of its own and waits for it."""
    stage = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    (tmp_path / "dvc.py").write_text(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {stage!r}])")
    code = (
        "from pathlib import Path; from savedesk.pipeline.stopping import listen\n"
        "from savedesk.cli.reproduce import _dvc_repro\n"
        "listen(); _dvc_repro(Path('.'))"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-c", code]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as running:
        assert running.stdout is not None
        pid = int(running.stdout.readline())
        running.send_signal(signal.SIGTERM)
        running.wait(timeout=20)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


STARTER = (
    "import subprocess, sys; from pathlib import Path; from savedesk.pipeline.locks import held\n"
    "with held(Path(sys.argv[1]), 'run', 'savedesk repro'):\n"
    "    subprocess.run([sys.executable, '-c', sys.argv[2], *sys.argv[1:2], '3'])"
)
STAGE_OF_DVC = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[2], *sys.argv[1:2], '3'])"
STAGE = HOLD.replace("print('held', flush=True)", "print(__import__('os').getpid(), flush=True)")


@pytest.mark.parametrize("starter", [STARTER, STAGE_OF_DVC], ids=["savedesk repro", "dvc repro"])
def test_a_stage_whose_run_was_killed_is_waited_for(
    tmp_path: Path, starter: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [sys.executable, "-c", starter, str(tmp_path), STAGE]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        stage = int(running.stdout.readline())
        running.kill()
        running.wait()
        assert psutil.pid_exists(stage)
        started = time.monotonic()
        with held(tmp_path, "run", "savedesk repro"):
            assert time.monotonic() - started > 1
    said = capsys.readouterr().err
    assert said.startswith("waiting for ")
    assert f"process {stage}" in said
    assert said.count("\n") == 1
