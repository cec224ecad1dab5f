"""Who is left in peace, and why."""

from __future__ import annotations

import datetime as dt

import pytest

from savedesk.errors import PolicyError
from savedesk.schemas import features

CONTACT = "contact_id | subscriber_id | contacted_on | arm\n"
TICKET = "ticket_id | subscriber_id | opened_at | closed_at | category\n"


def test_no_consent_blocklisted_or_worth_nothing_is_a_give_up(desk):
    decided = desk(
        {
            "fine": {},
            "no consent": {"contact_allowed": False},
            "blocked": {"blocklisted": True},
            "worthless": {"value": -12.5, "candidate": False},
            "unsaid": {"contact_allowed": None, "blocklisted": None},
        }
    )
    assert {name: (row["decision"], row["why"]) for name, row in decided.rows.items() if name != "unsaid"} == {
        "fine": ("contact", "gains 38.50"),
        "no consent": ("give_up", "no consent to be contacted"),
        "blocked": ("give_up", "blocklisted"),
        "worthless": ("give_up", "remaining value -12.50 is not above 0"),
    }
    assert decided.rows["unsaid"]["decision"] == "contact"
    assert [row["subscriber_id"] for row in decided.give_up] == ["blocked", "no consent", "worthless"]


def test_no_action_that_earns_its_cost_is_a_give_up_that_names_the_best(desk):
    """0.01 x 0.2 x (400 - 2) - 0.99 x 0.3 x 2 - 1 < 0, and a check-in earns 0.01 x 0.02 x 400 - 0.05 = 0.03."""
    decided = desk({"a": {"p": 0.01}, "b": {"p": 0.001}, "c": {"p": 0.001, "type": "arrears"}})
    assert decided.rows["a"]["decision"] == "contact"
    assert decided.rows["a"]["expected_gain"] == pytest.approx(0.03)
    assert decided.rows["b"]["why"] == "no action earns its cost; the best, Friendly check-in, brings -0.04"
    assert [(row["subscriber_id"], row["best_action"]) for row in decided.give_up] == [
        ("b", "check_in"),
        ("c", "check_in"),
    ]
    assert decided.give_up[1]["best_gain"] == pytest.approx(-0.05)


def test_who_was_not_explained_is_not_listed(desk):
    decided = desk({"a": {"p": 0.5}, "b": {"p": 0.1, "candidate": False}})
    row = decided.rows["b"]
    assert (row["decision"], row["action"], row["rank"]) == ("not_listed", None, None)
    assert row["why"] == "value at risk is not above 200.00, the least of the candidates"


def test_quiet_days_after_a_contact(desk):
    """A contact leaves the next 30 days quiet. A control was not contacted."""
    past = (
        CONTACT
        + """
        1 | day30   | 2025-06-01 | treated
        2 | day31   | 2025-05-31 | treated
        3 | control | 2025-06-30 | control
    """
    )
    decided = desk({name: {} for name in ("day30", "day31", "control", "never")}, past)
    assert {name: row["decision"] for name, row in decided.rows.items()} == {
        "day30": "not_listed",
        "day31": "contact",
        "control": "contact",
        "never": "contact",
    }
    assert decided.rows["day30"]["why"] == "contacted 30 days ago; quiet for 30 days"


def test_at_most_two_contacts_in_ninety_days(desk):
    past = (
        CONTACT
        + """
        1 | twice | 2025-04-02 | treated
        2 | twice | 2025-05-01 | treated
        3 | once  | 2025-04-01 | treated
        4 | once  | 2025-05-01 | treated
    """
    )
    decided = desk({"twice": {}, "once": {}}, past)
    assert decided.rows["once"]["decision"] == "contact"
    assert (decided.rows["twice"]["decision"], decided.rows["twice"]["why"]) == (
        "not_listed",
        "2 contacts in 90 days; at most 2",
    )


@pytest.mark.parametrize(
    ("opened_at", "closed_at", "is_open"),
    [
        ("2025-06-30", "", True),
        ("2025-06-30", "2025-07-01", True),  # closed on the day: the data do not reach it
        ("2025-06-01", "2025-06-30", False),
        ("2025-07-01", "", False),  # opened on the day: the same
    ],
)
def test_no_sales_offer_while_a_complaint_is_open(desk, opened_at, closed_at, is_open):
    """A renewal (0.5 x 0.9 x 380 - 5 - 0.05) would earn more than service recovery."""
    better = {"renewal_benefit": {"save_rate": 0.9}}
    tickets = TICKET + f"1 | a | {opened_at} | {closed_at} | store"
    people = {"a": {"reasons": ["contract_end"]}}
    decided = desk(people, complaints_=tickets, actions=better, taken="2025-06-30")
    assert decided.rows["a"]["action"] == ("service_recovery" if is_open else "renewal_benefit")


