"""What is paid a month from bills as public reports show them; worked out by hand from the bills alone.

Where: pax8labs/pax8-cli#439 (terms of two years); felixb/callmeter#121 and #42 (28 days); invoiceninja#3145 (a void
invoice and its replacement); FOCUS_Spec#1902 (one correction of several invoices); getlago/lago-api#1840 (the 30th of
each month); TryGhost/Members#255 (refunds counted twice).
"""

from __future__ import annotations

import pytest
from tests.unit.value.test_margin_over_time import by_days, every, of, rates


def test_a_fee_of_two_years_is_a_24th_a_month(tmp_path):
    """From the second bill on, or once a period says it."""
    assert rates(tmp_path / "a", every("a", "2022-01-01", 2, 720.0, 24), "2024-03-01", "2025-01-01") == [30, 30]
    rows = of("""
    subscriber_id | month      | billed_on  | plan_fee | period_start | period_end
    a             | 2023-01-01 | 2023-01-05 | 720      | 2023-01-01   | 2024-12-31
    """)
    assert rates(tmp_path / "b", rows, "2024-02-01", "2024-12-01", activated="2023-01-01") == [30, 30]


@pytest.mark.parametrize("days", [7, 28])
def test_thirteen_periods_a_year_are_more_than_twelve_months(tmp_path, days):
    """One a day is 30.4375 a month, however it is paid."""
    rows = by_days("a", "2023-01-05", [days] * (730 // days), float(days))
    assert rates(tmp_path, rows, "2024-03-01", "2024-06-01") == pytest.approx([30.4375, 30.4375])


def test_a_void_invoice_and_the_one_in_its_place_are_one_bill(tmp_path):
    rows = every("a", "2024-01-01", 5, 30.0) + of("""
    subscriber_id | month      | billed_on  | plan_fee | bill_id
    a             | 2024-06-01 | 2024-06-28 | 0        | void
    a             | 2024-06-01 | 2024-06-30 | 30       | new
    """)
    assert rates(tmp_path, rows, "2024-07-01") == [30]


@pytest.mark.parametrize(("note", "left"), [(-90, 0), (-45, 15)])
def test_one_credit_note_for_a_quarter_is_taken_from_the_quarter(tmp_path, note, left):
    rows = every("a", "2024-01-01", 6, 30.0) + of(f"""
    subscriber_id | month      | billed_on  | plan_fee
    a             | 2024-06-01 | 2024-07-10 | {note}
    """)
    assert rates(tmp_path, rows, "2024-07-01", "2024-08-01") == [30, left]


def test_bills_of_the_30th_are_monthly_in_february_too(tmp_path):
    rows = of("""
    subscriber_id | month      | billed_on  | plan_fee
    a             | 2024-01-01 | 2024-01-30 | 30
    a             | 2024-02-01 | 2024-02-29 | 30
    a             | 2024-03-01 | 2024-03-30 | 30
    a             | 2024-04-01 | 2024-04-30 | 30
    """)
    assert rates(tmp_path, rows, "2024-04-01", "2024-05-01") == [30, 30]
