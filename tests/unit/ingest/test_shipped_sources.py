"""The shipped sources on the public files: every row is accepted, and no outcome gets among the attributes."""

from __future__ import annotations

import csv
import datetime as dt
import math
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from savedesk.params.registry import SCALARS
from savedesk.schemas.attributes import FAMILIES
from savedesk.stages.ingest.source import load_source

ROOT = Path(__file__).parents[3]
SOURCES = sorted(path.parent.name for path in (ROOT / "data/sources").glob("*/source.yaml"))
EXPECTED = {
    "iranian_churn": {
        "subscribers": 3150,
        "usage": 3150,
        "complaints": 241,
        "valuations": 3150,
        "labels": 3150,
        "attributes": 3150,
    },
    "ibm_telco": {"subscribers": 7043, "bills": 7032, "valuations": 7043, "labels": 7043, "attributes": 7043},
    "mlc_churn": {"subscribers": 5000, "usage": 5000, "bills": 5000, "labels": 5000, "attributes": 5000},
    "megaline": {"subscribers": 500, "plans": 2, "status_changes": 34, "usage": 3313, "bills": 3313},
}
CHURNERS = {"iranian_churn": 495, "ibm_telco": 1869, "mlc_churn": 707}


@pytest.fixture(scope="module")
def ingested(run_source, public_data: Path) -> dict[str, Any]:
    return {name: run_source(name, public_data) for name in EXPECTED}


def table(public_data: Path, file: str) -> list[dict[str, str]]:
    with (public_data / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("name", SOURCES)
def test_every_section_of_params_is_named(name: str) -> None:
    sections = set(yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))) | {"simulator"}
    own = yaml.safe_load((ROOT / "params" / f"{name}.yaml").read_text(encoding="utf-8"))
    assert set(own) == sections - set(SCALARS)


@pytest.mark.parametrize("name", SOURCES)
def test_each_declaration_is_well_formed(name: str) -> None:
    source = load_source(ROOT / "data/sources" / name)
    assert source.kind == "simulated" or all(file.sha256 for file in source.files.values())
    assert {attribute.family for attribute in source.attributes.values()} <= set(FAMILIES)


@pytest.mark.parametrize("name", EXPECTED)
def test_every_row_is_accepted(ingested, name: str) -> None:
    outcome = ingested[name]
    about = {"attribute_dictionary", "ingest_counts", "quarantine"}
    assert {table: len(rows) for table, rows in outcome.tables.items() if rows and table not in about} == EXPECTED[name]
    assert outcome.tables["quarantine"] == []


@pytest.mark.parametrize("name", CHURNERS)
def test_the_labels_are_the_published_ones(ingested, name: str) -> None:
    assert sum(row["churned"] for row in ingested[name].tables["labels"]) == CHURNERS[name]


@pytest.mark.parametrize("name", CHURNERS)
def test_nothing_but_labels_tells_who_left(ingested, name: str) -> None:
    """No value of an attribute, a subscriber column or a fact occurs among many leavers and never among stayers."""
    churned = {row["subscriber_id"]: row["churned"] for row in ingested[name].tables["labels"]}
    for kind in ("attributes", "subscribers", "usage", "bills", "complaints"):
        rows = ingested[name].tables[kind]
        for column in set(rows[0] if rows else ()) - {"subscriber_id", "account_id", "ticket_id"}:
            seen: dict[Any, list[bool]] = defaultdict(list)
            for row in rows:
                seen[row[column]].append(churned[row["subscriber_id"]])
            telling = [value for value, labels in seen.items() if len(labels) >= 30 and all(labels)]
            assert not telling, f"{name}.{column} tells: {telling}"


def test_outcome_columns_of_ibm_reach_no_table_but_labels(ingested, public_data: Path) -> None:
    tables = ingested["ibm_telco"].tables
    names = {name.lower().replace("_", "") for name in tables["attributes"][0]}
    assert not names & {
        "churn",
        "churnlabel",
        "churnvalue",
        "churnscore",
        "churnreason",
        "enddate",
        "begindate",
        "cltv",
    }
    later = {row["CustomerID"]: row for row in table(public_data, "ibm_telco/Telco_customer_churn_cltv.csv")}
    for secret in ("Churn Score", "CLTV"):
        truth = [float(later[row["subscriber_id"]][secret]) for row in tables["attributes"]]
        for column in tables["attributes"][0]:
            assert [row[column] for row in tables["attributes"]] != truth, f"{column} is {secret}"
    reasons = {row["Churn Reason"] for row in later.values()} - {""}
    for row in tables["attributes"]:
        assert not reasons & {value for value in row.values() if isinstance(value, str)}
    value = {row["subscriber_id"]: row["remaining_value"] for row in tables["valuations"]}
    assert all(value[who] == float(row["CLTV"]) for who, row in later.items())


