"""What stays of a run, how long, and by what names it is found."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from tests.kept import home_of, judged_by, keep, noisy, operator
from tests.project import ROOT

from savedesk.errors import DataContractError, MissingInputError, ParamsError
from savedesk.operations.promote.ledger import LEDGER, append
from savedesk.operations.runs.find import find_run
from savedesk.operations.runs.kept import FOLDER, keep_newest_run, kept_runs
from savedesk.operations.runs.run_contents import run_contents_of
from savedesk.schemas import figures, model, pages, source_facts
from savedesk.stages.track.lookup import TrackedRun


@pytest.fixture
def home(tmp_path):
    return home_of(tmp_path / "home", compare={"kept_runs": 2})


def track(home, key, run_id="", version=""):
    """Leave behind what a run of the pipeline leaves for keeping, as far as keeping looks at it."""
    files = {
        pages.RUN: {"run": key, "run_id": run_id or None, "run_name": "2026-01-01 abc", "registered_version": version},
        source_facts.FILE: {"name": "mine", "kind": "dated", "currency": "EUR"},
        model.SCHEMA: {"source": "mine", "columns": [{"name": "tenure"}]},
    }
    for file in (model.BOOSTER, model.TYPES, model.SURVIVAL):
        (home / file.path).parent.mkdir(parents=True, exist_ok=True)
        (home / file.path).write_text(f"{key} {file.name}")
    for file, content in files.items():
        (home / file.path).parent.mkdir(parents=True, exist_ok=True)
        (home / file.path).write_text(json.dumps(content))
    rows = operator(20)
    (home / figures.ROWS.path).parent.mkdir(parents=True, exist_ok=True)
    judged_by(rows, noisy(rows, 1, 1), 5).to_parquet(home / figures.ROWS.path, index=False)
    (home / "metrics").mkdir(exist_ok=True)
    (home / "metrics/evaluate.json").write_text('{"auc": 0.8, "kind": "dated"}')
    return keep_newest_run(home)


def test_a_run_keeps_rows_params_figures_and_the_files_of_its_model(home):
    kept = track(home, "aaaa", "aaaa0000", "1")
    contents = run_contents_of(home, find_run(home, "mine", "aaaa0000", "compare"))
    assert len(contents.rows) == 40
    assert contents.params["compare.kept_runs"] == "2"
    assert contents.metrics == {"evaluate.auc": 0.8}
    assert contents.features == ("tenure",)
    trained = home / "models/trained"
    assert {path.name: path.read_text() for path in kept.model.iterdir()} == {
        path.name: path.read_text() for path in trained.iterdir()
    }


def test_the_oldest_runs_go_but_never_the_champion(home):
    track(home, "aaaa")
    entry = {"when": "", "who": "", "run_id": "", "run_name": "", "version": "1", "verdict": "passed", "why": ""}
    append(home, {**entry, "source": "mine", "run": "aaaa"})
    for key in ("bbbb", "cccc", "dddd"):
        track(home, key)
    assert [run.key for run in kept_runs(home)] == ["dddd", "cccc", "aaaa"]


def test_a_run_that_is_tracked_again_is_there_once_and_knows_its_id(home):
    track(home, "aaaa")
    track(home, "aaaa", "1234", "7")
    assert [(run.key, run.run_id) for run in kept_runs(home)] == [("aaaa", "1234")]


def test_a_run_is_found_by_id_prefix_key_name_version_and_age(home):
    for place, key in enumerate(("aaaa", "abbb", "cccc")):
        keep(home, key, version=str(place + 1))
    words = {
        "aaaa0000": "aaaa",
        "ab": "abbb",
        "2026-01-01 cccc": "cccc",
        "2": "abbb",
        "last": "cccc",
        "previous": "abbb",
    }
    assert {word: find_run(home, "mine", word, "compare").key for word in words} == words


def test_runs_of_another_source_are_not_meant(home):
    keep(home, "aaaa")
    keep(home, "bbbb", record={"source": "other"})
    assert find_run(home, "mine", "last", "compare").key == "aaaa"


def test_a_prefix_of_two_runs_is_refused_with_both(home):
    keep(home, "aaaa")
    keep(home, "aabb")
    with pytest.raises(ParamsError, match=r"'aa' means 2 runs.*aabb0000.*aaaa0000"):
        find_run(home, "mine", "aa", "compare")


def test_what_only_mlflow_could_know_says_how_to_ask_it(home, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    keep(home, "aaaa")
    with pytest.raises(MissingInputError, match=r"mlflow.db: no run has been tracked"):
        find_run(home, "mine", "zzzz", "compare")


def test_a_damaged_run_is_named(home):
    kept = keep(home, "aaaa")
    (kept.folder / "params.json").write_text("{")
    with pytest.raises(DataContractError, match=f"{FOLDER}/aaaa/params.json"):
        run_contents_of(home, find_run(home, "mine", "aaaa", "compare"))


@pytest.mark.parametrize("record", ["[]", "{}", '{"source": "mine"}', "{"])
def test_a_damaged_run_stands_in_nobodys_way_but_its_own(home, record):
    track(home, "aaaa1111")
    torn = home / FOLDER / "bbbb2222"
    torn.mkdir()
    (torn / "run.json").write_text(record)
    assert find_run(home, "mine", "aaaa", "compare").key == "aaaa1111"
    with pytest.raises(DataContractError, match="damaged"):
        find_run(home, "mine", "bbbb", "compare")


def test_an_id_of_digits_alone_is_an_id(home):
    track(home, "12345678aaaabbbb")
    assert find_run(home, "mine", "12345678", "compare").key == "12345678aaaabbbb"
    with pytest.raises(ParamsError, match="empty"):
        find_run(home, "mine", "", "compare")


def test_an_id_of_digits_alone_is_one_for_mlflow_too(home, monkeypatch):
    """It was made on another machine; as a version it would be the ten-millionth."""
    elsewhere = TrackedRun("87654321aaaabbbb", "key", "name", "", {}, {})
    monkeypatch.setattr("savedesk.stages.track.lookup.tracked_runs", lambda *_: [elsewhere])
    assert find_run(home, "mine", "87654321", "compare").run_id == "87654321aaaabbbb"


@pytest.mark.parametrize("change", ["text", "twice", "torn"])
def test_rows_that_cannot_be_right_are_refused(home, change):
    track(home, "aaaa1111")
    path = home / FOLDER / "aaaa1111" / "rows.parquet"
    rows = pd.read_parquet(path)
    if change == "torn":
        path.write_bytes(path.read_bytes()[:-300] + bytes(300))
    else:
        wrong = pd.concat([rows, rows]) if change == "twice" else rows.assign(churn_probability="0.5")
        wrong.to_parquet(path, index=False)
    with pytest.raises(DataContractError, match="damaged"):
        run_contents_of(home, find_run(home, "mine", "aaaa", "compare"))


def test_a_broken_ledger_keeps_no_run_from_being_kept(home):
    (home / "models").mkdir(exist_ok=True)
    (home / LEDGER).write_text('{"a":\n')
    for key in ("aaaa1111", "bbbb2222", "cccc3333"):
        track(home, key)
    assert len(kept_runs(home)) == 3  # nobody knows which of them is the champion's


def test_runs_that_hold_ids_stay_out_of_git():
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert "/data/*" in ignored
    assert f"!/{FOLDER}/" not in ignored
    assert "/comparisons/" in ignored
