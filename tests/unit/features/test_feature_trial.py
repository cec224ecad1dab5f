"""`savedesk feature try`: what it says of a feature that is good, useless, shifting, or leaking."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from tests.project import make_project
from tests.tables import Silent, project, run, sections

from savedesk.engine.duckdb import open_duckdb
from savedesk.errors import ParamsError
from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import bills, status_changes, subscribers, usage
from savedesk.stages.features import facts
from savedesk.stages.features.declaration import declared_in
from savedesk.stages.features.stage import FAMILIES, READS, SECTIONS
from savedesk.stages.features.trial import _folds as folds_of
from savedesk.stages.features.trial import stability_index, try_feature
from savedesk.stages.features.view import advice, listed, tell
from savedesk.stages.features.workbench import registered, tried

pytestmark = pytest.mark.xdist_group("trial")  # what they share is made once

MONTHS = [dt.date(2024 + k // 12, k % 12 + 1, 1) for k in range(24)]
PEOPLE = [f"s{k:02d}" for k in range(24)]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Two dozen subscribers, some of whom use less and less and then leave."""
    leaving = {who: MONTHS[12 + k] for k, who in enumerate(PEOPLE[:10])}
    used = [
        {"subscriber_id": who, "month": month, "voice_min": 100.0 if month < leaving.get(who, MONTHS[-1]) else 5.0}
        for who in PEOPLE
        for month in MONTHS
    ]
    gone = [
        {"subscriber_id": who, "changed_on": day + dt.timedelta(60), "status": "cancelled"}
        for who, day in leaving.items()
    ]
    given = {
        subscribers.TABLE: [{"subscriber_id": who, "activated_on": dt.date(2020, 1, 1)} for who in PEOPLE],
        usage.TABLE: used,
        status_changes.TABLE: gone,
        bills.TABLE: [
            {"subscriber_id": who, "month": month, "plan_fee": 30.0, "due_on": month + dt.timedelta(45)}
            for who in PEOPLE
            for month in MONTHS
        ],
    }
    root = project(tmp_path_factory.mktemp("mine"), given)
    run(root, "cohort")
    return root


def trial_of(home, feature):
    said = sections()
    with open_duckdb(said["engine"]) as engine:
        inputs = Inputs(home, engine, READS, {kind.key: said[kind.key] for kind in SECTIONS}, Silent())
        return try_feature(inputs, feature)


def feature(name):
    return next(declared for module in FAMILIES.values() for declared in declared_in(module) if declared.name == name)


def test_a_drop_in_use_tells_leavers_and_does_not_leak(home):
    trial = trial_of(home, feature("usage_change_1m"))
    assert trial.leaks == 0
    assert min(trial.folds["auc"].dropna()) < 0.3  # risk falls with it
    assert trial.missing == 0
    assert "leak check: passed" in advice(trial)[0]


def test_the_same_bill_everywhere_says_nothing(home):
    assert any(line.startswith("says nothing") for line in advice(trial_of(home, feature("bill_3m"))))


def test_a_feature_that_looks_ahead_is_caught(home, monkeypatch):
    """The gate to the past is left open: facts of the day itself, and later ones, come in."""
    monkeypatch.setattr(facts, "_happened", lambda table, _, clock: table.cross_join(clock))
    trial = trial_of(home, feature("bills_due"))
    assert trial.leaks > 0
    assert advice(trial)[0].startswith("LEAK")


def test_the_label_with_noise_is_named(home):
    """A planted leak: what the source passes through as an attribute knows who left."""
    trial = trial_of(home, feature("usage_change_1m"))
    noise = np.random.default_rng(0).normal(scale=0.2, size=len(trial.rows))
    planted = trial.rows.assign(value=trial.rows["churned"].astype("float64").fillna(0.0) + noise)
    caught = replace(trial, feature=replace(trial.feature, name="exit_flag"), folds=folds_of(planted))
    assert any(line.startswith("too good: exit_flag has AUC ") for line in advice(caught))
    assert not any(line.startswith("too good") for line in advice(replace(trial, folds=folds_of(shuffled(planted)))))


def shuffled(rows):
    return rows.assign(value=np.random.default_rng(1).permutation(rows["value"].to_numpy()))


def test_an_unknown_name_is_told_with_the_nearest(tmp_path):
    home = make_project(tmp_path / "p", "simulated")
    with pytest.raises(ParamsError, match=r"no feature is named 'bill_shok_1m'.*did you mean bill_shock_1m"):
        tried(home, "bill_shok_1m", Silent())
    assert "bill_shock_1m" in registered(home)


def test_the_stability_index_of_equal_samples_is_zero_and_grows_with_the_shift():
    draw = np.random.default_rng(0)
    first = pd.Series(draw.normal(size=4000))
    assert stability_index(first, first) == 0
    near, far = (stability_index(first, first + shift) for shift in (0.1, 1.0))
    assert 0 < near < 0.05
    assert far > 0.25


def test_the_stability_index_by_hand():
    """Half a and half b became a quarter and three quarters."""
    before, now = pd.Series(["a"] * 50 + ["b"] * 50), pd.Series(["a"] * 25 + ["b"] * 75)
    expected = (0.25 - 0.5) * np.log(0.25 / 0.5) + (0.75 - 0.5) * np.log(0.75 / 0.5)
    assert stability_index(before, now) == pytest.approx(expected, rel=0.01)  # an empty bin counts as half a row


def test_markup_in_the_data_is_shown_as_it_is(home, capsys):
    region = feature("region")
    trial = replace(trial_of(home, region), feature=replace(region, unit="[/north]"))
    trial.rows["value"] = "[/bold]"
    tell(replace(trial, spread=pd.Series({"[/north]": 1.0})), "[red]")
    said = capsys.readouterr().out
    assert "[/north]" in said
    assert "[red]" in said
    Console(file=io.StringIO()).print(listed({"a": ("[/x]", replace(region, meaning="[/y]"))}))


def test_values_of_nobody_are_no_error(home):
    assert trial_of(home, feature("last_overall_score")).missing == 1