def test_tenure_of_ibm_is_counted_back_alike_for_leavers_and_stayers(ingested) -> None:
    """BeginDate differs from as_of minus tenure for those who left only, so nothing may be made from it."""
    tables = ingested["ibm_telco"].tables
    months = {row["subscriber_id"]: row["tenure_months"] for row in tables["attributes"]}
    for row in tables["subscribers"]:
        began = row["activated_on"]
        assert (2020 - began.year) * 12 + 2 - began.month == months[row["subscriber_id"]]
        assert row["contract_start"] is None
        assert row["contract_end"] is None


def test_blank_total_charges_are_absent(ingested) -> None:
    rows = ingested["ibm_telco"].tables["attributes"]
    assert [row["tenure_months"] for row in rows if row["total_charges"] is None] == [0] * 11


def test_rows_without_id_keep_the_order_of_the_file(ingested, public_data: Path) -> None:
    raw = table(public_data, "iranian_churn/Customer_Churn.csv")
    rows = sorted(ingested["iranian_churn"].tables["attributes"], key=lambda row: row["subscriber_id"])
    assert [row["seconds_of_use"] for row in rows] == [int(line["Seconds of Use"]) for line in raw]
    assert rows[0]["subscriber_id"] == "I0001"
    equal = [tuple(value for name, value in row.items() if name != "subscriber_id") for row in rows]
    assert len(equal) - len(set(equal)) >= 300 - 20  # equal people are kept; a few differ in the label only


def test_the_use_of_the_iranian_set_is_the_mean_month_of_nine(ingested, public_data: Path) -> None:
    raw = table(public_data, "iranian_churn/Customer_Churn.csv")
    rows = sorted(ingested["iranian_churn"].tables["usage"], key=lambda row: row["subscriber_id"])
    for line, row in zip(raw, rows, strict=True):
        months = min(9, int(line["Subscription  Length"]))
        assert row["month"] == dt.date(2019, 12, 1)
        assert row["voice_min"] * 60 * months == pytest.approx(int(line["Seconds of Use"]))
        assert row["calls"] * months == pytest.approx(int(line["Frequency of use"]))
        assert row["sms"] * months == pytest.approx(int(line["Frequency of SMS"]))
        assert row["dropped_calls"] * months == pytest.approx(int(line["Call  Failure"]))
        assert row["distinct_called"] is None, "distinct numbers of nine months are no sum over months"


def test_a_complaint_of_unknown_day_is_neither_open_nor_said_to_be_recent(ingested, public_data: Path) -> None:
    raw = table(public_data, "iranian_churn/Customer_Churn.csv")
    began = {row["subscriber_id"]: row["activated_on"] for row in ingested["iranian_churn"].tables["subscribers"]}
    rows = {row["subscriber_id"]: row for row in ingested["iranian_churn"].tables["complaints"]}
    assert set(rows) == {f"I{n:04d}" for n, line in enumerate(raw, start=1) if line["Complains"] == "1"}
    for who, row in rows.items():
        assert row["opened_at"] == row["closed_at"] == max(dt.date(2019, 4, 1), began[who])
        assert row["known_on"] == dt.date(2019, 12, 31)


def test_the_last_charge_of_ibm_is_compared_with_what_the_total_leaves_for_the_months_before(ingested) -> None:
    tables = ingested["ibm_telco"].tables
    bills = {row["subscriber_id"]: row["total_due"] for row in tables["bills"]}
    for row in tables["attributes"]:
        months, change = row["tenure_months"], row["charge_change"]
        assert (row["subscriber_id"] in bills) == (months > 0), "nothing was billed in month 0"
        assert (change is None) == (months < 2)
        if months == 1:
            assert row["total_charges"] == row["monthly_charges"], "the total holds the last charge"
        if months > 1:
            before = (row["total_charges"] - row["monthly_charges"]) / (months - 1)
            assert before * (1 + change) == pytest.approx(bills[row["subscriber_id"]])


