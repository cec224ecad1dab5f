"""The gate: who may become champion, and what stands in the ledger about it."""

from __future__ import annotations

import json
import shutil
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from tests.kept import home_of, judged_by, keep, noisy, operator

from savedesk.cli.app import app
from savedesk.errors import DataContractError, GateError, MissingInputError, ModelSchemaError, ParamsError
from savedesk.operations.promote import command
from savedesk.operations.promote.command import DRY, FORCED, MODEL, PASSED, REFUSED, UNCHANGED, promoted
from savedesk.operations.promote.ledger import LEDGER, read_ledger
from savedesk.operations.promote.view import tell
from savedesk.operations.runs.find import Named
from savedesk.schemas.scores import BASELINE_NAMES
from savedesk.stages.track import lookup

REGISTERED, REQUIRE_WHOLE = command._registered, command._require_whole  # as they are without a fixture


@pytest.fixture(scope="module")
def rows():
    return operator(5000)


@pytest.fixture
def moved(monkeypatch):
    """Return the aliases that were moved; MLflow itself is met in tests/pipeline."""
    aliases = []
    _without_mlflow(monkeypatch)
    monkeypatch.setattr(
        command, "move_alias", lambda _, source, alias, version: aliases.append((source, alias, version))
    )
    return aliases


def _without_mlflow(patch):
    """Know versions and champions from this machine alone, and take files that are no models for such."""
    patch.setattr(command, "move_alias", lambda *_: None)
    patch.setattr(command, "_champion", _by_ledger_alone)
    patch.setattr(command, "_registered", lambda _, run: run)
    patch.setattr(command, "_require_whole", lambda *_: None)


def _by_ledger_alone(root, source):
    return command.find_run(root, source, "champion", "promote") if command.current(root, source) else None


@pytest.fixture(scope="module")
def first(tmp_path_factory, rows):
    """An operator with a champion, version 1, made once for all tests."""
    root = home_of(tmp_path_factory.mktemp("first") / "home")
    scores = rows[["subscriber_id", "as_of"]].assign(**{name: noisy(rows, 2.5, 9) for name in BASELINE_NAMES})
    keep(root, "old", judged_by(rows, noisy(rows, 1.4, 1)), "1", baselines=scores)
    with pytest.MonkeyPatch.context() as patch:
        _without_mlflow(patch)
        assert promote(root, "1").outcome == PASSED
    return root


@pytest.fixture
def home(tmp_path, first, moved):
    """That operator in a project of the test's own; no alias has been moved."""
    assert not moved
    return shutil.copytree(first, tmp_path / "home")


def promote(home, word, why="", force=False, dry_run=False):
    return promoted(home, word, why, force=force, dry_run=dry_run)


def refused(done):
    """Return name -> what is told of each question that was answered with no; of slices one after the other."""
    refusals = {}
    for check in done.checks:
        if not check.passed:
            refusals[check.name] = " / ".join(filter(None, [refusals.get(check.name), check.sentence]))
    return refusals


def test_a_first_champion_is_held_against_the_best_simple_model(home):
    entry = read_ledger(home)[0]
    assert entry["verdict"] == PASSED
    assert entry["against"] == {"name": "the best simple model (tenure only)"}
    assert [check["name"] for check in entry["checks"]] == ["profit", "log loss", "calibration", "slices"]


def test_a_first_model_that_a_simple_one_beats_is_refused(tmp_path, rows, moved):
    root = home_of(tmp_path / "home")
    best = rows[["subscriber_id", "as_of"]].assign(**dict.fromkeys(BASELINE_NAMES, rows["truth"]))
    keep(root, "bad", judged_by(rows, noisy(rows, 3.0, 1)), "1", baselines=best)
    done = promote(root, "1")
    assert done.outcome == REFUSED
    assert {"profit", "log loss"} <= refused(done).keys()
    assert not (root / LEDGER).exists()
    assert not moved


