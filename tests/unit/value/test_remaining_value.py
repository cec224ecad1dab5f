"""What a subscriber is worth, in tables small enough to check by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tables import project, read, run, save, sections, table

from savedesk.contracts import bills, plans, scores, subscribers, valuations, values
from savedesk.value.worth import expected_months, tiers

SHARE = {"margin_months": 3, "variable_cost_share": 0.5, "bad_debt_days": 60}
NO_TIME = {"horizon_months": 1, "annual_discount_rate": 0.0}
SHARES = sections(value={"key_value_share": 0.8, "core_value_share": 0.95})["value"]


def score(root, *rows):
    """Write scores: subscriber, churn probability, monthly hazard, and as_of if not 2025-07-01."""
    made = [
        {
            "subscriber_id": row[0],
            "as_of": dt.date.fromisoformat(row[3]) if len(row) > 3 else dt.date(2025, 7, 1),
            "role": "score",
            "churn_probability": row[1],
            "probability_cancelled": row[1],
            "churn_type": "cancelled",
            "monthly_hazard": row[2],
        }
        for row in rows
    ]
    save(root, scores.TABLE, table(scores.TABLE, made))


def valued(root, given, *rows, **changes):
    project(root, given)
    score(root, *rows)
    run(root, "value", value=SHARE | changes)
    return {(row["subscriber_id"], str(row["as_of"])): row for row in read(root, values.TABLE)}


def margin(root, given, as_of="2025-07-01"):
    row = valued(root, given, ("a", 0.1, 0.0, as_of))["a", as_of]
    return row["margin"], row["margin_source"]


PAID = "subscriber_id | month | plan_fee | billed_on | due_on | paid_on\n"


def test_margin_is_the_mean_of_the_newest_three_bills_after_variable_cost(tmp_path):
    rows = (
        PAID
        + """
    a | 2025-03-01 | 999 | 2025-03-31 | 2025-04-15 | 2025-04-10
    a | 2025-04-01 | 10  | 2025-04-30 | 2025-05-15 | 2025-05-10
    a | 2025-05-01 | 20  | 2025-05-31 | 2025-06-15 | 2025-06-10
    a | 2025-06-01 | 60  | 2025-06-30 | 2025-07-15 |
    """
    )
    assert margin(tmp_path, {bills.TABLE: rows}) == ((10 + 20 + 60) / 3 * 0.5, "bills")


def test_a_bill_that_becomes_known_on_as_of_is_not_seen(tmp_path):
    rows = (
        PAID
        + """
    a | 2025-05-01 | 20 | 2025-05-31 | 2025-06-15 | 2025-06-10
    a | 2025-06-01 | 90 | 2025-07-01 | 2025-07-15 |
    """
    )
    assert margin(tmp_path / "on", {bills.TABLE: rows}) == (10, "bills")
    assert margin(tmp_path / "after", {bills.TABLE: rows}, "2025-07-02") == (27.5, "bills")


@pytest.mark.parametrize(
    ("due_on", "paid_on", "received"),
    [
        ("2025-05-01", "", 0),  # 61 days late: bad debt
        ("2025-05-02", "", 30),  # 60 days late: still expected
        ("2025-05-01", "2025-06-30", 30),  # late, but paid the day before
        ("2025-05-01", "2025-07-01", 0),  # paid on the day itself: nobody knows yet
        ("", "", 30),  # a source without due dates does not say who pays
    ],
)
def test_a_bill_unpaid_too_long_brought_nothing(tmp_path, due_on, paid_on, received):
    rows = (
        PAID
        + f"""
    a | 2025-04-01 | 30 | 2025-04-10 | {due_on} | {paid_on}
    a | 2025-05-01 | 50 | 2025-05-31 | 2025-06-15 | 2025-06-10
    """
    )
    assert margin(tmp_path, {bills.TABLE: rows}) == ((received + 50) / 2 * 0.5, "bills")


def test_a_credit_makes_a_negative_value_but_no_value_at_risk(tmp_path):
    rows = [{"subscriber_id": "a", "month": dt.date(2025, 5, 1), "other_fee": -40.0}]
    row = valued(tmp_path, {bills.TABLE: rows}, ("a", 0.5, 0.0), **NO_TIME)["a", "2025-07-01"]
    assert (row["margin"], row["remaining_value"], row["value_at_risk"], row["tier"]) == (-20, -20, 0, "small")


def test_the_operators_own_valuation_wins(tmp_path):
    """Its margin and its remaining value are taken as they are: no cost share, no horizon."""
    given = {
        bills.TABLE: "subscriber_id | month | plan_fee\n a | 2025-05-01 | 70\n b | 2025-05-01 | 70",
        valuations.TABLE: """
        subscriber_id | valued_on  | monthly_margin | remaining_value
        a             | 2025-01-01 | 1              | 1
        a             | 2025-06-30 | 8              | 500
        a             | 2025-07-01 | 9              | 900
        c             | 2025-06-01 |                | 24
        """,
    }
    found = valued(tmp_path, given, *[(name, 0.5, 0.0) for name in "abc"], horizon_months=12, annual_discount_rate=0.0)
    a, b, c = (found[name, "2025-07-01"] for name in "abc")
    assert (a["margin"], a["margin_source"], a["remaining_value"], a["value_at_risk"]) == (8, "valuation", 500, 250)
    assert (b["margin"], b["margin_source"], b["remaining_value"]) == (35, "bills", 35 * 12)
    assert (c["margin"], c["margin_source"], c["remaining_value"]) == (2, "valuation", 24)


def test_without_bills_the_plan_then_the_segment_then_nothing(tmp_path):
    given = {
        subscribers.TABLE: """
        subscriber_id | segment  | plan_id
        fee           | consumer | p
        near          | consumer |
        lost          | business |
        """,
        plans.TABLE: "plan_id | monthly_fee\n p | 30",
    }
    found = valued(tmp_path, given, *[(name, 0.1, 0.0) for name in ("fee", "near", "lost")])
    assert {name: (row["margin"], row["margin_source"]) for (name, _), row in found.items()} == {
        "fee": (15, "plan_fee"),
        "near": (15, "segment_median"),
        "lost": (0, "none"),
    }


def test_who_has_no_price_is_told_of_with_the_way_out(tmp_path):
    project(tmp_path, {})
    score(tmp_path, ("a", 0.5, 0.1), ("b", 0.5, 0.1))
    (said,) = run(tmp_path, "value").warnings
    assert said.startswith("no price is known of any subscriber")
    assert "next: connect bills, plans or valuations" in said


def test_nothing_is_said_where_every_price_is_known(tmp_path):
    rows = [{"subscriber_id": "a", "month": dt.date(2025, 5, 1), "plan_fee": 40.0}]
    project(tmp_path, {bills.TABLE: rows})
    score(tmp_path, ("a", 0.5, 0.1))
    assert run(tmp_path, "value").warnings == ()


def test_expected_months_are_discounted_by_hand():
    """Half leave each month, 100 % interest a year: 1/2 / 2^(1/12) + 1/4 / 2^(2/12)."""
    params = sections(value={"horizon_months": 2, "annual_discount_rate": 0.99})["value"]
    found = expected_months(np.array([0.0, 0.5, 1.0]), params)
    month = 1.99 ** (1 / 12)
    np.testing.assert_allclose(found, [1 / month + 1 / month**2, 0.5 / month + 0.25 / month**2, 0.0], rtol=1e-12)


def test_value_holds_if_they_stay_so_their_own_risk_does_not_lower_it(tmp_path):
    given = {
        bills.TABLE: [{"subscriber_id": n, "month": dt.date(2025, 5, 1), "plan_fee": 20.0} for n in "abcd"],
        subscribers.TABLE: "subscriber_id | segment\n a | consumer\n b | consumer\n c | business\n d |",
    }
    rows = [("a", 0.1, 0.1), ("b", 0.9, 0.3), ("c", 0.2, 0.5), ("d", 0.2, 0.9)]
    found = valued(tmp_path, given, *rows, **NO_TIME)
    months = {name: row["expected_months"] for (name, _), row in found.items()}
    assert months == pytest.approx({"a": 0.8, "b": 0.8, "c": 0.5, "d": 1 - (0.1 + 0.3 + 0.5 + 0.9) / 4})
    assert found["b", "2025-07-01"]["value_at_risk"] == pytest.approx(0.9 * 8)


def test_each_as_of_stands_for_itself(tmp_path):
    given = {bills.TABLE: "subscriber_id | month | plan_fee\n a | 2025-04-01 | 10\n a | 2025-05-01 | 50"}
    found = valued(tmp_path, given, ("a", 0.1, 0.2, "2025-05-01"), ("a", 0.1, 0.4, "2025-06-01"), **NO_TIME)
    assert [(row["margin"], row["expected_months"]) for row in found.values()] == [(5, 0.8), (15, 0.6)]


def placed(amounts):
    """Return the tiers of an already ordered mapping at 80 % and 95 %."""
    day = pd.Series(["2025-07-01"] * len(amounts))
    found = tiers(day, pd.Series(list(amounts)), np.array(list(amounts.values()), dtype=float), SHARES)
    return dict(zip(amounts, found, strict=True))


def test_key_makes_the_first_80_percent_core_the_next_15():
    assert placed({"a": 80, "b": 10, "c": 5, "d": 5}) == {"a": "key", "b": "core", "c": "core", "d": "small"}


def test_who_crosses_the_line_still_belongs_above_it():
    assert placed({"a": 79, "b": 16, "c": 5}) == {"a": "key", "b": "key", "c": "small"}


def test_ties_are_settled_by_subscriber_id_and_no_value_is_small():
    equal = {"e": 20, "c": 20, "a": 20, "d": 20, "b": 20, "z": 0, "y": -3}
    assert placed(equal) == {
        "a": "key",
        "b": "key",
        "c": "key",
        "d": "key",
        "e": "core",
        "z": "small",
        "y": "small",
    }
    assert placed({"a": 0, "b": -1}) == {"a": "small", "b": "small"}


@settings(deadline=None)
@given(st.lists(st.integers(-5, 50), min_size=1, max_size=30))
def test_tiers_agree_with_a_plain_walk_down_the_list(amounts):
    people = {f"s{place:02}": amount for place, amount in enumerate(amounts)}
    total, seen, expected = sum(max(a, 0) for a in amounts), 0, {}
    for name, amount in sorted(people.items(), key=lambda one: (-max(one[1], 0), one[0])):
        share = seen / total if total else 1
        expected[name] = "small" if amount <= 0 else "key" if share < 0.8 else "core" if share < 0.95 else "small"
        seen += max(amount, 0)
    assert placed(people) == expected


def test_the_figures_add_up_and_the_same_input_gives_the_same_bytes(tmp_path):
    given = {bills.TABLE: "subscriber_id | month | plan_fee\n a | 2025-05-01 | 70\n b | 2025-05-01 | 30"}
    project(tmp_path, given)
    score(tmp_path, ("a", 0.5, 0.0), ("b", 0.5, 0.0), ("c", 0.5, 0.0))
    summary = run(tmp_path, "value", value=SHARE | NO_TIME)
    first = (tmp_path / values.TABLE.path).read_bytes()
    figures = summary.metrics
    assert (figures["rows"], figures["remaining_value"], figures["value_at_risk"]) == (3, 35 + 15 + 25, 37.5)
    assert (figures["key_subscribers"], figures["core_subscribers"], figures["small_subscribers"]) == (2, 1, 0)
    assert figures["margin_from_bills"] == pytest.approx(2 / 3)
    assert figures["margin_from_segment_median"] == pytest.approx(1 / 3)  # c has no segment: everybody's median
    run(tmp_path, "value", value=SHARE | NO_TIME, engine={"threads": 2})
    assert (tmp_path / values.TABLE.path).read_bytes() == first
