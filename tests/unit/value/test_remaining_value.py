"""What a subscriber is worth, in tables small enough to check by hand."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tables import project, read, run, save, sections, table

from savedesk.schemas import bills, model, plans, scores, subscribers, valuations, values
from savedesk.schemas.scores import SURVIVAL_COLUMNS
from savedesk.stages.value.lifetime import discounted_months
from savedesk.stages.value.worth import tiers

SHARE = {"margin_months": 3, "variable_cost_share": 0.5, "bad_debt_days": 60, "bad_debt_prior_bills": 0}
NO_TIME = {"horizon_months": 1, "annual_discount_rate": 0.0}
# Lead and outcome window of 15 days each end before the first month does; each month of bills is one of the curve.
AT_ONCE = {"lead_days": 15, "outcome_days": 15}
SHARES = sections(value={"key_value_share": 0.8, "core_value_share": 0.95})["value"]


def score(root, *rows, survival_model=True):
    """Write scores: subscriber, churn probability, hazard of every month, and as_of if not 2025-07-01."""
    lines = [
        {
            "subscriber_id": row[0],
            "as_of": dt.date.fromisoformat(row[3]) if len(row) > 3 else dt.date(2025, 7, 1),
            "role": "score",
            "churn_probability": row[1],
            "probability_cancelled": row[1],
            "churn_type": "cancelled",
            "monthly_hazard": row[2],
            **{name: (1 - row[2]) ** month for month, name in enumerate(SURVIVAL_COLUMNS, start=1)},
        }
        for row in rows
    ]
    save(root, scores.TABLE, table(scores.TABLE, lines))
    (root / model.SCHEMA.path).parent.mkdir(parents=True, exist_ok=True)
    (root / model.SCHEMA.path).write_text(json.dumps({"survival": {"rounds": 1} if survival_model else None}))


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
    """All were paid in time, so no bad debt is expected."""
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
    rate = late_rate(paid_on, due_on)
    assert margin(tmp_path, {bills.TABLE: rows}) == (
        pytest.approx((received + 50) / 2 * (1 - rate) - 40 * 0.5),
        "bills",
    )


def late_rate(paid_on, due_on):
    """Return P(late) x P(lost | late) after one bill that was late, if it was due, and one in time."""
    lost = due_on == "2025-05-01" and paid_on in ("", "2025-07-01")
    return 0.5 * lost


OTHERS = """
    gone | 2024-05-01 | 20 | 2024-05-31 | 2024-06-15 |
    gone | 2024-06-01 | 20 | 2024-06-30 | 2024-07-15 | 2024-08-01
