"""A fact that was turned away makes what rests on it unknown, and nothing else."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.tables import feature_values

from savedesk.schemas import complaints, plan_changes, subscribers, unknown_facts, usage

AS_OF = "2025-01-01"
TABLES = {table.name: table for table in (complaints.TABLE, plan_changes.TABLE, usage.TABLE)}
PEOPLE = [
    {"subscriber_id": who, "account_id": account, "region": region, "activated_on": dt.date(2020, 1, 1)}
    for who, account, region in (("a", "x", "north"), ("b", "x", "north"), ("c", "y", "south"))
]


def lost(table, who=None, day=None, column=None, region=None, account=None):
    return {
        "table": table,
        "number": 1,
        "subscriber_id": who,
        "account_id": account,
        "region": region,
        "day": day and dt.date.fromisoformat(day),
        "column": column,
        "rule": "type:x",
    }


def values(facts, names, **given):
    tables = {subscribers.TABLE: PEOPLE, unknown_facts.TABLE: facts}
    tables |= {TABLES[name]: rows for name, rows in given.items()}
    by_id = feature_values(tables, AS_OF, names)
    return {who: tuple(row[name] for name in names) for who, row in by_id.items()}


def test_no_complaint_is_0_and_a_lost_one_is_unknown():
    names = ("complaint_count_12m", "complaint_count_1m", "days_since_complaint", "complaints_open")
    assert values([lost("complaints", "a", "2024-08-01")], names) == {
        "a": (None, 0.0, None, None),
        "b": (0.0, 0.0, None, 0.0),
        "c": (0.0, 0.0, None, 0.0),
    }


def test_a_lost_fact_of_the_future_of_as_of_changes_nothing():
    assert values([lost("complaints", "a", "2025-01-01")], ("complaint_count_12m",))["a"] == (0.0,)


def test_a_fact_whose_day_cannot_be_read_may_be_of_any_day():
    assert values([lost("complaints", "a")], ("complaint_count_1m",))["a"] == (None,)


def test_a_lost_value_costs_only_what_rests_on_it():
    given = [{"subscriber_id": "a", "opened_at": dt.date(2024, 11, 1), "category": "price"}]
    names = ("complaint_count_12m", "complaints_escalated_12m")
    assert values([lost("complaints", "a", "2024-11-01", "escalated")], names, complaints=given) == {
        "a": (1.0, None),
        "b": (0.0, 0.0),
        "c": (0.0, 0.0),
    }


def test_a_lost_status_is_unknown_of_the_line_and_of_its_account():
    names = ("suspensions_12m", "account_lines_left_6m")
    assert values([lost("status_changes", "a", "2024-11-01")], names) == {
        "a": (None, None),
        "b": (0.0, None),
        "c": (0.0, 0.0),
    }


def test_a_line_of_the_account_that_was_turned_away_leaves_its_lines_unknown():
    assert values([lost("subscribers", "d", account="x")], ("account_lines",)) == {
        "a": (None,),
        "b": (None,),
        "c": (1.0,),
    }


def test_a_lost_incident_is_unknown_in_its_region():
    assert values([lost("incidents", region="north", day="2024-12-15")], ("incidents_3m",)) == {
        "a": (None,),
        "b": (None,),
        "c": (0.0,),
    }


@pytest.mark.parametrize(("table", "feature"), [("contracts", "out_of_contract"), ("plan_changes", "price_rises_6m")])
def test_a_lost_contract_or_plan_change_is_not_none(table, feature):
    assert values([lost(table, "a", "2024-11-01")], (feature,))["a"] == (None,)


def test_a_month_of_use_that_was_turned_away_is_neither_silent_nor_low():
    rows = [
        {"subscriber_id": who, "month": dt.date(2024, month, 1), "voice_min": 30.0, "data_mb": 10.0}
        for who in "abcdefgh"
        for month in range(1, 13)
        if who not in "ab" or month not in (11, 12)
    ]
    facts = [lost("usage", "a", "2024-11-01"), {**lost("usage", "a", "2024-12-01"), "number": 2}]
    names = ("voice_min_3m", "silent_months", "zero_voice_months_6m")
    assert values(facts, names, usage=rows) == {"a": (30.0, 0.0, 0.0), "b": (10.0, 2.0, 2.0), "c": (30.0, 0.0, 0.0)}


def test_a_month_without_use_that_lacks_a_measure_is_not_silent():
    rows = [
        {"subscriber_id": who, "month": dt.date(2024, month, 1), "voice_min": 30.0, "data_mb": 10.0}
        for who in "abc"
        for month in range(1, 12)
    ]
    last = {"month": dt.date(2024, 12, 1), "voice_min": 0.0}
    rows += [{"subscriber_id": "a", "data_mb": None, **last}, {"subscriber_id": "b", "data_mb": 0.0, **last}]
    by_id = values([], ("silent_months", "months_since_use"), usage=rows)
    assert (by_id["a"], by_id["b"]) == ((0.0, 0.0), (1.0, 1.0))


def test_a_plan_change_without_its_fees_may_be_a_rise():
    """Of a nobody knows what the change of November was; that of a year and a half ago decides for b alone."""
    known = {"changed_on": dt.date(2024, 10, 1), "old_fee": 10.0, "new_fee": 12.0}
    blank = {"changed_on": dt.date(2024, 11, 1), "old_fee": None, "new_fee": 12.0}
    rows = [
        {"subscriber_id": "a", "initiated_by": "operator"} | known,
        {"subscriber_id": "a", "initiated_by": "operator"} | blank,
        {"subscriber_id": "b", "initiated_by": "operator"} | blank | {"changed_on": dt.date(2023, 6, 1)},
        {"subscriber_id": "c", "initiated_by": "operator"} | known,
        {"subscriber_id": "c", "initiated_by": "subscriber"} | blank,
    ]
    names = ("price_rises_12m", "price_rise_12m", "days_since_price_rise", "downgrades_12m")
    assert values([], names, plan_changes=rows) == {
        "a": (None, None, None, 0.0),
        "b": (0.0, None, None, 0.0),
        "c": (1.0, pytest.approx(0.2), 92.0, None),
    }