def test_an_open_complaint_of_another_says_nothing(desk):
    decided = desk({"a": {"reasons": ["contract_end"]}, "b": {}}, complaints_=TICKET + "1 | b | 2025-06-30 | | store")
    assert decided.rows["a"]["action"] == "renewal_benefit"


def test_one_contact_an_account(desk):
    people = {name: {"account_id": "x", "value": value} for name, value in (("a", 300.0), ("b", 900.0))}
    decided = desk({**people, "c": {}})
    assert {row["subscriber_id"] for row in decided.list} == {"b", "c"}
    assert decided.rows["a"]["why"] == "another line of the account x is contacted or held out"
    assert len(desk({**people, "c": {}}, rules={"one_per_account": False}).list) == 3


def test_small_customers_only_get_what_costs_next_to_nothing(desk):
    everything = ["complaint", "network", "contract_end"]
    decided = desk({tier: {"tier": tier, "reasons": everything} for tier in ("key", "core", "small")})
    assert decided.rows["small"]["channel"] == "message"
    assert decided.rows["core"]["channel"] == decided.rows["key"]["channel"] == "call"


def test_limits_hold_and_the_rest_stays_below_the_line(desk):
    hours = {"visit": {"hours": 0.0}, "call": {"hours": 0.4}, "message": {"hours": None}}
    only_calls = {"reason_actions": {"complaint": ["service_recovery"]}, "default_actions": ["service_recovery"]}
    values = {"a": 100.0, "b": 400.0, "c": 300.0, "d": 200.0}
    decided = desk({n: {"value": v} for n, v in values.items()}, channels=hours, **only_calls)
    assert [row["subscriber_id"] for row in decided.list] == ["b", "c"]
    assert decided.rows["d"]["why"] == "gains 18.50, but budget or hours go to those who gain more"
    calls = decided.limits["hours call"]
    assert (calls["available"], calls["used"]) == (0.4, pytest.approx(0.4))
    assert calls["shadow_price"] == pytest.approx(18.5 / 0.2)  # d is next in line, for 12 minutes
    assert decided.metrics["shadow_price_hours_call"] == calls["shadow_price"]


def test_limits_within_which_nothing_fits_are_refused_in_one_line(desk):
    hours = {"visit": {"hours": 0.0}, "call": {"hours": 0.0}, "message": {"hours": None}}
    with pytest.raises(
        PolicyError, match=r"not one contact fits within the limits \(budget 0, hours visit 0, "
    ) as raised:
        desk({"a": {}, "b": {"value": 300.0}}, channels=hours, budget=0.0)
    assert raised.value.exit_code == 6


def test_a_channel_without_hours_is_left_out_and_has_a_price(desk):
    hours = {"visit": {"hours": 0.0}, "call": {"hours": 0.0}, "message": {"hours": None}}
    decided = desk({"a": {}}, channels=hours)
    assert (decided.rows["a"]["decision"], decided.rows["a"]["channel"]) == ("contact", "message")
    assert decided.limits["hours call"]["shadow_price"] > 0


def test_each_as_of_is_decided_by_itself_and_the_newest_makes_the_list(desk):
    """The older decisions are the backtest; they see only contacts of before."""
    old = {"a": {"as_of": dt.date(2025, 4, 1), "value": 100.0}}
    decided = desk(old | {"b": {}}, CONTACT + "1 | a | 2025-06-01 | treated")
    assert [(str(r["as_of"]), r["subscriber_id"], r["decision"], r["rank"]) for r in decided.all] == [
        ("2025-04-01", "a", "contact", 1),
        ("2025-07-01", "b", "contact", 1),
    ]
    assert [row["subscriber_id"] for row in decided.list] == ["b"]


def test_texts_follow_the_language(desk):
    decided = desk({"a": {"blocklisted": True}, "b": {"p": 0.001}}, language="zh")
    assert decided.rows["a"]["why"] == "黑名单"
    assert decided.rows["b"]["why"] == "任何动作都不划算；最好的 关怀问候 收益为 -0.04"