"""


def shares(root, rows, *names, **changes):
    """Return the expected bad debt of subscribers, and their margin."""
    by_key = valued(root, {bills.TABLE: PAID + rows + OTHERS}, *[(name, 0.1, 0.0) for name in names], **changes)
    return {name: (row["bad_debt_share"], row["margin"]) for (name, _), row in by_key.items()}


def test_expected_bad_debt_is_how_often_they_pay_late_times_how_often_late_means_never(tmp_path):
    """Of three late bills one was never paid; it counts, although who owes it has left. a was late once in two."""
    rows = """
    a | 2025-04-01 | 60 | 2025-04-10 | 2025-04-20 | 2025-04-25
    a | 2025-05-01 | 60 | 2025-05-10 | 2025-05-20 | 2025-05-20
    b | 2025-04-01 | 60 | 2025-04-10 | 2025-04-20 | 2025-04-20
    """
    by_id = shares(tmp_path, rows, "a", "b")
    assert by_id["a"] == (pytest.approx(1 / 2 * 1 / 3), pytest.approx(60 * (1 - 1 / 6) - 30))
    assert by_id["b"] == (0, 30)


def test_few_bills_say_less_than_the_segment(tmp_path):
    """b was late with the only bill; prior weight of two bills, of which the segment is late with 1 of 4."""
    rows = """
    a | 2025-03-01 | 60 | 2025-03-10 | 2025-03-20 | 2025-03-20
    a | 2025-04-01 | 60 | 2025-04-10 | 2025-04-20 | 2025-04-20
    a | 2025-05-01 | 60 | 2025-05-10 | 2025-05-20 | 2025-05-20
    b | 2025-04-01 | 60 | 2025-04-10 | 2025-04-20 | 2025-04-30
    """
    lost = 1 / 3
    bad_debt = {name: share for name, (share, _) in shares(tmp_path, rows, "a", "b", bad_debt_prior_bills=2).items()}
    assert bad_debt == pytest.approx({"a": (0 + 2 / 4) / (3 + 2) * lost, "b": (1 + 2 / 4) / (1 + 2) * lost})


def test_a_late_payment_after_as_of_changes_nothing(tmp_path):
    """On 2025-07-01 both have not paid what was due on 2025-06-20; that one of them will is not known."""
    rows = """
    a | 2025-06-01 | 60 | 2025-06-10 | 2025-06-20 | 2025-07-05
    b | 2025-06-01 | 60 | 2025-06-10 | 2025-06-20 |
    """
    by_id = shares(tmp_path, rows, "a", "b")
    assert by_id["a"] == by_id["b"] == (pytest.approx(1 / 2), pytest.approx(0.0))


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
    by_key = valued(tmp_path, given, *[(name, 0.5, 0.0) for name in "abc"], horizon_months=12, annual_discount_rate=0.0)
    a, b, c = (by_key[name, "2025-07-01"] for name in "abc")
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
    by_key = valued(tmp_path, given, *[(name, 0.1, 0.0) for name in ("fee", "near", "lost")])
    assert {name: (row["margin"], row["margin_source"]) for (name, _), row in by_key.items()} == {
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


def months_of(curve, **changes):
    """Return expected months of one subscriber with these hazards by month; of the last one from then on."""
    params = sections(value={"annual_discount_rate": 0.0, "tail_months": 1} | changes, cohort=AT_ONCE)
    hazards = np.array([[*curve, *[curve[-1]] * (12 - len(curve))]])
    return discounted_months(hazards, params["cohort"], params["value"])[0]


def test_who_is_kept_pays_through_the_outcome_window():
    """Window and lead of 15 days: what would happen within them lowers nothing, what comes after does."""
    assert months_of([1 - 1e-9], horizon_months=1) == pytest.approx(1 * np.exp(np.log(1e-9) * (30.4375 - 30) / 30))
    assert months_of([0.0], horizon_months=5) == 5


def test_discounted_months_by_hand():
    """Months of 30 days; the first half of the first is within the window, and 100 % interest a year."""
    ends = [(30.4375 * month - 15) / 30 for month in (1, 2)]  # 0.51 and 1.51 of the curve's months
    alive = [0.5 ** (ends[0] - 0.5), 0.5**0.5 * 0.8 ** (ends[1] - 1)]
    assert months_of([0.5, 0.2], horizon_months=2) == pytest.approx(sum(alive))
    month = 1.99 ** (1 / 12)
    expected = alive[0] / month + alive[1] / month**2
    assert months_of([0.5, 0.2], horizon_months=2, annual_discount_rate=0.99) == pytest.approx(expected)


def test_beyond_the_curve_the_mean_of_its_last_months_holds():
    curve = [0.0] * 10 + [0.1, 0.3]
    expected = months_of(curve, horizon_months=12) + sum(
        0.9 * 0.7 * 0.8 ** ((30.4375 * month - 15) / 30 - 12) for month in range(13, 25)
    )
    assert months_of(curve, horizon_months=24, tail_months=2) == pytest.approx(expected)


@settings(deadline=None, max_examples=15)
@given(st.lists(st.floats(0, 0.9), min_size=12, max_size=12), st.integers(1, 100), st.integers(0, 60))
def test_discounted_months_agree_with_a_walk_day_by_day(curve, outcome_days, lead_days):
    """A slow twin: a hazard a day from the end of the window on, and a look at the end of each month."""
    params = sections(
        value={"annual_discount_rate": 0.0, "tail_months": 3, "horizon_months": 18},
        cohort={"lead_days": lead_days, "outcome_days": outcome_days},
    )
    months = discounted_months(np.array([curve]), params["cohort"], params["value"])[0]
    alive, total, day = 1.0, 0.0, 0.0
    step = 1 / 16
    while day < 18 * 30.4375:
        since = day - lead_days
        month = int(since // 30)
        hazard = curve[month] if month < 12 else sum(curve[9:]) / 3
        if since >= outcome_days:
            alive *= (1 - hazard) ** (step / 30)
        day += step
        if day % 30.4375 == 0:
            total += alive
    assert months == pytest.approx(total, rel=1e-6)


def test_after_the_window_the_own_hazard_is_drawn_towards_the_segments(tmp_path):
    given = {
        bills.TABLE: [{"subscriber_id": n, "month": dt.date(2025, 5, 1), "plan_fee": 20.0} for n in "abcd"],
        subscribers.TABLE: "subscriber_id | segment\n a | consumer\n b | consumer\n c | business\n d |",
    }
    rows = [("a", 0.1, 0.1), ("b", 0.9, 0.3), ("c", 0.2, 0.5), ("d", 0.2, 0.9)]
    hazards = {"a": (0.1 + 0.2) / 2, "b": (0.3 + 0.2) / 2, "c": 0.5, "d": (0.9 + 0.45) / 2}
    assert_months(tmp_path / "own", given, rows, hazards)
    alone = {"a": 0.2, "b": 0.2, "c": 0.5, "d": 0.45}
    assert_months(tmp_path / "without", given, rows, alone, survival_model=False)


def assert_months(root, given, rows, hazards, *, survival_model=True):
    """Check the expected months of the second month's end against hazards by hand."""
    project(root, given)
    score(root, *rows, survival_model=survival_model)
    run(root, "value", value=SHARE | NO_TIME | {"horizon_months": 2, "own_hazard_share": 0.5}, cohort=AT_ONCE)
    months = {row["subscriber_id"]: row["discounted_months"] for row in read(root, values.TABLE)}
    expected = {name: months_of([hazard], horizon_months=2) for name, hazard in hazards.items()}
    assert months == pytest.approx(expected)


def test_each_as_of_stands_for_itself(tmp_path):
    given = {bills.TABLE: "subscriber_id | month | plan_fee\n a | 2025-04-01 | 10\n a | 2025-05-01 | 50"}
    by_key = valued(tmp_path, given, ("a", 0.1, 0.2, "2025-05-01"), ("a", 0.1, 0.4, "2025-06-01"), **NO_TIME)
    assert [(row["margin"], row["discounted_months"]) for row in by_key.values()] == [(5, 1), (15, 1)]


def placed(amounts):
    """Return the tiers of an already ordered mapping at 80 % and 95 %."""
    day = pd.Series(["2025-07-01"] * len(amounts))
    codes = tiers(day, pd.Series(list(amounts)), np.array(list(amounts.values()), dtype=float), SHARES)
    return dict(zip(amounts, codes, strict=True))


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
    for name, amount in sorted(people.items(), key=lambda item: (-max(item[1], 0), item[0])):
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
