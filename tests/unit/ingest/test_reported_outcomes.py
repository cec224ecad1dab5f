"""Contacts that agents reported back stand beside those of the source."""

from __future__ import annotations

import datetime as dt

import pyarrow.parquet as pq
from tests.tables import table

from savedesk.schemas import contacts
from savedesk.schemas.outcomes import CONTACTS_FILE, FOLDER

REPORTED = """
    contact_id | subscriber_id | contacted_on | campaign_id | arm     | outcome
    L:a        | a             | 2026-01-05   | L           | treated | declined
    L:b        | b             | 2026-01-06   | L           | treated | asked_not_to_call
    L:c        | c             | 2026-01-01   | L           | control |
    L:late     | a             | 2026-02-03   |             | treated | not_reached
"""
OWN = "contact_id,subscriber_id,contacted_on,arm\n1,a,2025-12-01,treated\n2,b,2026-01-06,treated\n"


def report(desk, text=REPORTED, source="mine"):
    folder = desk.root / FOLDER / source / "2026-01-01"
    folder.mkdir(parents=True)
    pq.write_table(table(contacts.TABLE, text), folder / CONTACTS_FILE)


def test_without_outcomes_nothing_changes(desk):
    desk.facts("contacts", OWN)
    before = desk.run()
    report(desk, source="another")
    after = desk.run()
    assert (after.tables, after.metrics, after.facts) == (before.tables, before.metrics, before.facts)
    assert not [name for name in after.metrics if name.startswith("outcomes")]


def test_a_source_without_contacts_has_those_that_were_reported(desk):
    report(desk)
    found = desk.run()
    assert {row["contact_id"]: row["arm"] for row in found.tables["contacts"]} == {
        "L:a": "treated",
        "L:b": "treated",
        "L:c": "control",
    }


def test_what_lies_after_the_extraction_waits(desk):
    report(desk)
    assert desk.run().metrics["outcomes_waiting"] == 1
    desk.source["extracted_on"] = "2026-02-28"
    found = desk.run()
    assert found.metrics["outcomes_waiting"] == 0
    assert "L:late" in {row["contact_id"] for row in found.tables["contacts"]}


def test_a_contact_that_the_source_has_itself_is_not_doubled(desk):
    desk.facts("contacts", OWN)
    report(desk)
    found = desk.run()
    assert sorted(row["contact_id"] for row in found.tables["contacts"]) == ["1", "2", "L:a", "L:c"]
    assert (found.metrics["contacts_accepted"], found.metrics["outcomes_in_source"]) == (2, 1)


def consent(found):
    return {row["subscriber_id"]: row["contact_allowed"] for row in found.tables["subscribers"]}


def test_who_asked_for_no_more_calls_has_no_consent_at_once(desk):
    """The contact itself waits until the data reach its day; the refusal does not."""
    report(desk)
    assert consent(desk.run()) == {"a": None, "b": False, "c": None}
    desk.source["extracted_on"] = "2026-01-05"
    found = desk.run()
    assert consent(found) == {"a": None, "b": False, "c": None}
    assert "L:b" not in {row["contact_id"] for row in found.tables["contacts"]}


def test_a_refusal_counts_although_the_source_has_a_contact_of_that_day(desk):
    desk.facts("contacts", OWN)
    report(desk)
    assert consent(desk.run()) == {"a": None, "b": False, "c": None}


def test_who_is_no_subscriber_any_more_goes_to_quarantine_and_stops_nothing(desk):
    report(desk, REPORTED.replace("| b ", "| x "))
    found = desk.run(max_quarantined_share=0.0)
    assert found.rules("outcomes") == ["reference:subscriber_id"]
    assert found.metrics["outcomes_in"] == found.metrics["outcomes_accepted"] + found.metrics["outcomes_quarantined"]


def test_the_day_of_a_contact_is_the_day_it_was_known(desk):
    report(desk)
    assert {row["known_on"] for row in desk.run().tables["contacts"]} == {dt.date(2026, 1, day) for day in (1, 5, 6)}
