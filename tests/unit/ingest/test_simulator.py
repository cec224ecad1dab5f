"""Facts about the simulated operator that hold for any seed."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from tests.project import ROOT
from tests.simulated import frames_of, operator, section

from savedesk.simulator import simulate

EXTRACTED_ON = pd.Timestamp("2025-07-01")
EVENT_DAY = {
    "bills": "billed_on",
    "complaints": "opened_at",
    "surveys": "surveyed_on",
    "contacts": "contacted_on",
    "plan_changes": "changed_on",
}
MAY_BE_FUTURE = {"contract_end", "due_on", "discount_until"}


def written(folder: Path, workers: int = 1, **changes: object) -> dict[str, bytes]:
    """Return the bytes of every file that the simulator writes."""
    list(simulate(section(**changes), folder, workers))
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


@pytest.fixture(scope="module")
def frames() -> dict[str, pd.DataFrame]:
    return frames_of(operator(subscribers=4000))


def by_subscriber(frame: pd.DataFrame, day: str) -> pd.Series:
    return frame.set_index("subscriber_id")[day]


def exits(frames: dict[str, pd.DataFrame]) -> pd.Series:
    changes = frames["status_changes"]
    return by_subscriber(changes[changes["status"].isin(["cancelled", "ported_out"])], "changed_on")


def lasting_suspensions(frames: dict[str, pd.DataFrame]) -> pd.Series:
    changes = frames["status_changes"]
    last = changes.sort_values("changed_on", kind="stable").groupby("subscriber_id").tail(1)
    return by_subscriber(last[last["status"] == "suspended_arrears"], "changed_on")


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    first, again, other = (
        written(tmp_path / str(run), subscribers=400, seed=seed) for run, seed in enumerate((3, 3, 4))
    )
    assert first == again
    assert first.keys() == other.keys()
    assert all(first[name] != other[name] for name in first if not name.startswith("plans"))


def test_the_number_of_workers_changes_no_byte(tmp_path: Path) -> None:
    parts = {
        "subscribers": 400,
        "chunk_subscribers": 150,
        "months": 4,
        "burn_in_months": 2,
        "truth": {"first_month": 2},
    }
    alone, together = (written(tmp_path / str(workers), workers, **parts) for workers in (1, 2))
    assert len(alone) == 10 * 3 + 3
    assert alone == together


def test_lines_accounts_and_tickets_of_different_parts_have_different_ids() -> None:
    tables = operator(subscribers=400, chunk_subscribers=150, months=6)
    for table, key in (("subscribers", "subscriber_id"), ("complaints", "ticket_id"), ("contacts", "contact_id")):
        ids = tables[table].column(key).to_pylist()
        assert len(ids) == len(set(ids)) > 0
    assert set(tables["bills"].column("subscriber_id").to_pylist()) <= set(
        tables["subscribers"].column("subscriber_id").to_pylist()
    )


def test_an_operator_so_small_that_some_months_have_no_event_still_has_every_table() -> None:
    tables = operator(subscribers=50, months=3)
    assert tables["usage"].num_rows > 0
    assert tables["status_changes"].schema == operator(subscribers=400)["status_changes"].schema


def moments(seed: int) -> dict[str, float]:
    """Return figures of an operator that do not hang on the luck of its regions and prices."""
    tables = frames_of(operator(subscribers=3000, months=6, seed=seed))
    use, bill, line = tables["usage"], tables["bills"], tables["subscribers"]
    voice = np.log(use.loc[use["voice_min"] > 0, "voice_min"])
    return {
        "log voice": voice.mean(),
        "spread of log voice": voice.std(),
        "median bill": np.log(bill["total_due"].clip(lower=1).median()),
        "consumers": (line["segment"] == "consumer").mean(),
        "birth year": line["birth_year"].mean() / 10,
        "without contract": line["contract_end"].isna().mean(),
        "paid late": (bill["paid_on"] > bill["due_on"]).mean(),
        "answers a line": len(tables["surveys"]) / 3000,
    }


def test_another_seed_gives_another_operator_with_the_same_statistics() -> None:
    figures = pd.DataFrame([moments(seed) for seed in (1, 2, 3)])
    assert (figures.max() - figures.min() < 0.2).all(), figures.T  # the seed draws the price rises too
    assert (figures.nunique() == 3).all()


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


def test_a_fifth_of_the_lines_makes_between_60_and_80_percent_of_the_money(frames: dict[str, pd.DataFrame]) -> None:
    paid = frames["bills"].groupby("subscriber_id")["total_due"].mean().sort_values(ascending=False)
    assert 0.6 < paid.head(len(paid) // 5).sum() / paid.sum() < 0.8


def test_both_arms_of_a_campaign_are_alike_before_it(frames: dict[str, pd.DataFrame]) -> None:
    contact = frames["contacts"]
    contact = contact[contact["campaign_id"] != "sales"]
    started = contact["subscriber_id"].map(by_subscriber(frames["subscribers"], "activated_on"))
    tenure = (contact["contacted_on"] - started).dt.days
    treated = contact["arm"] == "treated"
    gap = tenure[treated].mean() - tenure[~treated].mean()
    error = np.sqrt(tenure[treated].var() / treated.sum() + tenure[~treated].var() / (~treated).sum())
    assert abs(gap) < 4 * error


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"population": {"contract_shares": [0.5, 0.5]}}, "one share for each of contract_months"),
        ({"population": {"segment_shares": [0.5, 0.5, 0.5]}}, "add up to 1.5"),
        ({"population": {"age_range": [80, 20]}}, "the smallest first"),
        ({"prices": {"rise_range": [0.3, 0.1]}}, "the smallest first"),
        ({"actions": {"by_name": {"payment_plan": {"cures": {"flu": 0.5}}}}}, "unknown cause flu; allowed: drift"),
        ({"campaigns": {"contact_days": 20}}, "every contact comes before the window"),
        ({"truth": {"dormant_days": 31}}, "at least lead_days \\+ outcome_days - 28, here 46"),
        ({"first_month": dt.date(2024, 1, 15)}, "the first day of a month"),
    ],
)
def test_params_that_make_no_operator_are_refused(changes: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        section(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"burn_in_months": 0},
        {"chunk_subscribers": 50, "subscribers": 101},
        {"population": {"regions": ["Only"]}},
        {"campaigns": {"monthly_share": 0.0, "sales_rate": 0.0}},
        {"campaigns": {"monthly_share": 1.0, "quiet_months": 0}},
        {"hazard": {"natural_rate": 1.0}},
        {"surveys": {"processes_asked": 8, "answer_rate": 1.0}},
    ],
)
def test_the_ends_of_the_ranges_make_an_operator(changes: dict[str, object]) -> None:
    tables = operator(**{"subscribers": 60, "months": 8, "burn_in_months": 2} | changes)
    assert len(tables) == 13
    assert tables["truth"].num_rows > 0


def test_no_worker_outlives_a_killed_run(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from savedesk.simulator import simulate; "
        "from tests.simulated import section; print('begun', flush=True); "
        "list(simulate(section(subscribers=160_000, chunk_subscribers=80_000), Path(sys.argv[1]), 2))"
    )
    begun = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True
    )
    assert begun.stdout is not None
    assert begun.stdout.readline() == b"begun\n"
    time.sleep(3)  # until the workers are at work
    begun.kill()
    begun.wait()
    waited = time.monotonic() + 20
    while time.monotonic() < waited and _alive(begun.pid):
        time.sleep(0.1)
    assert not _alive(begun.pid)
    assert not list(tmp_path.glob("usage/*"))  # it was killed at work, not after it


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