def test_no_plan_fit_call_to_an_overspender_who_has_not_noticed(desk):
    """Who pays 40 % too much and was never surprised by a bill hears of it from the call; who complained knew."""
    traits = {
        "unaware": {"plan_overspend_3m": 0.4, "price_complaints_12m": 0.0, "bill_shock_6m": 0.1},
        "complained": {"plan_overspend_3m": 0.4, "price_complaints_12m": 1.0, "bill_shock_6m": 0.1},
        "shocked": {"plan_overspend_3m": 0.4, "price_complaints_12m": 0.0, "bill_shock_6m": 0.5},
        "fits": {"plan_overspend_3m": 0.1, "price_complaints_12m": 0.0, "bill_shock_6m": 0.1},
        "unknown": {"plan_overspend_3m": None, "price_complaints_12m": 0.0, "bill_shock_6m": 0.1},
    }
    known = [{"subscriber_id": name, "as_of": dt.date(2025, 7, 1), **own} for name, own in traits.items()]
    fitting = {"fitting_plan": {"offer_cost": 0, "offer_cost_months": 0, "save_rate": 0.5, "take_up": 0.0}}
    people = {name: {"reasons": ["price"]} for name in traits}
    by_price = {"price": ["fitting_plan"]}
    decided = desk(people, also={features.TABLE: known}, actions=fitting, reason_actions=by_price)
    assert {name: row["action"] for name, row in decided.rows.items()} == {
        "unaware": "check_in",
        "complained": "fitting_plan",
        "shocked": "fitting_plan",
        "fits": "fitting_plan",
        "unknown": "fitting_plan",
    }


def test_nobody_reads_out_to_an_overspender_what_they_have_not_noticed(desk):
    """Another action may still be due for price; the row must not make the agent name the price."""
    traits = {"unaware": {"bill_shock_6m": 0.1}, "shocked": {"bill_shock_6m": 0.5}}
    own = {"plan_overspend_3m": 0.4, "price_complaints_12m": 0.0}
    known = [{"subscriber_id": name, "as_of": dt.date(2025, 7, 1), **own, **facts} for name, facts in traits.items()]
    people = {name: {"reasons": ["price"], "feature": "plan_overspend_3m"} for name in traits}
    by_price = {"price": ["loyalty_discount"]}
    decided = desk(people, also={features.TABLE: known}, reason_actions=by_price)
    offered = "pays for more than is used and has not noticed: make the offer without a word about that"
    texts = {row["subscriber_id"]: (row["reason_1"], row["because"]) for row in decided.list}
    quiet = "pays for more than is used and has not noticed: do not bring it up"
    assert texts == {"unaware": (quiet, offered), "shocked": ("price told", "price told")}


def test_an_action_of_ones_own_for_the_price_is_not_offered_to_whom_nobody_may_tell(desk):
    """It speaks of the plan unless it says `plan_fit: false`: else the agent offered it and was told to keep silent."""
    own = {"plan_overspend_3m": 0.4, "price_complaints_12m": 0.0, "bill_shock_6m": 0.1}
    known = [{"subscriber_id": "unaware", "as_of": dt.date(2025, 7, 1), **own}]
    people = {"unaware": {"reasons": ["price"], "feature": "plan_overspend_3m"}}
    smaller = {
        "en": "Offer a smaller plan",
        "zh": "推荐更小的套餐",
        "channels": ["call"],
        "offer_cost": 0,
        "offer_cost_months": 0,
        "save_rate": 0.2,
        "take_up": 0.1,
        "churn_types": ["cancelled"],
        "sales_offer": True,
    }
    given = {"also": {features.TABLE: known}, "reason_actions": {"price": ["smaller"]}}
    decided = desk(people, **given, actions={"smaller": smaller})
    assert "smaller" not in [row["action"] for row in decided.list]
    decided = desk(people, **given, actions={"smaller": smaller | {"plan_fit": False}})
    assert [row["action"] for row in decided.list] == ["smaller"]


def test_nobody_is_disturbed_for_next_to_nothing(desk):
    """A check-in of 0.1 x 0.02 x 400 - 0.05 = 0.75 starts thirty quiet days."""
    decided = desk({"a": {"p": 0.1, "reasons": ["price"]}}, minimum_gain=1.0, reason_actions={"price": ["check_in"]})
    assert (decided.rows["a"]["decision"], decided.rows["a"]["why"]) == (
        "not_listed",
        "gains 0.75; below 1.00 nobody is disturbed",
    )


def test_the_list_says_what_calls_for_the_action(desk):
    """A told reason, a complaint that is open and told by no reason, or nothing: a check-in needs none."""
    people = {"told": {}, "open": {"reasons": ["contract_end"]}, "none": {"reasons": ["none"]}}
    decided = desk(people, complaints_=TICKET + "1 | open | 2025-06-30 | | store")
    assert {row["subscriber_id"]: (row["action"], row["because"]) for row in decided.list} == {
        "told": ("service_recovery", "complaint told"),
        "open": ("service_recovery", "an open complaint"),
        "none": ("check_in", "a contact that needs no reason"),
    }
