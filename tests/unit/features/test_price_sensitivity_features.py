"""Family price_sensitivity: bills and fees in, values out."""

from __future__ import annotations

import pytest
from tests.tables import feature_values

from savedesk.contracts import bills, complaints, plan_changes, subscribers

AS_OF = "2025-07-01"


def of(given, *names, who="a"):
    people = "subscriber_id\na\nb"
    found = feature_values({subscribers.TABLE: people, **given}, AS_OF, names)[who]
    return found[names[0]] if len(names) == 1 else found


def bills_of(*newest_first, column="plan_fee"):
    lines = [
        f"a | {year}-{month:02d}-01 | {amount}" for (year, month), amount in zip(MONTHS, newest_first, strict=False)
    ]
    return {
        bills.TABLE: f"subscriber_id | month | {column}\n" + "\n".join(line for line in lines if "None" not in line)
    }


MONTHS = [(2025, 6), (2025, 5), (2025, 4), (2025, 3), (2025, 2), (2025, 1), (2024, 12), (2024, 11)]


def test_a_bill_shock_is_measured_against_the_median_of_the_five_before():
    assert of(bills_of(80, 40, 40, 10, 40, 400), "bill_shock_1m") == 1
    assert of(bills_of(80, 40, 40, 10, 40), "bill_shock_1m") is None  # only four before


def test_the_worst_bill_of_six_months():
    assert of(bills_of(40, 40, 120, 40, 50, 30, 900), "bill_shock_6m") == 2


def test_a_month_without_a_bill_is_missing_and_not_free():
    found = of(bills_of(None, 30, 50), "bill_1m", "bill_3m", "bill_12m")
    assert found == {"bill_1m": None, "bill_3m": 40, "bill_12m": 40}


def test_a_bill_that_is_known_only_later_does_not_count():
    given = {
        bills.TABLE: """
        subscriber_id | month      | billed_on  | plan_fee
        a             | 2025-06-01 | 2025-07-01 | 99
        a             | 2025-05-01 | 2025-06-30 | 30
        """
    }
    assert of(given, "bill_1m", "bill_3m") == {"bill_1m": None, "bill_3m": 30}


def test_overage_its_share_and_its_streak():
    given = {
        bills.TABLE: """
        subscriber_id | month      | plan_fee | overage_fee
        a             | 2025-06-01 | 15       | 5
        a             | 2025-05-01 | 15       | 5
        a             | 2025-04-01 | 20       | 0
        a             | 2025-03-01 | 10       | 5
        """
    }
    found = of(given, "overage_share_3m", "overage_streak", "overage_months_6m")
    assert found == {"overage_share_3m": pytest.approx(10 / 60), "overage_streak": 2, "overage_months_6m": 3}


def test_a_discount_that_ends():
    given = {
        bills.TABLE: """
        subscriber_id | month      | plan_fee | discount
        a             | 2025-06-01 | 40       | 0
        a             | 2025-05-01 | 40       | 10
        a             | 2025-04-01 | 40       | 10
        a             | 2025-03-01 | 40       | 10
        """
    }
    found = of(given, "discount_lost", "discount_share_3m", "bill_1m")
    assert found == {"discount_lost": 10, "discount_share_3m": pytest.approx(20 / 120), "bill_1m": 40}


def test_a_credit_note_has_no_share():
    given = {
        bills.TABLE: """
        subscriber_id | month      | plan_fee | other_fee | vas_fee
        a             | 2025-06-01 | 10       | -30       | 5
        """
    }
    assert of(given, "vas_share_3m") is None


def test_changes_of_bill_and_fee():
    found = of(bills_of(44, 40, 40, 40, 31, 31), "fee_change_1m", "bill_change_3m")
    assert found == {"fee_change_1m": pytest.approx(0.1), "bill_change_3m": pytest.approx(124 / 102 - 1)}


RISES = {
    plan_changes.TABLE: """
    subscriber_id | changed_on | initiated_by | old_fee | new_fee
    a             | 2024-06-30 | operator     | 10      | 11
    a             | 2024-12-29 | operator     | 40      | 50
    a             | 2024-12-28 | operator     | 40      | 52
    a             | 2025-03-01 | operator     | 50      | 45
    a             | 2025-04-01 | subscriber   | 50      | 90
    a             | 2025-05-01 | subscriber   | 90      | 40
    a             | 2025-07-01 | operator     | 40      | 80
    """
}


def test_price_rises_by_the_operator():
    found = of(RISES, "price_rises_6m", "price_rise_12m", "days_since_price_rise", "downgrades_12m")
    # 184 days before as_of is 2024-12-29, 366 days is 2024-06-30
    assert found == {
        "price_rises_6m": 1,
        "price_rise_12m": pytest.approx(0.3),
        "days_since_price_rise": 184,
        "downgrades_12m": 1,
    }


def test_who_saw_no_rise_has_none():
    found = of(RISES, "price_rises_6m", "price_rise_12m", "days_since_price_rise", who="b")
    assert found == {"price_rises_6m": 0, "price_rise_12m": None, "days_since_price_rise": None}


def test_complaints_about_price():
    given = {
        complaints.TABLE: """
        subscriber_id | opened_at  | category
        a             | 2025-06-30 | price
        a             | 2025-06-30 | network
        a             | 2024-12-29 | price
        a             | 2024-12-28 | price
        a             | 2025-07-01 | price
        """
    }
    assert of(given, "price_complaints_6m") == 2
