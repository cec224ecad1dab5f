"""A run that waits is there whole, once, and in the order in which runs were made."""

from __future__ import annotations

import pytest

from savedesk.stages.track.upload_queue import FOLDER, enqueue, only_one, queued_runs


def about(key="a1", kept_at=1000):
    return {"key": key, "kept_at": kept_at, "name": "2026-01-01"}


def fill(folder):
    (folder / "artifacts").mkdir()
    (folder / "artifacts" / "report.html").write_text("page")


def test_a_run_is_kept_with_its_files(tmp_path):
    queued = enqueue(tmp_path, about(), fill)
    assert queued_runs(tmp_path) == [queued]
    assert queued.about == about()
    assert (queued.folder / "artifacts" / "report.html").read_text() == "page"


def test_the_same_run_is_kept_once(tmp_path):
    first = enqueue(tmp_path, about(), fill)
    assert enqueue(tmp_path, about(kept_at=2000), fill) == first
    assert len(queued_runs(tmp_path)) == 1


def test_the_oldest_comes_first(tmp_path):
    later, sooner = (enqueue(tmp_path, about(key, when), fill) for key, when in (("a", 3000), ("b", 2000)))
    assert queued_runs(tmp_path) == [sooner, later]


def test_a_run_that_could_not_be_written_leaves_nothing(tmp_path):
    def broken(folder):
        fill(folder)
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        enqueue(tmp_path, about(), broken)
    assert not list((tmp_path / FOLDER).iterdir())


def test_what_a_killed_process_left_half_written_is_no_run(tmp_path):
    (tmp_path / FOLDER / ".kept-x").mkdir(parents=True)
    (tmp_path / FOLDER / ".kept-x" / "run.json").write_text("{}")
    assert queued_runs(tmp_path) == []
    with only_one(tmp_path):
        pass
    assert not (tmp_path / FOLDER).exists()


def test_a_sent_run_goes(tmp_path):
    with only_one(tmp_path):
        enqueue(tmp_path, about(), fill).remove()
        assert queued_runs(tmp_path) == []
    assert not (tmp_path / FOLDER).exists()
