"""A machine that has run out of something is named as such, in one line with the room there is."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import sqlite3
import tempfile
from pathlib import Path

import pytest

from savedesk.errors import DataContractError
from savedesk.pipeline.exhausted import exhausted


def chained(outer: Exception, inner: Exception) -> Exception:
    outer.__cause__ = inner
    return outer


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "data/x.csv"), "no room left"),
        (OSError(errno.EDQUOT, os.strerror(errno.EDQUOT), "data/x.csv"), "no room left"),
        (OSError(errno.EFBIG, os.strerror(errno.EFBIG), "x"), "a file would be larger than this process may write"),
        (OSError(errno.EROFS, os.strerror(errno.EROFS), "x"), "the file system is read-only"),
        (OSError(errno.EMFILE, os.strerror(errno.EMFILE)), "no more open files"),
        (MemoryError(), "no more memory"),
        (RuntimeError("Out of Memory Error: could not allocate block of size 256.0 KiB"), "no more memory"),
        (RuntimeError('IO Error: Could not write file "/tmp/a/b": No space left on device'), "no room left"),
        (RuntimeError("std::bad_alloc"), "no more memory"),
        (RuntimeError("can't start new thread"), "no more threads"),
        (chained(ValueError("odd"), OSError(errno.ENOSPC, "", "x")), "no room left"),
        (chained(DataContractError("SQL is wrong"), OSError(errno.ENOSPC, "", "x")), "no room left"),
    ],
)
def test_what_ran_out(error: Exception, said: str, tmp_path: Path) -> None:
    failure = exhausted(error, tmp_path)
    assert failure is not None
    assert failure.exit_code == 8
    assert said in failure.line()
    assert "\n" not in failure.line()
    assert "next: " in failure.line()


def test_the_file_and_the_room_are_named(tmp_path: Path) -> None:
    failure = exhausted(OSError(errno.ENOSPC, "full", "data/new/x.csv"), tmp_path)
    assert failure is not None
    assert failure.line().startswith(f"{tmp_path}/data/new/x.csv: no room left, ")
    assert " free of " in failure.line()


def test_of_a_copy_the_place_where_it_should_go_is_named(tmp_path: Path) -> None:
    failure = exhausted(OSError(errno.ENOSPC, "full", "/data/model.txt", None, "temporary/model.txt"), tmp_path)
    assert failure is not None
    assert failure.line().startswith(f"{tmp_path}/temporary/model.txt: no room left, ")
    of_a_folder = shutil.Error([("/data/a.txt", f"{tmp_path}/temporary/a.txt", "[Errno 28] No space left on device")])
    failure = exhausted(of_a_folder, tmp_path)
    assert failure is not None
    assert failure.line().startswith(f"{tmp_path}/temporary/a.txt: no room left, ")


def test_the_temporary_folder_is_named_where_it_is_that_which_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MLflow names the file that it copied from."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setattr(
        os,
        "statvfs",
        lambda folder: os.statvfs_result(
            (4096, 4096, 9**9, *[1 if folder == temporary else 9**9] * 2, 0, 0, 0, 0, 255)
        ),
    )
    failure = exhausted(RuntimeError(f"[Errno 28] No space left on device: '{tmp_path}/model.txt'"), tmp_path)
    assert failure is not None
    assert failure.line().startswith(f"{temporary}: no room left, 4.1 kB free of ")


def test_inodes_are_named_where_they_ran_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few are left again: what was begun has been removed."""
    of = os.statvfs_result((4096, 4096, 9000, 9000, 9000, 5000, 4, 4, 0, 255))
    monkeypatch.setattr(os, "statvfs", lambda _: of)
    failure = exhausted(OSError(errno.ENOSPC, "full", "x"), tmp_path)
    assert failure is not None
    assert "no room left, 4 of 5,000 files (inodes) free" in failure.line()


@pytest.mark.parametrize(
    "error", [ValueError("x"), OSError(errno.ENOENT, "no", "x"), DataContractError("out of memory")]
)
def test_other_errors_are_none_of_these(error: Exception, tmp_path: Path) -> None:
    assert exhausted(error, tmp_path) is None


def test_what_an_error_was_raised_instead_of_does_not_count(tmp_path: Path) -> None:
    """Another run holds the lock: the system's error behind it is no lack of anything."""
    error = DataContractError("at work")
    error.__context__, error.__suppress_context__ = OSError(errno.ENOSPC, "full"), True
    assert exhausted(error, tmp_path) is None
    assert exhausted(BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN)), tmp_path) is None


VAGUE = sqlite3.OperationalError("disk I/O error")


def test_a_vague_word_of_a_database_is_looked_into(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    assert exhausted(VAGUE, tmp_path) is None
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 40, before[1]))
    try:
        failure = exhausted(VAGUE, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert failure is not None
    assert "a file would be larger than this process may write, the limit is 1.1 TB" in failure.line()


@pytest.mark.parametrize(("there", "said"), [("read-only", "the file system is read-only"), ("full", "no room left")])
def test_a_database_on_a_file_system_that_takes_nothing(
    tmp_path: Path, there: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    flag, room = (os.ST_RDONLY, 1) if there == "read-only" else (0, 0)
    of = os.statvfs_result((4096, 4096, 1, room, room, 9, 9, 9, flag, 255))
    monkeypatch.setattr(os, "statvfs", lambda _: of)
    failure = exhausted(VAGUE, tmp_path)
    assert failure is not None
    assert said in failure.line()