def test_a_better_model_takes_the_place(home, rows, moved):
    keep(home, "new", judged_by(rows, rows["truth"].to_numpy()), "2")
    done = promote(home, "2", why="knows more")
    assert done.outcome == PASSED
    assert moved == [("mine", "champion", "2")]
    assert (home / MODEL / "churn.txt").read_text() == "new booster\n"
    entry = read_ledger(home)[-1]
    assert (entry["version"], entry["against"]["version"], entry["why"]) == ("2", "1", "knows more")
    assert entry["figures"]["profit"]["low"] > 0
    assert str(home) not in json.dumps(entry)
    assert promote(home, "2").outcome == UNCHANGED
    assert len(read_ledger(home)) == 2


def test_a_model_that_ranks_better_and_loses_money_is_refused(home, rows, moved):
    """It knows all about the many who are worth little, and nothing about the few who are worth much."""
    rich = rows["remaining_value"] > rows["remaining_value"].quantile(0.85)
    keep(home, "new", judged_by(rows, np.where(rich, 0.06, rows["truth"])), "2")
    done = promote(home, "2")
    assert done.outcome == REFUSED
    assert "profit" in refused(done)
    assert "less" in refused(done)["profit"]
    paired = command._gate_checks(home, done.run, command.find_run(home, "mine", "champion", ""))[2]
    assert paired.figures["auc"].low > 0
    assert not moved
    assert (home / MODEL / "churn.txt").read_text() == "old booster\n"


def test_a_model_better_on_average_and_much_worse_in_a_segment_is_refused(home, rows):
    business = rows["segment"] == "business"
    odds = np.log(rows["truth"] / (1 - rows["truth"])) + np.random.default_rng(5).normal(0, 2, len(rows))
    worse_there = np.where(business, 1 / (1 + np.exp(-odds)), rows["truth"])
    keep(home, "new", judged_by(rows, worse_there), "2")
    done = promote(home, "2")
    paired = command._gate_checks(home, done.run, command.find_run(home, "mine", "champion", ""))[2]
    assert paired.figures["profit"].value > 0
    assert paired.figures["log_loss"].high < 0
    assert done.outcome == REFUSED
    assert "segment business: log loss rises" in refused(done)["slices"]
    assert not {"profit", "log loss"} & refused(done).keys()


def test_a_model_that_cries_wolf_is_refused(home, rows):
    """The same ranking, twice the probability: it would promise twice what comes."""
    seen = noisy(rows, 1.4, 1)
    keep(home, "new", judged_by(rows, np.clip(2.5 * seen, 0, 0.95)), "2")
    assert {"log loss", "calibration"} <= refused(promote(home, "2")).keys()


def test_a_list_turned_over_for_nothing_is_refused(home, rows):
    swapped = judged_by(rows, noisy(rows, 1.4, 1))
    place = swapped.groupby("as_of")["expected_gain"].rank(ascending=False, method="first")
    keep(home, "new", swapped.assign(listed=(place > 400) & (place <= 800)), "2")
    assert "list" in refused(promote(home, "2"))


def test_without_common_rows_nobody_is_promoted(home, rows):
    later = judged_by(rows, rows["truth"].to_numpy()).drop_duplicates("subscriber_id")
    keep(home, "new", later.assign(as_of="2026-05-01"), "2")
    done = promote(home, "2")
    assert done.outcome == REFUSED
    assert "no as_of date was evaluated by both" in refused(done)["rows"]


def test_a_dry_run_changes_nothing(home, rows, moved):
    keep(home, "new", judged_by(rows, rows["truth"].to_numpy()), "2")
    before = (home / LEDGER).read_bytes()
    done = promote(home, "2", dry_run=True)
    assert (done.outcome, done.passed, moved) == (DRY, True, [])
    assert (home / LEDGER).read_bytes() == before


def test_force_needs_a_reason_and_is_written_down(home, rows, moved):
    keep(home, "new", judged_by(rows, noisy(rows, 3.0, 1)), "2")
    with pytest.raises(ParamsError, match="--force without a reason"):
        promote(home, "2", force=True, why="  ")
    assert promote(home, "2", force=True, why="new tariff").outcome == FORCED
    entry = read_ledger(home)[-1]
    assert (entry["verdict"], entry["why"]) == (FORCED, "new tariff")
    assert not all(check["passed"] for check in entry["checks"])
    assert moved == [("mine", "champion", "2")]


