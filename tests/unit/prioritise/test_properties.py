"""What holds of every list, whoever is scored and whatever the policy allows."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom
from tests.tables import sections

from savedesk.params.load import overlay
from savedesk.params.prioritise import PrioritiseParams
from savedesk.policy.action_rules import called_for, prior_rates
from savedesk.policy.options import options, usual_of
from savedesk.schemas.decisions import DECISIONS
from savedesk.schemas.reasons import CODES
from savedesk.stages.prioritise.decide import decide
from savedesk.stages.prioritise.holdout import held_out

SHIPPED = sections()["prioritise"].model_dump()
DAY = pd.Timestamp("2025-07-01")
PERSON = st.fixed_dictionaries(
    {
        "account": st.integers(0, 6),
        "churn_probability": st.floats(0.001, 1),
        "arrears_share": st.floats(0, 1),
        "remaining_value": st.floats(-50, 3000),
        "margin": st.floats(-5, 120),
        "tier": st.sampled_from(["key", "core", "small"]),
        "candidate": st.booleans(),
        "blocklisted": st.sampled_from([True, False, None]),
        "contact_allowed": st.sampled_from([True, False, None]),
        "days_since_contact": st.one_of(st.just(np.nan), st.integers(0, 60)),
        "recent_contacts": st.integers(0, 3),
        "open_complaints": st.integers(0, 1),
        "unaware_overspender": st.booleans(),
        "reason": st.sampled_from([*CODES, "none"]),
    }
)
HOURS = st.one_of(st.none(), st.floats(0, 2))
LIMITS = st.fixed_dictionaries(
    {
        "budget": st.one_of(st.none(), st.floats(0, 60)),
        "contacts": st.one_of(st.none(), st.integers(0, 5)),
        "hold_out_share": st.sampled_from([0.0, 0.3]),
        "channels": st.fixed_dictionaries(
            {name: st.fixed_dictionaries({"hours": HOURS}) for name in ("visit", "call")}
        ),
    }
)


def frame_of(people):
    rows = pd.DataFrame(people)
    p, late = rows["churn_probability"], rows["arrears_share"]
    return rows.assign(
        subscriber_id=[f"s{place:02}" for place in range(len(rows))],
        as_of=DAY,
        account_id="a" + rows["account"].astype(str),
        probability_cancelled=p * (1 - late),
        probability_arrears=p * late,
        probability_dormant=0.0,
        value_at_risk=p * rows["remaining_value"].clip(lower=0),
    )


def decided(people, limits):
    policy = PrioritiseParams.model_validate(overlay(SHIPPED, limits))
    there = people[people["candidate"]]
    reason_rows = there[["subscriber_id", "as_of", "reason"]].assign(
        position=1, contribution=there["churn_probability"]
    )
    called = called_for(reason_rows, there[there["open_complaints"] > 0], there, policy)
    rates = prior_rates(policy).rename(columns={"prior": "save_rate"}).assign(as_of=DAY, save_rate_source="prior")
    there = there.drop(columns="reason")
    offered = options(there, called, rates.merge(usual_of(called, there, policy), how="left"), policy)
    return decide(people, offered, policy, "en"), policy


@settings(max_examples=60, deadline=None)
@given(st.lists(PERSON, min_size=1, max_size=14), LIMITS)
def test_no_rule_is_ever_broken_and_everybody_has_one_decision_and_a_reason(people, limits):
    frame = frame_of(people)
    decision, policy = decided(frame, limits)
    rows = decision.rows
    assert sorted(rows["subscriber_id"]) == sorted(frame["subscriber_id"])
    assert set(rows["decision"]) <= set(DECISIONS)
    assert rows["why"].str.len().min() > 0
    listed = rows[rows["decision"] == "contact"]
    assert (listed["expected_gain"] >= policy.minimum_gain).all()
    assert listed["candidate"].all()
    assert not listed["blocklisted"].eq(True).any()
    assert not listed["contact_allowed"].eq(False).any()
    assert not (listed["days_since_contact"] <= policy.rules.quiet_days).any()
    assert (listed["recent_contacts"] < policy.rules.max_contacts).all()
    would = rows[rows["decision"].isin(["contact", "hold_out"])]
    assert not would["account_id"].duplicated().any()
    assert not held_out(listed["account_id"], policy.campaign, policy.hold_out_share).any()
    for row in listed.itertuples():
        action = policy.actions[row.action]
        assert row.tier in policy.channels[row.channel].tiers
        assert not (action.sales_offer and row.open_complaints)
        assert not (action.plan_fit and row.unaware_overspender)
        assert row.action in {*policy.default_actions, *policy.reason_actions.get(row.reason, ()), "service_recovery"}
    for limit in decision.limits.itertuples():
        assert limit.used <= limit.available + 1e-6
    if policy.contacts is not None:
        assert len(listed) <= policy.contacts


@settings(max_examples=40, deadline=None)
@given(st.lists(PERSON, min_size=1, max_size=12), LIMITS, st.floats(0, 50))
def test_more_of_a_limit_never_lowers_the_gain(people, limits, more):
    frame, fixed = frame_of(people), limits | {"hold_out_share": 0.0}
    budget = 10.0 if fixed["budget"] is None else fixed["budget"]
    gains = [decided(frame, fixed | {"budget": b})[0].plan.gain for b in (budget, budget + more)]
    assert gains[1] >= gains[0] - 1e-6


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=12), unique=True, min_size=2, max_size=30), st.integers(1, 29))
def test_the_hold_out_is_the_same_when_others_come_and_go(ids, kept):
    everybody = pd.Series(held_out(pd.Series(ids), "base", 0.3), index=ids)
    fewer = ids[-kept:]
    assert held_out(pd.Series(fewer), "base", 0.3).tolist() == everybody[fewer].tolist()


LIKE = {"arrears_share": 0.0, "margin": 5.0, "tier": "core", "candidate": True, "blocklisted": False}
LIKE |= {"contact_allowed": True, "days_since_contact": np.nan, "recent_contacts": 0, "open_complaints": 0}
LIKE |= {"unaware_overspender": False, "reason": "complaint"}


def lines_of(sizes, names):
    """Accounts with so many lines each; an account's gain has nothing to do with the draw."""
    draw = np.random.default_rng(5)
    people = [
        {"account": f"{names}-{account}", "churn_probability": float(draw.uniform(0.2, 0.6))}
        | {"remaining_value": float(draw.uniform(200, 900))}
        for account, lines in enumerate(sizes)
        for _ in range(lines)
    ]
    return frame_of([{**LIKE, **person} for person in people])


