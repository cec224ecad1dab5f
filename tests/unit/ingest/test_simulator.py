"""Facts about the simulated operator that hold for any seed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import yaml

from savedesk.ingest.simulator import simulate
from savedesk.params.simulator import SimulatorParams

REPO = Path(__file__).parents[3]
EXTRACTED_ON = pd.Timestamp("2025-07-01")
EVENT_DAY = {
    "bills": "billed_on",
    "complaints": "opened_at",
    "surveys": "surveyed_on",
    "contacts": "contacted_on",
    "plan_changes": "changed_on",
}
MAY_BE_FUTURE = {"contract_end", "due_on"}


def operator(**changes: Any) -> dict[str, pa.Table]:
    section = yaml.safe_load((REPO / "params.yaml").read_text(encoding="utf-8"))["simulator"]
    fixed = {"first_month": dt.date(2024, 1, 1), "months": 18, "seed": 7}
    return simulate(SimulatorParams.model_validate(section | fixed | changes))


def content(tables: dict[str, pa.Table]) -> dict[str, bytes]:
    made = {}
    for name, table in tables.items():
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        made[name] = sink.getvalue().to_pybytes()
    return made


@pytest.fixture(scope="module")
def frames() -> dict[str, pd.DataFrame]:
    return {name: _dated(table) for name, table in operator(subscribers=4000).items()}


def _dated(table: pa.Table) -> pd.DataFrame:
    frame = table.to_pandas()
    for field in table.schema:
        if pa.types.is_date(field.type):
            frame[field.name] = pd.to_datetime(frame[field.name])
    return frame


def by_subscriber(frame: pd.DataFrame, day: str) -> pd.Series:
    return frame.set_index("subscriber_id")[day]


def exits(frames: dict[str, pd.DataFrame]) -> pd.Series:
    changes = frames["status_changes"]
    return by_subscriber(changes[changes["status"].isin(["cancelled", "ported_out"])], "changed_on")


def lasting_suspensions(frames: dict[str, pd.DataFrame]) -> pd.Series:
    changes = frames["status_changes"]
    last = changes.sort_values("changed_on", kind="stable").groupby("subscriber_id").tail(1)
    return by_subscriber(last[last["status"] == "suspended_arrears"], "changed_on")


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not() -> None:
    first, again, other = (content(operator(subscribers=400, seed=seed)) for seed in (3, 3, 4))
    assert first == again
    assert all(first[name] != other[name] for name in first if name != "plans")


def test_an_operator_so_small_that_some_months_have_no_event_still_has_every_table() -> None:
    tables = operator(subscribers=50, months=3)
    assert tables["usage"].num_rows > 0
    assert tables["status_changes"].schema == operator(subscribers=400)["status_changes"].schema


def test_the_parts_of_a_bill_add_up_to_the_cent(frames: dict[str, pd.DataFrame]) -> None:
    bill = frames["bills"]
    parts = bill["plan_fee"] + bill["overage_fee"] + bill["vas_fee"] + bill["other_fee"] - bill["discount"]
    assert np.array_equal((parts * 100).round(), (bill["total_due"] * 100).round())


def test_calls_to_competitors_are_part_of_all_calls(frames: dict[str, pd.DataFrame]) -> None:
    assert (frames["usage"]["offnet_min"] <= frames["usage"]["voice_min"]).all()


@pytest.mark.parametrize("table", EVENT_DAY)
def test_nothing_happens_to_a_line_before_it_starts_or_after_it_left(
    frames: dict[str, pd.DataFrame], table: str
) -> None:
    facts = frames[table]
    day, line = facts[EVENT_DAY[table]], facts["subscriber_id"]
    assert (day >= line.map(by_subscriber(frames["subscribers"], "activated_on"))).all()
    assert not (day > line.map(exits(frames))).any()


def test_nobody_uses_a_line_after_it_left(frames: dict[str, pd.DataFrame]) -> None:
    use = frames["usage"]
    assert not (use["month"] > use["subscriber_id"].map(exits(frames))).any()


def test_no_date_lies_after_the_extraction(frames: dict[str, pd.DataFrame]) -> None:
    for frame in frames.values():
        for name in frame.select_dtypes("datetime").columns.difference(list(MAY_BE_FUTURE)):
            assert not (frame[name] > EXTRACTED_ON).any(), name


def test_a_suspended_line_owes_its_last_bills(frames: dict[str, pd.DataFrame]) -> None:
    suspended = lasting_suspensions(frames)
    bill = frames["bills"]
    of_them = bill[bill["subscriber_id"].isin(suspended.index)].sort_values("month", kind="stable")
    assert len(suspended) > 0
    assert of_them.groupby("subscriber_id").tail(2)["paid_on"].isna().all()


def test_whoever_pays_again_has_settled_the_older_bills(frames: dict[str, pd.DataFrame]) -> None:
    bill = frames["bills"].sort_values(["subscriber_id", "month"], kind="stable")
    next_paid = bill.groupby("subscriber_id")["paid_on"].shift(-1).notna()
    ripe = bill["month"] < EXTRACTED_ON - pd.DateOffset(months=3)
    assert not (bill["paid_on"].isna() & next_paid & ripe).any()


def test_between_one_and_a_half_and_three_percent_leave_in_a_month(frames: dict[str, pd.DataFrame]) -> None:
    left = len(exits(frames)) + len(lasting_suspensions(frames)) + len(fallen_silent(frames))
    assert 0.015 < left / (4000 * 18) < 0.03


def test_most_leave_of_their_own_will_and_some_by_arrears_or_silence(frames: dict[str, pd.DataFrame]) -> None:
    left = np.array([len(exits(frames)), len(lasting_suspensions(frames)), len(fallen_silent(frames))])
    shares = left / left.sum()
    assert 0.45 < shares[0] < 0.72
    assert 0.12 < shares[1] < 0.32
    assert 0.12 < shares[2] < 0.32


def fallen_silent(frames: dict[str, pd.DataFrame]) -> pd.Index:
    """Lines that used something, then nothing for two months running."""
    use = frames["usage"].sort_values(["subscriber_id", "month"], kind="stable")
    quiet = use["voice_min"] + use["data_mb"] + use["sms"] + use["broadband_gb"] + use["roaming_min"] == 0
    line = use["subscriber_id"]
    two = quiet & quiet.groupby(line).shift(1, fill_value=False) & ~quiet.groupby(line).shift(2, fill_value=True)
    return pd.Index(line[two].unique())


def test_a_fifth_of_the_lines_pays_more_than_a_third_of_the_money(frames: dict[str, pd.DataFrame]) -> None:
    paid = frames["bills"].groupby("subscriber_id")["total_due"].mean().sort_values(ascending=False)
    assert paid.head(len(paid) // 5).sum() / paid.sum() > 1 / 3


def test_both_arms_of_a_campaign_are_alike_before_it(frames: dict[str, pd.DataFrame]) -> None:
    contact = frames["contacts"]
    started = contact["subscriber_id"].map(by_subscriber(frames["subscribers"], "activated_on"))
    tenure = (contact["contacted_on"] - started).dt.days
    treated = contact["arm"] == "treated"
    gap = tenure[treated].mean() - tenure[~treated].mean()
    error = np.sqrt(tenure[treated].var() / treated.sum() + tenure[~treated].var() / (~treated).sum())
    assert abs(gap) < 4 * error