def test_what_else_lies_beside_the_champion_stays(home, rows):
    (home / MODEL / "README.md").write_text("for git")
    keep(home, "new", judged_by(rows, rows["truth"].to_numpy()), "2")
    promote(home, "2")
    assert (home / MODEL / "README.md").read_text() == "for git"


def test_reasons_stand_one_a_line_and_the_command_ends_in_7(home, rows, capsys):
    keep(home, "new", judged_by(rows, noisy(rows, 3.0, 1)), "2")
    with pytest.raises(GateError, match=r"promote: refused for profit, log loss") as caught:
        app(["promote", "2", "--root", str(home)], standalone_mode=False)
    assert caught.value.exit_code == 7
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert sum(line.startswith("REFUSED") for line in lines) >= 2
    assert lines[-1] == "refused; nothing has changed"


def test_a_broken_ledger_line_is_named_and_nothing_is_promoted(home, rows, moved):
    keep(home, "new", judged_by(rows, rows["truth"].to_numpy()), "2")
    with (home / LEDGER).open("a") as file:
        file.write("<<<<<<< HEAD\n")
    with pytest.raises(DataContractError, match=r"models/promotions.jsonl: line 2 is not JSON"):
        promote(home, "2")
    assert not moved


def test_files_that_are_no_model_move_nothing(home, rows, moved, monkeypatch):
    """The gate looks at rows; a torn model behind good rows must not become champion."""
    keep(home, "torn", judged_by(rows, noisy(rows, 0.5, 2)), "2")
    before = {path.name: path.read_bytes() for path in (home / MODEL).iterdir()}
    monkeypatch.setattr(command, "_require_whole", REQUIRE_WHOLE)
    with pytest.raises(ModelSchemaError):
        promote(home, "2")
    assert not moved
    assert {path.name: path.read_bytes() for path in (home / MODEL).iterdir()} == before
    assert len(read_ledger(home)) == 1


def test_a_version_is_that_of_this_store(monkeypatch):
    """Another store may have given the number to another model: the run is looked up, not its number."""
    run = Named("k1", "r1", "n", "1", "mine", None)
    other = SimpleNamespace(key="k1", run_id="r9")
    for versions, tracked, expected in (({"7": "r1"}, [], "7"), ({"1": "r8", "2": "r9"}, [other], "2")):
        monkeypatch.setattr(lookup, "registered", lambda *_, v=versions: (v, {}))
        monkeypatch.setattr(lookup, "tracked_runs", lambda *_, t=tracked: t)
        assert REGISTERED(None, run).version == expected
    monkeypatch.setattr(lookup, "registered", lambda *_: ({"1": "r8"}, {}))
    monkeypatch.setattr(lookup, "tracked_runs", lambda *_: [])
    with pytest.raises(MissingInputError, match="not registered in this store"):
        REGISTERED(None, run)


def test_a_promotion_that_ended_before_its_line_gets_the_line(home, moved, monkeypatch):
    """The alias is there, the ledger is not: saying "is the champion already" would hide it for ever."""
    (home / LEDGER).unlink()
    monkeypatch.setattr(command, "_champion", lambda root, source: command.find_run(root, source, "1", "promote"))
    assert promote(home, "1").outcome == PASSED
    assert [entry["run"] for entry in read_ledger(home)] == ["old"]
    assert moved


def test_a_ledger_that_is_no_file_is_refused_before_anything_moves(home, rows, moved):
    (home / LEDGER).unlink()
    (home / LEDGER).mkdir()
    keep(home, "new", judged_by(rows, noisy(rows, 0.5, 2)), "2")
    with pytest.raises(DataContractError):
        promote(home, "2")
    assert not moved


def test_what_is_told_of_a_champion_that_stays(home, capsys):
    tell(promote(home, "1"))
    assert "is the champion already" in capsys.readouterr().out


def test_dates_of_an_older_champion_need_only_overlap(home, rows):
    late = rows[rows["as_of"].astype(str) == "2025-09-01"]
    more = pd.concat([late, late.assign(as_of=pd.Timestamp("2025-10-01").date())], ignore_index=True)
    keep(home, "new", judged_by(more, more["truth"].to_numpy()), "2")
    done = promote(home, "2")
    assert done.outcome == PASSED
    assert read_ledger(home)[-1]["figures"]["rows"] == 5000
