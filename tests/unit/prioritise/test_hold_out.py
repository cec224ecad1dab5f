"""The hold-out: random, stable, and free of charge."""

from __future__ import annotations

import hashlib

import pandas as pd
import pytest

from savedesk.prioritise.holdout import held_out


def drawn(ids, campaign="base", share=0.1):
    ids = pd.Series(list(ids))
    return set(ids[held_out(ids, campaign, share)])


EVERYBODY = [f"s{number:05}" for number in range(20_000)]


def test_the_draw_is_the_documented_hash():
    digest = hashlib.sha256(b"base|s1").hexdigest()
    chance = int(digest[:16], 16) / 16**16
    assert drawn(["s1"], share=chance + 1e-9) == {"s1"}
    assert drawn(["s1"], share=chance) == set()


def test_the_share_is_near_nominal():
    """Within four standard errors: 4 x sqrt(0.1 x 0.9 / 20000) = 0.0085."""
    assert len(drawn(EVERYBODY)) / len(EVERYBODY) == pytest.approx(0.1, abs=0.0085)
    assert drawn(EVERYBODY, share=0.0) == set()


def test_it_does_not_depend_on_who_else_is_there():
    held = drawn(EVERYBODY)
    assert drawn(EVERYBODY[::-3]) == held & set(EVERYBODY[::-3])
    assert drawn([*EVERYBODY, *(f"new{number}" for number in range(500))]) & set(EVERYBODY) == held


def test_a_larger_share_keeps_those_already_held_out_and_another_campaign_draws_anew():
    assert drawn(EVERYBODY) < drawn(EVERYBODY, share=0.2)
    both = drawn(EVERYBODY) & drawn(EVERYBODY, campaign="other")
    assert len(both) / len(EVERYBODY) == pytest.approx(0.01, abs=0.003)


PEOPLE = {f"s{number:03}": {"value": 300.0 + number} for number in range(60)}


def test_the_hold_out_is_who_would_have_been_listed_and_it_costs_no_capacity(desk):
    hours = {"call": {"hours": 4.0}}  # 20 calls
    found = desk(PEOPLE, channels=hours, hold_out_share=0.3, default_actions=["service_recovery"])
    held = drawn(PEOPLE, share=0.3)
    assert len(found.list) == 20
    assert found.limits["hours call"]["used"] == pytest.approx(4.0)
    assert not held & {row["subscriber_id"] for row in found.list}
    least = min(row["expected_gain"] for row in found.list)
    price = found.limits["hours call"]["shadow_price"]
    would = {name for name in held if found.rows[name]["expected_gain"] > price * 0.2}
    assert {row["subscriber_id"] for row in found.hold_out} == would
    assert min(row["expected_gain"] for row in found.hold_out) > least - 0.11  # one line of value more or less
    assert sorted(row["rank"] for row in found.hold_out) == list(range(1, len(would) + 1))
    below = next(name for name in sorted(held - would))
    assert found.rows[below]["why"].startswith("in the hold-out, and below the line (gain ")


def test_another_line_of_a_held_out_account_is_not_called_in_its_place_twice(desk):
    """One line is contacted or held out, never both of an account."""
    held = sorted(drawn(EVERYBODY[:100], share=0.2))
    free = sorted(set(EVERYBODY[:100]) - set(held))
    people = {held[0]: {"account_id": "x", "value": 900.0}, free[0]: {"account_id": "x"}, held[1]: {}, free[1]: {}}
    found = desk(people, hold_out_share=0.2)
    assert {row["subscriber_id"] for row in found.list} == {free[0], free[1]}
    assert {row["subscriber_id"] for row in found.hold_out} == {held[1]}
    assert found.rows[held[0]]["why"] == "another line of the account x is contacted or held out"
