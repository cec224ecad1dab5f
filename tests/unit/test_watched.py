"""A command that the system or a library ends is told of all the same: one line, a documented exit code."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from tests.tables import REPO

from savedesk.errors import MissingInputError
from savedesk.pipeline.died import end_of_the_dead
from savedesk.pipeline.locks import held

CODE = "import os\nimport savedesk.params.load as l\n{what}\nfrom savedesk.__main__ import main; main()"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    shutil.copy(REPO / "params.yaml", tmp_path)
    shutil.copytree(REPO / "data/sources/simulated", tmp_path / "data/sources/simulated")
    return tmp_path


def code_of(what: str) -> str:
    """Return a program whose command does something while it reads the params."""
    return CODE.format(what=f"def load_params(root): {what}\nl.load_params = load_params")


def check(home: Path, what: str, limit: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code_of(what), "check"], cwd=home, capture_output=True, text=True, timeout=60,
        check=False, preexec_fn=limit,
    )  # fmt: skip


def limited_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (700 << 20, 700 << 20))


ALLOC = "terminate called after throwing an instance of 'std::bad_alloc'"


@pytest.mark.parametrize(
    ("what", "code", "said"),
    [
        ("os.kill(os.getpid(), 9)", 8, "killed from outside, most often by the system for want of memory: "),
        (f'(os.write(2, b"{ALLOC}"), os.abort())', 8, "no more memory, this machine has "),
        (
            "(__import__('signal').signal(25, 0), os.kill(os.getpid(), 25))",
            8,
            "a file would be larger than this process may write",
        ),
        ("os.kill(os.getpid(), 7)", 8, "a file that is used as memory could not be read or written"),
        ("os.kill(os.getpid(), 15)", 143, "stopped; the old outputs are whole"),
        ("os.abort()", 70, "internal error: a library ended the command (SIGABRT); next: send savedesk-error.log"),
        ("os.kill(os.getpid(), 11)", 70, "internal error: a library ended the command (SIGSEGV)"),
        ("os._exit(1)", 70, "internal error: a library ended the command (exit code 1)"),
    ],
)
def test_a_command_that_was_ended_is_told_of(home: Path, what: str, code: int, said: str) -> None:
    done = check(home, what)
    assert done.returncode == code
    assert said in done.stderr
    assert done.stderr.startswith("savedesk: ")
    assert done.stderr.count("\n") == 1


BLAS = "OpenBLAS blas_thread_init: pthread_create failed for thread 1 of 2: Resource temporarily unavailable"


def test_a_library_that_interrupts_itself_is_no_ctrl_c(home: Path) -> None:
    """OpenBLAS does so where it gets no thread."""
    what = f'(os.write(2, b"{BLAS}"), os.kill(os.getpid(), 2))'
    done = check(home, what)
    assert (done.returncode, done.stderr.count("\n")) == (8, 1)
    assert "no more threads, the limit is " in done.stderr
    done = check(home, what, limited_memory)
    assert (done.returncode, done.stderr.count("\n")) == (8, 1)
    assert "no more memory, the limit of this process is 734.0 MB" in done.stderr


def test_an_interruption_of_the_command_alone_is_a_stop(home: Path) -> None:
    done = check(home, "os.kill(os.getpid(), 2)")
    assert (done.returncode, done.stderr) == (130, "savedesk: stopped; the old outputs are whole\n")


@pytest.mark.parametrize("what", ["os.abort()", "os.kill(os.getpid(), 11)", "os._exit(1)"])
def test_a_crash_under_a_limit_of_memory_is_want_of_memory(home: Path, what: str) -> None:
    done = check(home, what, limited_memory)
    assert (done.returncode, done.stderr.count("\n")) == (8, 1)
    assert "no more memory, the limit of this process is 734.0 MB" in done.stderr


def test_memory_that_is_asked_for_beyond_the_limit(home: Path) -> None:
    done = check(home, "bytearray(2 << 30)", limited_memory)
    assert (done.returncode, done.stderr.count("\n")) == (8, 1)


def test_what_a_library_wrote_is_kept_for_an_internal_error(home: Path) -> None:
    check(home, "(os.write(2, b'assertion x < 3 failed'), os.abort())")
    assert "assertion x < 3 failed" in (home / "savedesk-error.log").read_text()


def test_what_a_library_wrote_is_shown_where_all_went_well(home: Path) -> None:
    done = check(home, "__import__('sys').exit(os.write(2, b'a note\\n') - 7)")
    assert (done.returncode, done.stderr) == (0, "a note\n")


def test_no_room_for_what_is_printed(home: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "savedesk", "check"], cwd=home, stdout=full, stderr=subprocess.PIPE, text=True,
            timeout=60, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr.count("\n")) == (8, 1)
    assert "no room left" in done.stderr


@pytest.mark.parametrize(("words", "code"), [(["bogus"], 2), (["check"], 0)])
def test_no_room_for_the_line(home: Path, words: list[str], code: int) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "savedesk", *words], cwd=home, stderr=full, timeout=60, check=False
        )
    assert done.returncode == code


def test_a_crash_on_the_way_out_changes_nothing(home: Path) -> None:
    done = check(home, "__import__('atexit').register(os.abort) and __import__('sys').exit(0)")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("group", [True, False])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_to_both_or_to_the_watcher_is_one_signal(
    home: Path, number: signal.Signals, code: int, group: bool
) -> None:
    with started(home) as running:
        (os.killpg if group else os.kill)(running.pid, number)
        _, said = running.communicate(timeout=20)
    assert (running.returncode, said) == (code, "savedesk: stopped; the old outputs are whole\n")


def test_a_command_dies_with_its_watcher(home: Path) -> None:
    with started(home) as running:
        (command,) = psutil.Process(running.pid).children()
        running.kill()
    until = time.monotonic() + 10
    while command.is_running() and command.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_lock_names_the_watcher_and_is_free_soon_after_it_was_killed(home: Path) -> None:
    """The system needs a moment to end the command, and a command that has much memory needs longer."""
    lock = "(kept := __import__('savedesk.pipeline.locks').pipeline.locks.held(root, 'run', 'savedesk x')).__enter__()"
    with started(home, lock) as running:
        with pytest.raises(MissingInputError, match=rf"savedesk x \(process {running.pid} of"), held(home, "run", "y"):
            pass
        running.kill()
        running.wait()
        with held(home, "run", "savedesk y"):
            pass


def started(home: Path, first: str = "0") -> subprocess.Popen[str]:
    running = subprocess.Popen(
        [sys.executable, "-c", code_of(f"({first}, print('on', flush=True), __import__('time').sleep(30))"), "check"],
        cwd=home, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, process_group=0,
    )  # fmt: skip
    assert running.stdout is not None
    assert running.stdout.readline() == "on\n"
    return running


def test_nobody_is_told_where_the_terminal_has_gone(tmp_path: Path) -> None:
    assert end_of_the_dead(-signal.SIGHUP, "", tmp_path) == ("", 129)