@pytest.mark.parametrize("name", CHURNERS)
def test_rows_that_are_alike_in_every_attribute_are_alike_in_every_fact(ingested, name: str) -> None:
    """Twins share a fold by their attributes alone, so no other table may tell them apart."""
    tables = ingested[name].tables
    keys = {"subscriber_id", "account_id", "ticket_id"}
    facts: dict[str, list[Any]] = defaultdict(list)
    for kind in ("subscribers", "usage", "bills", "complaints", "valuations"):
        for row in tables[kind]:
            facts[row["subscriber_id"]].append((kind, *(v for k, v in row.items() if k not in keys)))
    seen: dict[tuple[Any, ...], list[Any]] = {}
    for row in tables["attributes"]:
        twin = tuple(value for key, value in row.items() if key != "subscriber_id")
        mine = facts[row["subscriber_id"]]
        assert seen.setdefault(twin, mine) == mine


def day(text: str) -> dt.date:
    return dt.datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007 - a calendar day


USERS = ("1000", "1491", "1196", "1050")


@cache
def records(public_data: Path, file: str) -> dict[str, list[dict[str, str]]]:
    """Return the records of the users whom the test is about; the files are large, so each is read once."""
    rows = table(public_data, file)
    return {user: [row for row in rows if row["user_id"] == user] for user in USERS}


@pytest.mark.parametrize("user", USERS)
def test_a_month_of_megaline_is_what_its_records_say(ingested, public_data: Path, user: str) -> None:
    """Usage and bill of each month, the slow way, from the records of one subscriber."""
    (person,) = [row for row in table(public_data, "megaline/megaline_users.csv") if row["user_id"] == user]
    (plan,) = [row for row in table(public_data, "megaline/megaline_plans.csv") if row["plan_name"] == person["tariff"]]
    last = day(person["churn_date"]) if person["churn_date"] else dt.date(2018, 12, 31)
    calls = [
        (day(r["call_date"]), float(r["duration"])) for r in records(public_data, "megaline/megaline_calls.csv")[user]
    ]
    data = [
        (day(r["session_date"]), float(r["mb_used"]))
        for r in records(public_data, "megaline/megaline_internet.csv")[user]
    ]
    sms = [day(r["message_date"]) for r in records(public_data, "megaline/megaline_messages.csv")[user]]
    usage = {row["month"].month: row for row in ingested["megaline"].tables["usage"] if row["subscriber_id"] == user}
    bills = {row["month"].month: row for row in ingested["megaline"].tables["bills"] if row["subscriber_id"] == user}
    assert sorted(usage) == sorted(bills) == list(range(day(person["reg_date"]).month, last.month + 1))
    for month, used in usage.items():
        talked = [minutes for when, minutes in calls if when.month == month and when <= last]
        megabytes = [mb for when, mb in data if when.month == month and when <= last]
        messages = [when for when in sms if when.month == month and when <= last]
        active = {when for when, minutes in calls if minutes} | {when for when, mb in data if mb} | set(sms)
        assert used["voice_min"] == pytest.approx(sum(talked))
        assert (used["calls"], used["sms"]) == (sum(minutes > 0 for minutes in talked), len(messages))
        assert used["data_mb"] == pytest.approx(sum(megabytes))
        assert used["active_days"] == len([when for when in active if when.month == month and when <= last])
        over = max(0, sum(math.ceil(minutes) for minutes in talked) - int(plan["minutes_included"])) * float(
            plan["usd_per_minute"]
        )
        over += max(0, len(messages) - int(plan["messages_included"])) * float(plan["usd_per_message"])
        gigabytes = math.ceil(round(sum(megabytes), 2) / 1024)
        over += max(0, gigabytes - int(plan["mb_per_month_included"]) / 1024) * float(plan["usd_per_gb"])
        assert bills[month]["overage_fee"] == pytest.approx(over, abs=0.006)
        assert bills[month]["plan_fee"] == float(plan["usd_monthly_pay"])
