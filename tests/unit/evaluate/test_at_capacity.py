"""Lists of the same size, judged by a truth that only a simulator knows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.tables import sections

from savedesk.errors import ParamsError
from savedesk.schemas.truth import ACTIONS
from savedesk.stages.evaluate.at_capacity import EqualSizeRules, capacity_figures, lists_of, with_truth
from savedesk.stages.evaluate.one_action import one_action_lists

DAY = "2025-07-01"
SETTINGS = sections(evaluate={"capacity_share": 0.25, "bootstrap_rounds": 20})
JUDGE = EqualSizeRules(SETTINGS["prioritise"], SETTINGS["evaluate"])


def person(name, p0, cured, value=1000.0, p=None):
    """Return a row: true chance without a contact, chance with each action of ``cured``, and the model's own chance."""
    after = {f"with_{action}": cured.get(action, p0) for action in ACTIONS}
    row = {"subscriber_id": name, "as_of": DAY, "true_probability": p0, "churn_probability": p0 if p is None else p}
    rest = {"margin": 10.0, "tier": "key", "contactable": True, "account_id": name}
    types = {"probability_cancelled": row["churn_probability"], "probability_arrears": 0.0, "probability_dormant": 0.0}
    return {**row, "remaining_value": value, **rest, **types, **after}


def option(row, action, reason="complaint", place=1, channel="call", rate=0.2, cost=1.0, **more):
    gain = row["churn_probability"] * rate * row["remaining_value"] - cost
    names = ("subscriber_id", "as_of", "account_id", "churn_probability", "remaining_value")
    economics = {
        "touched_probability": row["churn_probability"],
        "offer_cost": 0.0,
        "contact_cost": cost,
        "take_up": 0.0,
    }
    terms = {"reason": reason, "reason_place": place, "save_rate": rate, "rate_factor": 1.0, "expected_gain": gain}
    return (
        {name: row[name] for name in names}
        | economics
        | terms
        | {
            "action": action,
            "channel": channel,
            "barred": None,
            "open": True,
            **more,
        }
    )


def lists_and_figures(people, options):
    rows, table = pd.DataFrame(people), pd.DataFrame(options)
    return lists_of(table, rows, JUDGE), capacity_figures(table, rows, JUDGE)


def test_the_true_gain_has_the_true_chances_in_place_of_the_estimates():
    """0.4 without, 0.1 with the contact: 0.3 x (1000 - 20) - 0.6 x 0.5 x 20 - 1."""
    row = person("a", 0.4, {"service_recovery": 0.1}, p=0.9)
    table = pd.DataFrame([option(row, "service_recovery") | {"offer_cost": 20.0, "take_up": 0.5}])
    assert with_truth(table, pd.DataFrame([row]))["true_gain"].tolist() == pytest.approx([0.3 * 980 - 6 - 1])


def test_the_true_rate_of_a_cell_is_what_its_action_prevents_of_what_it_could():
    """Two at risk of 0.4 and 0.2 by the model; the action prevents 0.1 of each: a third of what it could."""
    people = [person(n, p, {"service_recovery": p - 0.1}) for n, p in (("a", 0.4), ("b", 0.2))]
    known = with_truth(pd.DataFrame([option(row, "service_recovery") for row in people]), pd.DataFrame(people))
    assert known["gain_at_true_rates"].tolist() == pytest.approx([0.4 / 3 * 1000 - 1, 0.2 / 3 * 1000 - 1])


def test_the_true_rate_is_that_of_a_reason_of_usual_strength():
    """The reason of a is thrice as strong as that of b: 0.2 prevented of 1.5 x 0.4 + 0.5 x 0.2 is a rate of 2/7."""
    people = [person(n, p, {"service_recovery": p - 0.1}) for n, p in (("a", 0.4), ("b", 0.2))]
    factors = {"a": 1.5, "b": 0.5}
    options = [option(row, "service_recovery", rate_factor=factors[row["subscriber_id"]]) for row in people]
    known = with_truth(pd.DataFrame(options), pd.DataFrame(people))
    expected = [0.4 * 1.5 * 2 / 7 * 1000 - 1, 0.2 * 0.5 * 2 / 7 * 1000 - 1]
    assert known["gain_at_true_rates"].tolist() == pytest.approx(expected)


