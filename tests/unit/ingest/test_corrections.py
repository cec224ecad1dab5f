"""Several bills of a month, credit notes and corrections: what is accepted, and which bill they are put to."""

from __future__ import annotations

import pytest

FEES = "overage_fee,vas_fee,other_fee,discount"
HEAD = f"subscriber_id,month,billed_on,plan_fee,{FEES},total_due,bill_id,corrects\n"


def bill(who, month, billed_on, amount, bill_id="", corrects=""):
    return f"{who},2025-{month:02}-01,2025-{billed_on},{amount},0,0,0,0,{amount},{bill_id},{corrects}\n"


def settled(desk, *lines):
    """Return the accepted bills (month, bill, amount, bill that it corrects), and the rules that others broke."""
    desk.facts("bills", HEAD + "".join(lines))
    outcome = desk.run(max_quarantined_share=1)
    rows = [
        (row["subscriber_id"], row["month"].month, row["bill_id"], row["plan_fee"], row["corrects"])
        for row in outcome.tables["bills"]
    ]
    return sorted(rows, key=lambda row: row[:3]), [row["rule"] for row in outcome.tables["quarantine"]]


def test_the_day_of_the_bill_is_its_number_where_it_has_none(desk):
    rows, away = settled(desk, bill("a", 5, "05-10", 10), bill("a", 5, "05-31", 20))
    assert rows == [("a", 5, "2025-05-10", 10, None), ("a", 5, "2025-05-31", 20, None)]
    assert away == []


def test_bills_of_one_day_that_differ_contradict_each_other_and_copies_are_one(desk):
    lines = [bill("a", 5, "05-31", 10), bill("a", 5, "05-31", 20), bill("b", 5, "05-31", 9), bill("b", 5, "05-31", 9)]
    rows, away = settled(desk, *lines)
    assert rows == [("b", 5, "2025-05-31", 9, None)]
    rule = "subscriber_id,month,bill_id"
    assert sorted(away) == [f"copy:{rule}", f"unique:{rule}", f"unique:{rule}"]


def test_a_bill_taken_back_and_sent_again_on_its_day_is_there_once(desk):
    """One note, two bills: the second counts. Where an export doubled the rows, notes and all, nothing is left."""
    again = [bill("a", 5, "05-31", 10), bill("a", 5, "05-31", -10), bill("a", 5, "05-31", 10)]
    doubled = [bill("b", 5, "05-31", amount) for amount in (10, 10, -10, -10)]
    rows, away = settled(desk, *again, *doubled)
    assert sum(row[3] for row in rows if row[0] == "a") == 10
    assert sum(row[3] for row in rows if row[0] == "b") == 0
    assert away == ["copy:subscriber_id,month,bill_id"] * 2


def test_top_ups_of_one_day_are_told_apart_by_their_number(desk):
    rows, away = settled(desk, bill("a", 5, "05-31", 9, "1"), bill("a", 5, "05-31", 9, "2"))
    assert ([row[2] for row in rows], away) == (["1", "2"], [])


def test_a_correction_stands_in_the_month_of_the_bill_that_it_names(desk):
    """Also one of a correction: 3 takes part of 2 back, which corrects 1."""
    lines = [
        bill("a", 3, "03-31", 30, "1"),
        bill("a", 4, "04-30", 30, "x"),
        bill("a", 5, "05-10", -30, "2", "1"),
        bill("a", 6, "06-10", 5, "3", "2"),
    ]
    rows, away = settled(desk, *lines)
    assert rows == [("a", 3, "1", 30, None), ("a", 3, "2", -30, "1"), ("a", 3, "3", 5, "1"), ("a", 4, "x", 30, None)]
    assert away == []


@pytest.mark.parametrize(
    ("amount", "month", "billed_on", "corrected"),
    [
        (-15, 5, "05-15", "2025-04-30"),  # the newest
        (-15, 5, "05-31", "2025-05-31"),  # of its own month and day
        (-40, 5, "05-31", "2025-03-31"),  # the only one of just that amount
        (-35, 5, "05-31", "2025-03-31"),  # the newest that can bear it
        (-99, 5, "05-31", "2025-05-31"),  # none can: the newest
        (-15, 4, "05-02", "2025-04-30"),
    ],
)
def test_a_credit_note_that_names_nothing_belongs_to_the_newest_bill_that_it_fits(
    desk, amount, month, billed_on, corrected
):
    lines = [bill("a", 3, "03-31", 40), bill("a", 4, "04-30", 30), bill("a", 5, "05-31", 30)]
    rows, away = settled(desk, *lines, bill("a", month, billed_on, amount))
    assert [row[4] for row in rows if row[3] < 0] == [corrected]
    assert away == []


def test_a_correction_of_nothing_is_turned_away_with_its_rule(desk):
    """b has no bill, and one fee below zero beside others above it is no credit note; no z of a; c names itself."""
    lines = [
        bill("a", 3, "03-31", 40),
        bill("a", 4, "04-30", -40, "2", "z"),
        bill("b", 4, "04-30", -40),
        bill("c", 4, "04-30", 5, "9", "9"),
        "b,2025-05-01,2025-05-31,-10,20,0,0,0,10,,\n",
    ]
    rows, away = settled(desk, *lines)
    assert [row[0] for row in rows] == ["a"]
    assert sorted(away) == [
        "identity:below_zero",
        "identity:corrected_bill",
        "reference:corrects",
        "reference:corrects",
    ]


def test_a_correction_is_not_known_before_its_bill(desk):
    lines = [
        "subscriber_id,month,billed_on,plan_fee,overage_fee,vas_fee,other_fee,discount,total_due,known_on\n",
        "a,2025-03-01,2025-03-31,30,0,0,0,0,30,2025-04-20\n",
        "a,2025-03-01,2025-04-02,-10,0,0,0,0,-10,2025-04-02\n",
    ]
    desk.facts("bills", "".join(lines))
    assert {str(row["known_on"]) for row in desk.run().tables["bills"]} == {"2025-04-20"}


def test_bills_months_apart_and_more_than_one_a_month_are_said(desk):
    lines = [bill("a", 3, "03-31", 90), bill("a", 6, "06-30", 90), bill("b", 3, "03-10", 9), bill("b", 3, "03-20", 9)]
    desk.facts("bills", HEAD + "".join(lines))
    apart, several = (line for line in desk.run().warnings if line.startswith("bills"))
    assert apart.startswith("bills: 1 of 2 subscribers have bills that are months apart and no period")
    assert "period_start" in apart
    assert several.startswith("bills: 1 of 2 subscribers have more bills than months")


def test_a_fee_among_statements_of_nothing_is_said(desk):
    """a pays 120 for the year; b had a month free, and two before the first fee."""
    paid = {"a": (120, 0, 0, 0, 0, 0), "b": (0, 0, 30, 0, 30, 30)}
    lines = [bill(who, m + 3, f"0{m + 3}-28", fees[m]) for who, fees in paid.items() for m in range(6)]
    desk.facts("bills", HEAD + "".join(lines))
    (said,) = (line for line in desk.run().warnings if line.startswith("bills"))
    assert said.startswith(
        "bills: 1 of 2 subscribers have a plan fee now and then, statements of 0 in the months between"
    )
    assert "period_start" in said