@settings(max_examples=25, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 20), min_size=1, max_size=4),
    names=st.integers(0, 10**6),
    share=st.sampled_from([0.1, 0.3]),
    hours=st.sampled_from([None, 6.0]),
    by_account=st.booleans(),
)
def test_the_share_held_out_is_what_chance_allows_whatever_the_size_of_accounts(sizes, names, share, hours, by_account):
    """Of 120 accounts of any mix of sizes, with and without a limit that binds (6 hours are 30 calls)."""
    frame = lines_of([sizes[place % len(sizes)] for place in range(120)], names)
    channels = {"call": {"hours": hours}, "message": {"tiers": ["small"]}}
    limits = {"budget": None, "hold_out_share": share, "channels": channels}
    decision, policy = decided(frame, limits | {"rules": {"one_per_account": by_account}})
    rows = decision.rows
    listed, held = (rows[rows["decision"] == arm] for arm in ("contact", "hold_out"))
    low, high = binom.ppf([1e-7, 1 - 1e-7], len(listed) + len(held), share)
    assert low <= len(held) <= high
    payer = "account_id" if by_account else "subscriber_id"
    drawn = held_out(rows[payer], policy.campaign, share)
    assert not drawn[listed.index].any()
    assert drawn[held.index].all()
    if hours:
        assert len(listed) == 30
    if by_account:  # every account that was drawn and would be listed is held out: none is lost to another of its lines
        lost = rows[drawn & rows["rule"].eq("account").to_numpy()]
        assert set(lost["account_id"]) <= set(held["account_id"])


def test_more_of_a_limit_is_worth_its_shadow_price():
    """Of 400 like accounts an hour more calls five more; what they gain is the price, and the price falls or stays."""
    draw = np.random.default_rng(2)
    people = [
        {"account": place, "churn_probability": float(draw.uniform(0.05, 0.6)), "arrears_share": 0.0}
        | {"remaining_value": float(draw.lognormal(5, 0.8)), "margin": 5.0, "tier": "core", "candidate": True}
        | {"blocklisted": False, "contact_allowed": True, "days_since_contact": np.nan, "recent_contacts": 0}
        | {"open_complaints": 0, "unaware_overspender": False, "reason": "complaint"}
        for place in range(400)
    ]
    frame = frame_of(people)
    prices, gains = [], []
    for hours in (10.0, 11.0, 12.0):
        limits = {"budget": None, "hold_out_share": 0.0, "channels": {"call": {"hours": hours}}}
        decision, _ = decided(frame, limits)
        prices.append(float(decision.limits.set_index("limit").loc["hours call", "shadow_price"]))
        gains.append(decision.plan.gain)
    assert prices == sorted(prices, reverse=True)
    assert prices[1] <= gains[1] - gains[0] <= prices[0]
    assert prices[2] <= gains[2] - gains[1] <= prices[1]
    assert prices[0] > 0
