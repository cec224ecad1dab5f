"""Rows of months before the activation are no months of the subscriber: no mean divides by them."""

from __future__ import annotations

import datetime as dt

from tests.tables import feature_values

from savedesk.schemas import bills, subscribers, usage

AS_OF = dt.date(2025, 7, 1)
MONTHS = tuple(dt.date(2024 + month // 12, month % 12 + 1, 1) for month in range(6, 18))  # 2024-07 to 2025-06
WANTED = ["voice_min_12m", "voice_min_3m", "bill_12m", "usage_trend_6m", "months_of_use", "zero_voice_months_6m"]


def facts(before: float | None):
    """`new` is activated on 10 March 2025 and uses 100 minutes a month from then on, and `before` in the months before.

    `old` is there all the time.
    """
    used, billed = [], []
    for month in MONTHS:
        for who in ("new", "old"):
            amount = 100.0 if who == "old" or month >= dt.date(2025, 3, 1) else before
            if amount is None:
                continue
            used.append({"subscriber_id": who, "month": month, "voice_min": amount})
            due = {
                "plan_fee": amount,
                "overage_fee": 0,
                "vas_fee": 0,
                "other_fee": 0,
                "discount": 0,
                "total_due": amount,
            }
            billed.append({"subscriber_id": who, "month": month, "billed_on": month.replace(day=28), **due})
    people = [
        {"subscriber_id": "new", "activated_on": dt.date(2025, 3, 10)},
        {"subscriber_id": "old", "activated_on": dt.date(2020, 1, 1)},
    ]
    return {subscribers.TABLE: people, usage.TABLE: used, bills.TABLE: billed}


def test_rows_before_the_activation_change_no_feature():
    """March to June: 4 months of 100. With the eight zero months before them the mean of the year was 33.3."""
    without = feature_values(facts(None), str(AS_OF), WANTED)
    assert without["new"]["voice_min_12m"] == 100
    assert without["new"]["bill_12m"] == 100
    assert without["new"]["usage_trend_6m"] is None
    for before in (0.0, 5000.0):  # an export that fills the grid; a former owner of the number
        assert feature_values(facts(before), str(AS_OF), WANTED) == without
