"""The runner: outputs appear whole or the old ones stay."""

from __future__ import annotations

import json
import types
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from tests.tables import read, run

from savedesk.errors import DataContractError, MissingInputError
from savedesk.pipeline import runner
from savedesk.schemas.table import Column, File, Identity, Table

NUMBERS = Table(
    "numbers",
    "toy",
    "row",
    ("id",),
    (Column("id", "string", "key"), Column("n", "int64", "number", nullable=True, low=0)),
    identities=(Identity("odd", "n is odd", lambda t: t.n % 2 == 1),),
)
PARTS = Table(
    "parts",
    "toy",
    "row",
    ("id", "day"),
    (Column("id", "string", "key"), Column("day", "date", "folder")),
    partition_by="day",
    open_columns=True,
)
NOTE = File("note", "toy", "models/toy/note.json", "a note")
PAGES = File("pages", "toy", "data/toy/pages", "a folder")
GONE = Table("gone", "never", "row", ("id",), (Column("id", "string", "key"),))


def good(n=1):
    def work(_inputs):
        return {
            "numbers": pd.DataFrame({"id": ["b", "a"], "n": [n, None]}),
            "parts": (
                (day, pd.DataFrame({"id": ["x"], "day": [day], "extra": [1.5]})) for day in ("2025-01-01", "2025-02-01")
            ),
            "note": {"n": n},
            "pages": {"one.svg": "<svg/>", "two.bin": b"\x00"},
            "metrics": {"n": n, "none": None},
        }

    return work


@pytest.fixture
def stage(monkeypatch):
    """Put a stage of one's own in the place of a real one."""

    def install(work, writes=(NUMBERS, PARTS, NOTE, PAGES), reads=()):
        module = types.SimpleNamespace(READS=reads, WRITES=writes, SECTIONS=(), run=work)
        monkeypatch.setattr(runner, "stage_module", lambda _name: module)

    return install


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_all_outputs_appear_together(stage, tmp_path):
    stage(good())
    summary = run(tmp_path, "toy")
    assert list(contents(tmp_path)) == [
        "data/toy/numbers.parquet",
        "data/toy/pages/one.svg",
        "data/toy/pages/two.bin",
        "data/toy/parts/day=2025-01-01/part.parquet",
        "data/toy/parts/day=2025-02-01/part.parquet",
        "metrics/toy.json",
        "models/toy/note.json",
    ]
    assert {written.path: written.rows for written in summary.written}["data/toy/parts"] == 2
    assert read(tmp_path, NUMBERS) == [{"id": "a", "n": None}, {"id": "b", "n": 1}]
    assert json.loads((tmp_path / "metrics/toy.json").read_text()) == {"n": 1, "none": None}


def test_the_same_rows_are_the_same_bytes(stage, tmp_path):
    stage(good())
    run(tmp_path, "toy")
    first = contents(tmp_path)
    run(tmp_path, "toy")
    assert contents(tmp_path) == first


def broken(**outputs):
    def work(inputs):
        return good(3)(inputs) | outputs

    return work


def half(_inputs):
    yield "2025-03-01", pd.DataFrame({"id": ["x"], "day": ["2025-01-01"]})
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("outputs", "error"),
    [
        ({"numbers": pd.DataFrame({"id": ["a", "b"], "n": [1, -1]})}, DataContractError),
        ({"numbers": pd.DataFrame({"id": ["a", "b"], "n": [1, 2]})}, DataContractError),
        ({"numbers": pd.DataFrame({"id": ["a", "a"], "n": [1, 3]})}, DataContractError),
        ({"numbers": pd.DataFrame({"id": ["a", None], "n": [1, 3]})}, DataContractError),
        ({"numbers": pd.DataFrame({"n": [1]})}, KeyError),
        ({"parts": half(None)}, KeyboardInterrupt),
        ({"metrics": {"n": float("nan")}}, ValueError),
        ({"note": object()}, TypeError),
    ],
)
def test_a_stage_that_fails_midway_leaves_the_old_outputs_whole(stage, tmp_path, outputs, error):
    stage(good())
    run(tmp_path, "toy")
    before = contents(tmp_path)
    stage(broken(**outputs))
    with pytest.raises(error):
        run(tmp_path, "toy")
    assert contents(tmp_path) == before


def test_a_breach_of_its_own_contract_is_told_in_one_line(stage, tmp_path):
    stage(broken(numbers=pd.DataFrame({"id": ["a", "b", "c"], "n": [1, -1, -3]})))
    with pytest.raises(
        DataContractError, match=r"data/toy/numbers.parquet: n must be at least 0 \(2 rows, first: id="
    ) as caught:
        run(tmp_path, "toy")
    assert caught.value.exit_code == 3


