"""A row of the list comes out again from what it was made from, and says what differs where that has changed."""

from __future__ import annotations

import json
import os
import shutil

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from tests.project import Silent, run_stages

from savedesk.errors import MissingInputError, ParamsError
from savedesk.model.schema import ModelSchema
from savedesk.operations.batch_scoring import score_as_of
from savedesk.operations.outcomes.command import import_outcomes
from savedesk.operations.review.kept_lists import keep_newest
from savedesk.operations.review.replay import replayed
from savedesk.params.load import overlay
from savedesk.schemas import bills, decisions, features, model, subscribers

pytestmark = pytest.mark.xdist_group("simulated")  # what they share is made once


@pytest.fixture
def project(simulated, tmp_path):
    """A project of the test's own; what is not changed is shared."""
    home, _ = simulated
    shutil.copytree(
        home, tmp_path / "own", copy_function=_linked, ignore=shutil.ignore_patterns("mlruns", ".kept", "scored")
    )
    return tmp_path / "own"


def _linked(source, target):
    (shutil.copyfile if source.endswith("params.yaml") else os.link)(source, target)


def first(project, table=decisions.LIST):
    return pd.read_parquet(project / table.path).sort_values("rank").iloc[0]


def rewrite(path, change):
    rows = change(pq.read_table(path, partitioning=None).to_pandas())
    schema = pq.read_schema(path)
    path.unlink()  # a link: the other project keeps its own
    pq.write_table(pa.Table.from_pandas(rows, schema=schema, preserve_index=False), path)


def names(recomputed):
    return [difference.name for difference in recomputed.differences]


def test_rows_of_the_list_and_of_the_hold_out_come_out_again(simulated):
    home, _ = simulated
    for table in (decisions.LIST, decisions.HOLD_OUT):
        recomputed = replayed(home, first(home, table)["receipt"])
        assert (recomputed.table, names(recomputed)) == (table.name, [])


def test_a_changed_feature_is_noticed(project):
    row = first(project)
    day = str(row["receipt"])[:10]
    path = project / features.TABLE.path / features.TABLE.part_name(day)

    read = ModelSchema.from_json(json.loads((project / model.SCHEMA.path).read_text())["columns"]).inputs
    name = next(name for name, dtype in read.items() if dtype != "string")

    def changed(rows):
        own = rows["subscriber_id"] == row["subscriber_id"]
        return rows.assign(**{name: rows[name].where(~own, 1.2345)})

    rewrite(path, changed)
    assert names(replayed(project, row["receipt"]))[:1] == ["features"]


def test_a_changed_bill_is_named_by_what_it_changes(project):
    row = first(project)
    own = row["subscriber_id"]
    rewrite(
        project / bills.TABLE.path,
        lambda rows: rows.assign(total_due=rows["total_due"].where(rows["subscriber_id"] != own, 1.0)),
    )
    differences = names(replayed(project, row["receipt"]))
    assert {"margin", "remaining_value", "expected_gain"} <= set(differences)
    assert not {"churn_probability", "features", "model version", "section prioritise"} & set(differences)


def test_another_policy_is_named(project):
    row = first(project)
    path = project / "params.yaml"
    given = yaml.safe_load(path.read_text(encoding="utf-8"))
    dearer = {name: {"cost": 1.5 * channel["cost"]} for name, channel in given["prioritise"]["channels"].items()}
    changed = overlay(given, {"prioritise": {"channels": dearer}})
    path.write_text(yaml.safe_dump(changed, allow_unicode=True, sort_keys=False), encoding="utf-8")
    differences = names(replayed(project, row["receipt"]))
    assert "section prioritise" in differences
    assert "contact_cost" in differences


def test_a_receipt_that_no_row_has_is_refused(simulated):
    home, _ = simulated
    with pytest.raises(ParamsError, match="no row has this receipt"):
        replayed(home, "2026-01-01.00000000.00000000.00000000.00000000")
    with pytest.raises(ParamsError, match="is no receipt; allowed: <as_of>"):
        replayed(home, "17")


def test_a_row_of_a_kept_list_says_how_to_make_it_again(project):
    row = first(project)
    keep_newest(project, project)
    other = pd.read_parquet(project / decisions.LIST.path).assign(receipt="-")
    rewrite(project / decisions.LIST.path, lambda _: other)
    with pytest.raises(MissingInputError, match="score --as-of"):
        replayed(project, row["receipt"])


def test_outcomes_keep_everybody_off_a_list_made_anew_and_the_receipts_of_the_old_one_replay(project):
    """The whole list was called on the day after; nobody is on a list of the same month again, in either path."""
    keep_newest(project, project)
    listed = pd.read_parquet(project / decisions.LIST.path).sort_values("rank")
    day = pd.Timestamp(str(listed["receipt"].iloc[0])[:10]) + pd.Timedelta(days=1)
    outcomes = ["asked_not_to_call", "already_left", "wrong_number"] + ["declined"] * len(listed)
    lines = [f"{name},{day.date()},{word}" for name, word in zip(listed["subscriber_id"], outcomes, strict=False)]
    (project / "sheet.csv").write_text("\n".join(["subscriber_id,contacted_on,outcome", *lines]), encoding="utf-8")
    imported = import_outcomes(project, project / "sheet.csv", day.date())
    assert (imported.added, imported.waiting) == (len(listed), len(listed))
    assert names(replayed(project, listed["receipt"].iloc[0])) == []

    run_stages(project, ["ingest", "prioritise"])
    score_as_of(project, "newest", "", Silent(), with_list=True)
    for folder in (project, project / "data" / "scored" / str(imported.data_until)):
        now = pd.read_parquet(folder / decisions.TABLE.path)
        now = now[pd.to_datetime(now["as_of"]) == pd.Timestamp(now["as_of"].max())].set_index("subscriber_id")
        rules = now.loc[listed["subscriber_id"], "rule"].tolist()
        assert rules[:3] == ["asked_since", "left_reported", "wrong_number_since"]
        assert set(rules[3:]) == {"contacted_since"}
        again = pd.read_parquet(folder / decisions.LIST.path)
        assert not set(again["subscriber_id"]) & set(listed["subscriber_id"])
    consent = pd.read_parquet(project / subscribers.TABLE.path).set_index("subscriber_id")["contact_allowed"]
    assert not consent[listed["subscriber_id"].iloc[0]]
