"""The chosen plan against trying everything, and the price of a limit against one more unit of it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from savedesk.errors import PolicyError
from savedesk.policy import solve as solver
from savedesk.policy.dominance import first_come, undominated
from savedesk.policy.solve import Limit, solve


def limit(name, available, takes):
    return Limit(name, "units", available, np.array(takes, dtype=float))


def gained(gain, group, limits):
    gain = np.array(gain, dtype=float)
    plan = solve(gain, np.array(group), limits)
    for bound in limits:
        assert bound.takes[plan.chosen].sum() <= bound.available + 1e-6
    assert max(np.bincount(np.array(group)[plan.chosen]), default=0) <= 1
    return float(gain[plan.chosen].sum())


def best_by_trying(gain, group, limits):
    """Every combination of at most one option a group: slow and obvious."""
    members = [[None, *np.flatnonzero(np.array(group) == number)] for number in sorted(set(group))]
    best = 0.0
    for pick in itertools.product(*members):
        taken = [place for place in pick if place is not None]
        if all(bound.takes[taken].sum() <= bound.available + 1e-9 for bound in limits):
            best = max(best, float(np.array(gain, dtype=float)[taken].sum()))
    return best


OPTION = st.tuples(st.integers(-5, 60), st.integers(0, 5), st.integers(0, 12), st.integers(0, 9))


@given(st.lists(OPTION, min_size=1, max_size=10), st.integers(0, 30), st.integers(0, 20))
@settings(max_examples=200, deadline=None)
def test_nothing_beats_the_plan(options_, money, hours):
    gain, group, cost, time = map(list, zip(*options_, strict=True))
    limits = [limit("budget", money, cost), limit("hours", hours, time)]
    assert gained(gain, group, limits) == pytest.approx(best_by_trying(gain, group, limits))


@pytest.mark.parametrize("boundless", [1e15, 1e300, float("inf")])
def test_a_limit_beyond_all_need_is_no_limit(boundless):
    """Sums of such a limit with anything else would be infinite, or lose all else."""
    gain, group, time = [9, 7, 5, 3], [0, 0, 1, 2], limit("hours", 3, [2, 1, 2, 2])
    assert gained(gain, group, [time, limit("budget", boundless, [1, 2, 3, 4])]) == gained(gain, group, [time])


def test_figures_too_large_to_be_added_up_are_refused():
    with pytest.raises(PolicyError, match="an option gains or takes 1e\\+300"):
        solve(np.array([1e300, 1.0]), np.array([0, 1]), [limit("budget", 1, [1, 1])])


def test_narrowing_the_search_loses_nothing(monkeypatch):
    """With a core of one option the second search must find what the first left out."""
    monkeypatch.setattr(solver, "CORE", 1)
    monkeypatch.setattr(solver, "GAP", 1e-9)
    draw = np.random.default_rng(3)
    for _ in range(20):
        gain, group = draw.integers(1, 40, 14), draw.integers(0, 6, 14)
        limits = [limit("budget", 25, draw.integers(1, 15, 14)), limit("hours", 12, draw.integers(0, 8, 14))]
        assert gained(gain, group, limits) == pytest.approx(best_by_trying(gain, group, limits))


def test_greed_by_gain_would_lose():
    """One long call earns 10, two short ones 7 each; there is time for either."""
    assert gained([10, 7, 7], [0, 1, 2], [limit("hours call", 2, [2, 1, 1])]) == 14


def test_the_shadow_price_is_what_one_more_unit_earns():
    gain, group, time = np.array([9.0, 8.0, 5.0, 4.0]), np.arange(4), [1, 1, 1, 1]
    prices = []
    for hours in range(5):
        plan = solve(gain, group, [limit("hours", hours, time)])
        more = solve(gain, group, [limit("hours", hours + 1, time)])
        assert plan.prices["hours"] == pytest.approx(gain[more.chosen].sum() - gain[plan.chosen].sum())
        prices.append(plan.prices["hours"])
    assert prices == pytest.approx([9, 8, 5, 4, 0])


def test_the_price_is_that_of_more_where_a_limit_is_met_exactly():
    """With h hours the plan takes the h best; prices between two neighbours fit it, but the next earns 30 - h."""
    draw = np.random.default_rng(1)
    for _ in range(30):
        gain = draw.permutation(np.arange(1.0, 31.0))
        hours = int(draw.integers(0, 29))
        plan = solve(gain, np.arange(30), [limit("hours", hours, np.ones(30)), limit("budget", 100, np.ones(30))])
        assert plan.prices == pytest.approx({"hours": 30.0 - hours, "budget": 0.0})


def test_without_limits_prices_are_none_and_everybody_who_gains_is_chosen():
    plan = solve(np.array([3.0, -1.0, 0.0, 2.0]), np.arange(4), [])
    assert plan.chosen.tolist() == [True, False, False, True]
    assert plan.prices == {}


def test_a_limit_that_does_not_bind_has_no_price():
    plan = solve(np.array([3.0]), np.array([0]), [limit("budget", 100, [1])])
    assert plan.prices == {"budget": 0.0}


def test_nothing_to_choose_from():
    plan = solve(np.array([]), np.array([], dtype=int), [limit("budget", 5, [])])
    assert (plan.chosen.tolist(), plan.prices) == ([], {"budget": 0.0})


def test_equal_subscribers_are_served_in_order():
    """Any three of these six earn the same; the first three are served."""
    plan = solve(np.full(6, 5.0), np.array([3, 1, 4, 0, 5, 2]), [limit("hours", 3, np.ones(6))])
    assert plan.chosen.tolist() == [True, True, True, False, False, False]


def test_of_alike_accounts_the_first_gets_the_better_option():
    """Two accounts with the same two options each, and time for one long and one short call."""
    gain, group, takes = np.array([9.0, 5.0, 9.0, 5.0]), np.array([0, 0, 1, 1]), np.array([[3.0, 1.0, 3.0, 1.0]])
    settled = first_come(np.array([False, True, True, False]), gain, takes, group)
    assert settled.tolist() == [True, False, False, True]


def test_beaten_options_are_dropped_and_of_copies_the_first_stays():
    gain = np.array([5.0, 6.0, 6.0, 7.0, 0.0, 5.0])
    takes = np.array([[2.0, 2.0, 2.0, 3.0, 0.0, 2.0]])
    group = np.array([0, 0, 0, 0, 0, 1])
    assert undominated(gain, takes, group).tolist() == [1, 3, 5]


def test_a_solver_without_an_answer_ends_in_one_line(monkeypatch):
    class Nothing:
        x, message = None, "gave up"

    monkeypatch.setattr(solver, "milp", lambda *_, **__: Nothing())
    with pytest.raises(PolicyError, match="found no plan: gave up; next: loosen") as raised:
        solve(np.array([1.0, 2.0]), np.array([0, 1]), [limit("hours", 1, [1, 1])])
    assert raised.value.exit_code == 6
