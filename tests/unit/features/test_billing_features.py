"""Family billing: bills and payments in, values out."""

from __future__ import annotations

from tests.tables import feature_values

from savedesk.contracts import bills, subscribers

AS_OF = "2025-07-01"
ALL = ("bills_overdue", "overdue_days", "days_late_6m", "bills_late_6m", "bills_paid_in_part_6m")


def of(given, who="a"):
    return feature_values({subscribers.TABLE: "subscriber_id\na\nb", bills.TABLE: given}, AS_OF, ALL)[who]


def test_a_bill_paid_on_or_after_as_of_is_unpaid():
    found = of("""
    subscriber_id | month      | billed_on  | due_on     | paid_on    | plan_fee | paid_amount
    a             | 2025-04-01 | 2025-05-01 | 2025-05-20 | 2025-07-01 | 30       | 10
    a             | 2025-05-01 | 2025-06-01 | 2025-06-30 |            | 30       |
    """)
    assert found == {
        "bills_overdue": 2,
        "overdue_days": 42,
        "days_late_6m": None,
        "bills_late_6m": 0,
        "bills_paid_in_part_6m": 0,
    }


def test_a_bill_due_on_as_of_is_not_overdue_yet():
    found = of("""
    subscriber_id | month      | billed_on  | due_on     | plan_fee
    a             | 2025-05-01 | 2025-06-01 | 2025-07-01 | 30
    a             | 2025-06-01 | 2025-06-30 |            | 30
    """)
    assert (found["bills_overdue"], found["overdue_days"]) == (0, 0)


def test_late_and_part_payments_of_half_a_year():
    found = of("""
    subscriber_id | month      | billed_on  | due_on     | paid_on    | plan_fee | paid_amount
    a             | 2024-11-01 | 2024-12-28 | 2025-01-10 | 2025-05-10 | 30       | 1
    a             | 2025-01-01 | 2025-02-01 | 2025-02-20 | 2025-02-20 | 30       | 30
    a             | 2025-02-01 | 2025-03-01 | 2025-03-20 | 2025-03-27 | 30       | 29.99
    a             | 2025-03-01 | 2025-04-01 | 2025-04-20 | 2025-04-10 | 30       | 30
    """)
    assert found == {
        "bills_overdue": 0,
        "overdue_days": 0,
        "days_late_6m": 7,
        "bills_late_6m": 1,
        "bills_paid_in_part_6m": 1,
    }


def test_who_pays_early_is_late_by_less_than_nothing():
    found = of("""
    subscriber_id | month      | billed_on  | due_on     | paid_on    | plan_fee | paid_amount
    a             | 2025-01-01 | 2025-02-01 | 2025-02-20 | 2025-02-15 | 30       | 30
    """)
    assert found["days_late_6m"] == -5


def test_without_bills_nothing_is_owed():
    found = of([], who="b")
    assert found == {
        "bills_overdue": 0,
        "overdue_days": 0,
        "days_late_6m": None,
        "bills_late_6m": 0,
        "bills_paid_in_part_6m": 0,
    }
