"""The hold-out: random, stable, and free of charge."""

from __future__ import annotations

import hashlib

import pandas as pd
import pytest

from savedesk.stages.prioritise.holdout import far_from_share, held_out, share_bounds


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
    decided = desk(PEOPLE, channels=hours, hold_out_share=0.3, default_actions=["service_recovery"])
    held = drawn(PEOPLE, share=0.3)
    assert len(decided.list) == 20
    assert decided.limits["hours call"]["used"] == pytest.approx(4.0)
    assert not held & {row["subscriber_id"] for row in decided.list}
    least = min(row["expected_gain"] for row in decided.list)
    price = decided.limits["hours call"]["shadow_price"]
    would = {name for name in held if decided.rows[name]["expected_gain"] > price * 0.2}
    assert {row["subscriber_id"] for row in decided.hold_out} == would
    assert min(row["expected_gain"] for row in decided.hold_out) > least - 0.11  # one line of value more or less
    assert sorted(row["rank"] for row in decided.hold_out) == list(range(1, len(would) + 1))
    below = next(name for name in sorted(held - would))
    assert decided.rows[below]["why"].startswith("in the hold-out, and below the line (gain ")


def test_an_account_is_drawn_with_all_its_lines(desk):
    """The best line is held out, and no other is called in its place; a free account is called once."""
    accounts = [f"x{number:02}" for number in range(40)]
    away = sorted(drawn(accounts, share=0.2))
    free = sorted(set(accounts) - set(away))
    people = {
        f"{account}-{line}": {"account_id": account, "value": 400.0 + line} for account in accounts for line in range(3)
    }
    decided = desk(people, hold_out_share=0.2)
    assert {row["subscriber_id"] for row in decided.list} == {f"{account}-2" for account in free}
    assert {row["subscriber_id"] for row in decided.hold_out} == {f"{account}-2" for account in away}
    why = f"another line of the account {away[0]} is contacted or held out"
    assert {decided.rows[f"{away[0]}-{line}"]["why"] for line in range(2)} == {why}
    assert {row["propensity"] for row in decided.list} == {0.8}
    assert {row["propensity"] for row in decided.hold_out} == {0.2}


def test_lines_are_drawn_one_by_one_where_each_may_be_contacted(desk):
    people = {f"s{number:02}": {"account_id": "one"} for number in range(40)}
    decided = desk(people, hold_out_share=0.2, rules={"one_per_account": False})
    assert {row["subscriber_id"] for row in decided.hold_out} == drawn(people, share=0.2)


def test_ten_lines_an_account_leave_the_share_that_was_asked_for(desk):
    """Drawn by line, 467 contacts once left 3 held out."""
    people = {
        f"a{account:03}-{line}": {"account_id": f"a{account:03}", "value": 300.0 + account + line / 10}
        for account in range(300)
        for line in range(10)
    }
    decided = desk(people, hold_out_share=0.1)
    assert len(decided.list) + len(decided.hold_out) == 300
    assert len(decided.hold_out) == len(drawn([f"a{account:03}" for account in range(300)]))
    assert 15 <= len(decided.hold_out) <= 48
    assert not [line for line in decided.warnings if line.startswith("hold-out")]


def test_those_who_gain_alike_are_held_out_as_far_down_as_the_list_came(desk):
    """Sixty alike and hours for twenty calls: served in the order of their ids, so the 20th who is free is the last."""
    people = {f"s{number:03}": {} for number in range(60)}
    only_calls = {"channels": {"call": {"hours": 4.0}}, "default_actions": ["service_recovery"]}
    decided = desk(people, hold_out_share=0.3, **only_calls)
    last = max(row["subscriber_id"] for row in decided.list)
    assert len(decided.list) == 20
    assert {row["subscriber_id"] for row in decided.hold_out} == {who for who in drawn(people, share=0.3) if who < last}


@pytest.mark.parametrize(
    ("listed", "held", "worked", "warned"),
    [
        (467, 3, False, True),
        (420, 50, False, False),
        (380, 90, False, True),
        (380, 90, True, False),  # the rest of a list whose first half was contacted has both halves' hold-out
        (467, 3, True, True),
        (6, 0, False, False),
        (0, 0, False, False),
    ],
)
def test_a_share_that_chance_does_not_allow_is_said(listed, held, worked, warned):
    warnings = far_from_share(listed, held, 0.1, worked=worked)
    assert bool(warnings) == warned
    if warned:
        assert warnings[0].startswith(f"hold-out: {held} of {listed + held} who would be contacted are held out, ")


def test_the_bounds_of_chance_are_those_of_the_binomial():
    """470 draws of 0.1: 47 expected, standard deviation 6.5, 3.29 of them to either side."""
    low, high = share_bounds(470, 0.1)
    assert (low, high) == (27, 70)