def test_lists_have_the_same_size_and_sort_by_what_they_are_named_for():
    """Of four, one may be contacted: the likeliest to leave, the dearest at risk, or the one who can be kept."""
    people = [
        person("likeliest", 0.9, {}, value=100.0),
        person("dearest", 0.5, {"renewal_benefit": 0.49}, value=5000.0),
        person("keepable", 0.4, {"service_recovery": 0.1}, value=3000.0),
        person("calm", 0.01, {}, value=10.0),
    ]
    options = [
        *(option(row, "renewal_benefit", "contract_end", rate=0.01) for row in people[:2]),
        option(people[2], "service_recovery", rate=0.5),
        option(people[3], "service_recovery"),
    ]
    lists, figures = lists_and_figures(people, options)
    chosen = {name: table["subscriber_id"].tolist() for name, table in lists.items()}
    assert chosen["by_probability"] == ["likeliest"]
    assert chosen["by_value_at_risk"] == ["dearest"]
    assert chosen["list"] == chosen["tables_allow"] == chosen["truth_known"] == ["keepable"]
    assert figures["true_gain_at_capacity_list"].value == pytest.approx(0.3 * 3000 - 1)
    assert figures["times_by_value_at_risk"].value == pytest.approx((0.3 * 3000 - 1) / (0.01 * 5000 - 1))
    assert np.isnan(figures["times_by_probability"].value)  # it loses 1: there is no multiple of a loss
    assert figures["ahead_of_by_probability"].value == pytest.approx(0.3 * 3000)
    assert figures["share_of_truth_known"].value == 1.0


def test_a_sorted_list_gives_the_first_action_of_the_first_reason():
    """A price reason names the fitting plan before the discount, whatever either would gain."""
    risky = person("a", 0.5, {})
    table = [
        option(risky, "loyalty_discount", "price", rate=0.9),
        option(risky, "fitting_plan", "price", rate=0.1),
        option(risky, "check_in", "any", place=0, channel="message"),
    ]
    people = [risky, *(person(f"calm {place}", 0.01, {}) for place in range(3))]
    lists, _ = lists_and_figures(people, table)
    assert lists["by_probability"]["action"].tolist() == ["fitting_plan"]
    assert lists["by_probability_own_action"]["action"].tolist() == ["loyalty_discount"]


def test_one_action_for_all_is_the_best_in_hindsight():
    """By risk a comes first, by value at risk b; an apology keeps 0.1 of a, a renewal 0.3 of b, at a month's margin."""
    a = person("a", 0.5, {"service_recovery": 0.4})
    b = person("b", 0.4, {"renewal_benefit": 0.1, "service_recovery": 0.39}, value=5000.0)
    rows = pd.DataFrame([a, b, person("c", 0.01, {}), person("d", 0.01, {}) | {"contactable": False}])
    lists = one_action_lists(rows, JUDGE.policy, {DAY: 1})
    choices = {name: (chosen["subscriber_id"].item(), chosen["action"].item()) for name, chosen in lists.items()}
    assert choices == {
        "by_probability_one_action": ("a", "service_recovery"),
        "by_value_at_risk_one_action": ("b", "renewal_benefit"),
    }
    by_hand = 0.1 * (1000 - 2) - 0.5 * 0.3 * 2 - 1
    assert lists["by_probability_one_action"]["true_gain"].item() == pytest.approx(by_hand)


def test_one_action_goes_to_an_account_once_and_to_nobody_without_consent():
    rows = pd.DataFrame([person(name, 0.5 - place / 100, {"check_in": 0.1}) for place, name in enumerate("abcd")])
    rows = rows.assign(account_id=["x", "x", "y", "z"], contactable=[True, True, False, True])
    listed = one_action_lists(rows, JUDGE.policy, {DAY: 3})["by_probability_one_action"]
    assert listed["subscriber_id"].tolist() == ["a", "d"]


def test_options_of_another_policy_are_refused():
    with pytest.raises(ParamsError, match="check_in by fax is in the options and not in"):
        lists_and_figures([person("a", 0.5, {})] * 2, [option(person("a", 0.5, {}), "check_in", channel="fax")])


def test_nobody_is_chosen_whom_a_rule_or_the_hold_out_keeps_off():
    people = [person(name, 0.5, {"service_recovery": 0.1}) for name in "abcd"]
    table = [option(row, "service_recovery", open=row["subscriber_id"] == "d") for row in people]
    lists, _ = lists_and_figures(people, table)
    assert {tuple(chosen["subscriber_id"]) for chosen in lists.values()} == {("d",)}


def test_without_options_there_is_nothing_to_compare():
    row = person("a", 0.5, {})
    assert capacity_figures(pd.DataFrame([option(row, "unheard_of")]), pd.DataFrame([row]), JUDGE) == {}
