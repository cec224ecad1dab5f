"""Values that public reports show in exports: what cannot be read costs itself alone, and never becomes its opposite.

Where: biolab/orange3#5172, pandas#19886, Rdatatable/data.table#1612, tableau/hyper-api-samples#54,
rustledger/rustledger#1473, nocobase/nocobase#5587, aotimme/gocsv#46, cmu-delphi/delphi-epidata#1366.
"""

from __future__ import annotations

import pytest
from tests.desk import Desk

USE = "subscriber_id,month,voice_min,sms\n"
PLACES = "SELECT id AS subscriber_id, place AS region FROM people"


@pytest.mark.parametrize("text", ["#DIV/0!", "#WERT!", "-999999", "1.2K", "########", "1:30:00"])
def test_one_measure_is_unknown_and_the_others_count(desk: Desk, text: str) -> None:
    desk.facts("usage", f"{USE}a,2025-01-01,{text},7\n")
    (row,) = desk.run().tables["usage"]
    assert (row["voice_min"], row["sms"]) == (None, 7.0)


@pytest.mark.parametrize(("lines", "ids"), [("b\x00,y\n", ["a", "b"]), ("\x00\x00\x00,\n", ["a"]), ("\x1a", ["a"])])
def test_zero_bytes_and_the_end_mark_of_dos_are_no_subscribers(desk: Desk, lines: str, ids: list[str]) -> None:
    desk.raw("people.csv", f"id,place\na,x\n{lines}")
    desk.sql("subscribers", PLACES)
    outcome = desk.run()
    assert outcome.ids() == ids
    assert len(outcome.tables["quarantine"]) == 2 - len(ids)


def test_consent_in_a_word_that_nobody_knows_is_not_consent(desk: Desk) -> None:
    desk.raw("people.csv", "id,ok\na,yes\nb,\u5426\n")
    desk.sql("subscribers", "SELECT id AS subscriber_id, ok AS contact_allowed FROM people")
    outcome = desk.run()
    assert (outcome.ids(), outcome.rules("subscribers")) == (["a"], ["type:contact_allowed"])


@pytest.mark.parametrize("text", ["5.00-", "(5.00)", "-5.00", "\u22125.00", "'-5.00"])
def test_a_credit_in_any_writing_is_below_zero(desk: Desk, text: str) -> None:
    """20 + 10 - 5 = 25; the minus behind, in brackets, of Unicode, and behind an apostrophe."""
    head = "subscriber_id,month,billed_on,plan_fee,overage_fee,vas_fee,other_fee,discount,total_due\n"
    lines = f"a,2025-01-01,2025-01-31,20,10,0,{text},0,25\nb,2025-01-01,2025-01-31,20,0,0,0.00,0,20\n"
    desk.facts("bills", head + lines, accounting=True)
    rows = {row["subscriber_id"]: row["other_fee"] for row in desk.run().tables["bills"]}
    assert rows == {"a": -5.0, "b": 0.0}


def test_quotes_behind_a_backslash_are_said(desk: Desk) -> None:
    desk.raw("people.csv", 'id,place\n"a","the \\"old\\" town"\n"b","at \\"x, y\\""\n"c","z"\n')
    desk.sql("subscribers", PLACES)
    outcome = desk.run()
    assert outcome.ids() == ["a", "c"]
    assert [row["rule"] for row in outcome.tables["quarantine"]] == ["unreadable"]
    assert any("quotes do not add up" in note for note in outcome.notes)
