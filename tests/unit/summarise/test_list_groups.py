"""The newest list in figures."""

from __future__ import annotations

import math

import pytest
from tests.tables import sections

from savedesk.schemas import decisions, values
from savedesk.stages.summarise.listed import capacity, list_groups

DECIDED = """
subscriber_id | as_of      | decision | action   | action_reason | channel | expected_gain
a             | 2025-03-01 | contact  | discount | price         | call    | 10
b             | 2025-03-01 | contact  | repair   | network       | visit   | 5
c             | 2025-03-01 | contact  | discount | price         | message | 20
d             | 2025-03-01 | hold_out | discount | price         | call    | 7
a             | 2025-02-01 | contact  | repair   | network       | call    | 999
"""
COLUMNS = (
    "subscriber_id as_of action channel rate_factor touched_probability remaining_value offer_cost expected_cost "
    "contact_minutes expected_gain open account_id"
).replace(" ", " | ")
OPTIONS = f"""
{COLUMNS}
a | 2025-03-01 | discount | call    | 1 | 0.5 | 110 | 10 | 3 | 30 | 10  | true  | a
b | 2025-03-01 | repair   | visit   | 1 | 0.2 | 100 | 0  | 8 | 60 | 5   | true  | b
c | 2025-03-01 | discount | message | 2 | 0.2 | 210 | 10 | 2 | 0  | 20  | true  | c
d | 2025-03-01 | discount | call    | 1 | 0.4 | 100 | 10 | 2 | 12 | 7   | false | d
a | 2025-02-01 | repair   | call    | 1 | 0.4 | 100 | 10 | 2 | 12 | 999 | true  | a
"""
RATES = """
as_of      | action   | reason  | save_rate | low  | high
2025-03-01 | discount | price   | 0.2       | 0.1  | 0.3
2025-03-01 | repair   | network | 0.3       | 0.05 | 0.4
2025-02-01 | repair   | network | 0.3       | 0.1  | 0.4
"""
VALUES = """
subscriber_id | as_of      | tier | value_at_risk
a             | 2025-03-01 | key  | 55
b             | 2025-03-01 | core | 20
c             | 2025-03-01 | key  | 84
d             | 2025-03-01 | key  | 40
a             | 2025-02-01 | key  | 999
"""


@pytest.fixture
def groups(given, people):
    tables = (
        given(decisions.TABLE, DECIDED),
        given(decisions.OPTIONS, OPTIONS),
        given(decisions.SAVE_RATES, RATES),
        given(values.TABLE, VALUES),
    )
    return list_groups(*tables, people).set_index(["region", "by", "group"])


def test_only_the_newest_list_counts_and_the_hold_out_is_counted_apart(groups):
    whole = groups.loc[("all", "total", "all")]
    assert (whole["contacts"], whole["hold_out"]) == (3, 1)
    assert (whole["expected_gain"], whole["expected_cost"], whole["hours"]) == (35, 13, 1.5)
    assert whole["value_at_risk"] == 159


def test_groups_add_up_to_the_whole(groups):
    for by in ("tier", "action", "channel"):
        assert groups.loc[("all", by)][["contacts", "expected_gain", "hours"]].sum().tolist() == [3, 35, 1.5]


def test_a_region_tells_its_own(groups):
    assert groups.loc[("north", "action", "discount")]["contacts"] == 1
    assert groups.loc[("south", "total", "all")]["expected_gain"] == 20
    assert groups.loc[("south", "total", "all")]["hold_out"] == 0


def test_those_of_one_rate_are_wrong_together_and_those_of_two_apart(groups):
    discount, repair = 0.1 * (0.5 * 100 + 2 * 0.2 * 200), 0.25 * 0.2 * 100
    by_action = groups.loc[("all", "action", "discount")]
    assert by_action["gain_low"] == pytest.approx(30 - discount)
    assert groups.loc[("all", "total", "all")]["gain_low"] == pytest.approx(35 - math.hypot(discount, repair))
    assert groups.loc[("all", "total", "all")]["gain_high"] == pytest.approx(35 + math.hypot(discount, 0.1 * 20))


def test_more_capacity_never_earns_less_and_the_run_is_one_of_its_points(given):
    rows = capacity(given(decisions.OPTIONS, OPTIONS), _policy(budget=6.0))
    assert rows["expected_gain"].is_monotonic_increasing
    assert rows.loc[rows["chosen"], "share"].tolist() == [1.0]
    assert rows.loc[rows["chosen"], "expected_gain"].tolist() == [30.0]


def test_where_nothing_limits_the_list_there_is_no_curve(given):
    assert capacity(given(decisions.OPTIONS, OPTIONS), _policy(budget=None)).empty


def _policy(budget):
    free = {name: {"hours": None} for name in ("visit", "call", "message")}
    return sections(prioritise={"budget": budget, "channels": free})["prioritise"]
