"""Contacts that agents reported back stand beside those of the source."""

from __future__ import annotations

import datetime as dt

import pyarrow.parquet as pq
import pytest
from tests import reported
from tests.tables import table

from savedesk.errors import DataContractError
from savedesk.schemas import contacts
from savedesk.schemas.outcomes import DRAWN_FILE, OLD_CONTACTS_FILE

LIST = "base:2026-01-01"
REPORTED = """
    subscriber_id | contacted_on | outcome
    a             | 2026-01-05   | declined
    b             | 2026-01-06   | asked_not_to_call
    a             | 2026-02-03   | not_reached
"""
DRAWN = """
    subscriber_id | arm     | rank | action   | channel | offer_cost | expected_gain
    a             | treated | 1    | check_in | call    | 0          | 9
    b             | treated | 2    | check_in | call    | 0          | 5
    c             | control |      | check_in | call    | 0          | 7
"""
OWN = "contact_id,subscriber_id,contacted_on,arm\n1,a,2025-12-01,treated\n2,b,2026-01-06,treated\n"


def report(desk, text=REPORTED, source="mine"):
    return reported.report(desk.root, "2026-01-01", text, DRAWN, source)


def test_without_outcomes_nothing_changes(desk):
    desk.facts("contacts", OWN)
    before = desk.run()
    report(desk, source="another")
    after = desk.run()
    assert (after.tables, after.metrics, after.facts) == (before.tables, before.metrics, before.facts)
    assert not [name for name in after.metrics if name.startswith("outcomes")]


def test_a_source_without_contacts_has_those_that_were_reported(desk):
    report(desk)
    outcome = desk.run()
    assert {row["contact_id"]: row["arm"] for row in outcome.tables["contacts"]} == {
        f"{LIST}:a:2026-01-05": "treated",
        f"{LIST}:b:2026-01-06": "treated",
        f"{LIST}:c:held": "control",
    }


def test_what_lies_after_the_extraction_waits(desk):
    report(desk)
    assert desk.run().metrics["outcomes_waiting"] == 1
    desk.source["extracted_on"] = "2026-02-28"
    outcome = desk.run()
    assert outcome.metrics["outcomes_waiting"] == 0
    assert f"{LIST}:a:2026-02-03" in {row["contact_id"] for row in outcome.tables["contacts"]}


def test_a_contact_that_the_source_has_itself_is_not_doubled(desk):
    desk.facts("contacts", OWN)
    report(desk)
    outcome = desk.run()
    assert sorted(row["contact_id"] for row in outcome.tables["contacts"]) == [
        "1",
        "2",
        f"{LIST}:a:2026-01-05",
        f"{LIST}:c:held",
    ]
    assert (outcome.metrics["contacts_accepted"], outcome.metrics["outcomes_in_source"]) == (2, 1)


def consent(outcome):
    return {row["subscriber_id"]: row["contact_allowed"] for row in outcome.tables["subscribers"]}


def test_who_asked_for_no_more_calls_has_no_consent_at_once(desk):
    """The contact itself waits until the data reach its day; the refusal does not."""
    report(desk)
    assert consent(desk.run()) == {"a": None, "b": False, "c": None}
    desk.source["extracted_on"] = "2026-01-05"
    outcome = desk.run()
    assert consent(outcome) == {"a": None, "b": False, "c": None}
    assert f"{LIST}:b:2026-01-06" not in {row["contact_id"] for row in outcome.tables["contacts"]}


def test_a_refusal_counts_although_the_source_has_a_contact_of_that_day(desk):
    desk.facts("contacts", OWN)
    report(desk)
    assert consent(desk.run()) == {"a": None, "b": False, "c": None}


def test_who_is_no_subscriber_any_more_goes_to_quarantine_and_stops_nothing(desk):
    report(desk, REPORTED.replace("    b  ", "    x  "))
    outcome = desk.run(max_quarantined_share=0.0)
    assert outcome.rules("outcomes") == ["reference:subscriber_id"]
    assert (
        outcome.metrics["outcomes_in"] == outcome.metrics["outcomes_accepted"] + outcome.metrics["outcomes_quarantined"]
    )


def test_the_day_of_a_contact_is_the_day_it_was_known(desk):
    report(desk)
    assert {row["known_on"] for row in desk.run().tables["contacts"]} == {dt.date(2026, 1, day) for day in (1, 5, 6)}


@pytest.mark.parametrize(("least", "arms"), [(0.5, {"treated", "control"}), (1.0, {"treated"})])
def test_a_changed_share_that_must_be_reported_acts_on_outcomes_that_are_there(desk, least, arms):
    """Of a list of three the first and the last are reported: two thirds teach where half is enough."""
    drawn = DRAWN.replace("| 2    |", "| 3    |") + "y | treated | 2 | check_in | call | 0 | 8"
    reported.report(desk.root, "2026-01-01", REPORTED, drawn)
    outcome = desk.run(policy={"learning": {"minimum_reported": least}})
    assert {row["arm"] for row in outcome.tables["contacts"]} == arms


def test_a_changed_cost_of_a_channel_acts_on_outcomes_that_are_there(desk):
    sheet = "subscriber_id | contacted_on | channel | outcome\n a | 2026-01-05 | call | declined"
    reported.report(desk.root, "2026-01-01", sheet, DRAWN)
    for cost in (2.0, 3.5):
        (row,) = desk.run(policy={"channels": {"call": {"cost": cost}}}).tables["contacts"]
        assert row["cost"] == cost


def test_contacts_that_an_older_version_made_of_outcomes_stay_as_they_are(desk):
    folder = report(desk)
    (folder / DRAWN_FILE).unlink()
    old_contacts = "contact_id|subscriber_id|contacted_on|campaign_id|arm|outcome\nL:a|a|2026-01-05|L|treated|declined"
    pq.write_table(table(contacts.TABLE, old_contacts), folder / OLD_CONTACTS_FILE)
    (row,) = desk.run().tables["contacts"]
    assert (row["contact_id"], row["campaign_id"], row["arm"]) == ("L:a", "L", "treated")


@pytest.mark.parametrize("content", [None, b"PAR1 and no more"])
def test_an_import_of_which_a_part_is_gone_or_damaged_stops_with_the_way_out(desk, content):
    folder = report(desk)
    (folder / DRAWN_FILE).unlink()
    if content is not None:
        (folder / DRAWN_FILE).write_bytes(content)
    with pytest.raises(DataContractError, match=r"damaged, or a part of it is gone.*import the outcome sheets"):
        desk.run()


def test_a_folder_that_is_no_day_is_not_looked_at(desk):
    (report(desk).parent / "notes").mkdir()
    (report(desk).parent / "notes" / "reported.parquet").write_bytes(b"mine")
    assert len(desk.run().tables["contacts"]) == 3
