"""A status, contact or complaint that was turned away may forbid a call: nobody is called as if it had never been."""

from __future__ import annotations

import datetime as dt

import pytest

from savedesk.schemas import unknown_facts


def lost(table, day, who="a", column=None):
    day = day and dt.date.fromisoformat(day)
    return {"table": table, "number": 1, "subscriber_id": who, "day": day, "column": column, "rule": "type:x"}


def rule(desk, fact, **given):
    decided = desk({"a": {}, "b": {}}, also={unknown_facts.TABLE: [fact]}, **given)
    assert decided.rows["b"]["decision"] == "contact"
    return decided.rows["a"]["rule"]


@pytest.mark.parametrize("day", ["2025-01-10", "2025-08-31", None])
def test_who_may_have_left_or_given_notice_is_not_on_the_list(desk, day):
    assert rule(desk, lost("status_changes", day)) == "status_unknown"


def test_a_later_status_that_was_accepted_ends_the_doubt(desk):
    back = "subscriber_id | changed_on | status | known_on\na | 2025-02-01 | active | 2025-02-01\n"
    assert rule(desk, lost("status_changes", "2025-01-10"), statuses=back) == "contact"


@pytest.mark.parametrize(
    ("day", "expected"), [("2025-06-20", "contact_unknown"), (None, "contact_unknown"), ("2025-04-01", "contact")]
)
def test_who_may_have_been_contacted_lately_is_left_in_peace(desk, day, expected):
    assert rule(desk, lost("contacts", day), rules={"quiet_days": 30}) == expected


@pytest.mark.parametrize(
    ("day", "action"), [("2025-06-20", "check_in"), (None, "check_in"), ("2024-01-01", "renewal_benefit")]
)
def test_no_sales_offer_while_a_complaint_may_be_open(desk, day, action):
    decided = desk({"a": {"reasons": ["contract_end"]}}, also={unknown_facts.TABLE: [lost("complaints", day)]})
    assert decided.rows["a"]["action"] == action