def test_what_a_killed_run_left_aside_is_put_back(stage, tmp_path):
    stage(good())
    run(tmp_path, "toy")
    before = contents(tmp_path)
    (tmp_path / "data/toy").rename(tmp_path / "data/.old-toy")  # killed between the two renames
    (tmp_path / "models/toy").rename(tmp_path / "models/.old-toy")
    (tmp_path / "data/.toy-abc").mkdir()  # and its scratch folder
    (tmp_path / "data/.toy-abc/half.parquet").write_bytes(b"half")
    (tmp_path / "data/.other-abc").mkdir()  # another stage may be running
    runner.recover(tmp_path, "toy")
    assert contents(tmp_path) == before
    assert not (tmp_path / "data/.toy-abc").exists()
    assert (tmp_path / "data/.other-abc").exists()


def test_a_run_that_is_alive_keeps_its_files_and_a_second_one_is_told(tmp_path):
    with runner.scratch_folder(tmp_path, "toy") as scratch:
        (scratch / "half.parquet").write_bytes(b"half")
        with pytest.raises(MissingInputError, match="another run is at work in this project; next: wait"):
            runner.recover(tmp_path, "toy")
        assert (scratch / "half.parquet").exists()
    runner.recover(tmp_path, "toy")
    assert not scratch.exists()


def test_what_a_run_killed_after_the_exchange_left_aside_is_removed(stage, tmp_path):
    stage(good())
    run(tmp_path, "toy")
    before = contents(tmp_path)
    (tmp_path / "data/.old-toy").mkdir()
    (tmp_path / "data/.old-toy/numbers.parquet").write_bytes(b"old")
    runner.recover(tmp_path, "toy")
    assert contents(tmp_path) == before
    stage(good(5))
    run(tmp_path, "toy")
    assert json.loads((tmp_path / "models/toy/note.json").read_text()) == {"n": 5}
    assert not list(tmp_path.rglob(".old-*"))


@pytest.mark.parametrize("place", ["data", "metrics", "models", "data/toy", "models/toy"])
@pytest.mark.parametrize("dangling", [False, True])
def test_a_file_where_outputs_need_a_folder_is_named_before_any_work(stage, tmp_path, place, dangling):
    stage(lambda _inputs: pytest.fail("worked in vain"))
    path = tmp_path / place
    path.parent.mkdir(exist_ok=True)
    if dangling:
        path.symlink_to(tmp_path / "nowhere")
    else:
        path.write_text("mine")
    with pytest.raises(MissingInputError) as caught:
        run(tmp_path, "toy")
    assert caught.value.exit_code == 4
    assert caught.value.line() == (
        f"{place}: not a folder, but outputs go there; allowed: a folder, or nothing yet; "
        "next: move it away, then run the stage again"
    )
    assert dangling or path.read_text() == "mine"


def test_a_folder_where_the_figures_go_is_named_before_any_work(stage, tmp_path):
    stage(lambda _inputs: pytest.fail("worked in vain"))
    (tmp_path / "metrics/toy.json").mkdir(parents=True)
    with pytest.raises(MissingInputError, match=r"metrics/toy.json: a folder, but outputs go there; allowed: a file"):
        run(tmp_path, "toy")


def test_an_output_folder_may_be_a_link_to_a_folder(stage, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "models").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    stage(good())
    run(tmp_path, "toy")
    assert (tmp_path / "elsewhere/toy/note.json").is_file()


def test_an_input_that_is_not_there_names_the_stage_that_makes_it(stage, tmp_path):
    stage(lambda inputs: {"numbers": inputs.table(GONE)}, writes=(NUMBERS,), reads=(GONE,))
    with pytest.raises(MissingInputError, match=r"data/never/gone.parquet: not there; next: run `savedesk never`"):
        run(tmp_path, "toy")


def test_a_table_of_an_older_version_names_the_column_that_it_lacks(stage, tmp_path):
    newer = replace(GONE, columns=(*GONE.columns, Column("weight", "float64", "new")))
    path = tmp_path / GONE.path
    path.parent.mkdir(parents=True)
    pd.DataFrame({"id": ["a"]}).to_parquet(path)
    stage(lambda inputs: {"numbers": inputs.table(newer)}, writes=(NUMBERS,), reads=(newer,))
    with pytest.raises(DataContractError, match=r"gone.parquet: has no column weight.*run `savedesk never` again"):
        run(tmp_path, "toy")


def test_a_table_that_was_not_declared_is_refused(stage, tmp_path):
    stage(lambda inputs: {"numbers": inputs.table(GONE)}, writes=(NUMBERS,))
    with pytest.raises(KeyError, match="not among the READS"):
        run(tmp_path, "toy")


def test_an_exchange_that_was_cut_short_is_finished_by_the_next_run(tmp_path):
    """Killed after the first of two folders: the second is exchanged before anything else runs."""
    staging = tmp_path / "data/.train-abc"
    for folder, text in (
        (tmp_path / "data/train", "old"),
        (tmp_path / "models/trained", "old"),
        (staging / "models/trained", "new"),
    ):
        folder.mkdir(parents=True)
        (folder / "file").write_text(text)
    (tmp_path / "data/train/file").write_text("new")
    (staging / "finished.json").write_text('["data/train", "models/trained"]')
    runner.recover(tmp_path, "score")
    assert (tmp_path / "data/train/file").read_text() == "new"
    assert (tmp_path / "models/trained/file").read_text() == "new"
    assert not staging.exists()
