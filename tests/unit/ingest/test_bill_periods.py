"""Periods of bills: what is said of those that are half there, missing where others have one, or far away."""

from __future__ import annotations

import pytest

HEAD = (
    "subscriber_id,month,billed_on,plan_fee,overage_fee,vas_fee,other_fee,discount,total_due,period_start,period_end\n"
)


def bill(who, month, amount, first="", last=""):
    return f"{who},{month}-01,{month}-28,{amount},0,0,0,0,{amount},{first},{last}\n"


def ingested(desk, *lines):
    desk.facts("bills", HEAD + "".join(lines))
    outcome = desk.run(max_quarantined_share=1)
    away = [row["rule"] for row in outcome.tables["quarantine"]]
    return outcome, [said for said in outcome.warnings if said.startswith("bills") and "period_" in said], away


def test_half_a_period_is_said(desk):
    lines = [bill("a", "2025-03", 30, "2025-03-01"), bill("a", "2025-04", 30, "2025-04-01", "2025-04-30")]
    _, (said,), away = ingested(desk, *lines, bill("a", "2025-05", 30))
    assert said.startswith("bills: 1 of 3 have one of period_start and period_end and not the other, such as one of a")
    assert away == []


def test_a_plan_fee_without_a_period_after_those_with_a_longer_one_is_said(desk):
    """Of a the third quarter has none. The use of b beside a quarter, and its statements of nothing, need none."""
    quarters = [("2025-01-01", "2025-03-31"), ("2025-04-01", "2025-06-30")]
    ends = ["2025-03", "2025-06"]
    lines = [bill(who, end, 90, *days) for who in "ab" for end, days in zip(ends, quarters, strict=True)]
    lines += [bill("b", "2025-07", 0), bill("b", "2025-04", 0), bill("b", "2025-05", 0)]
    assert not [said for said in ingested(desk, *lines)[1] if "later plan fee" in said]
    said = [line for line in ingested(desk, *lines, bill("a", "2025-09", 90))[1] if "later plan fee" in line]
    assert len(said) == 1
    assert said[0].startswith("bills: 1 subscribers, such as a, have a bill with a period longer than a month")


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2025-03-01", "2030-04-01"),  # longer than 60 months
        ("2020-02-28", "2020-03-31"),  # begins more than 60 months before March 2025
        ("2030-03-01", "2030-04-30"),  # ends more than 60 months after it
        ("1925-03-01", ""),
    ],
)
def test_a_period_that_no_bill_can_be_for_makes_its_month_unknown(desk, first, last):
    outcome, _, away = ingested(desk, bill("a", "2025-03", 30, first, last), bill("b", "2025-03", 30))
    assert away == ["identity:period_near"]
    (lost,) = outcome.tables["unknown_facts"]
    assert (lost["subscriber_id"], str(lost["day"]), lost["column"]) == ("a", "2025-03-28", None)


@pytest.mark.parametrize("last", ["2030-02-28", "2030-03-01"])
def test_a_period_of_sixty_months_is_read(desk, last):
    assert ingested(desk, bill("a", "2025-03", 1800, "2025-03-01", last))[2] == []


def test_a_period_end_that_cannot_be_read_is_a_fact_that_is_unknown(desk):
    outcome, _, _ = ingested(desk, bill("a", "2025-03", 360, "2025-03-01", "the end"), bill("b", "2025-03", 30))
    (lost,) = outcome.tables["unknown_facts"]
    assert (lost["subscriber_id"], str(lost["day"]), lost["column"]) == ("a", "2025-03-28", "period_end")
