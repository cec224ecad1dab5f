"""The gain formula, and the trade's own rule about who comes first."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.tables import sections

from savedesk.policy.action_rules import called_for, prior_rates
from savedesk.policy.gain import expected_cost, expected_gain
from savedesk.policy.options import options, usual_of
from savedesk.stages.prioritise.decide import decide

UNLIMITED = {name: {"hours": None} for name in ("visit", "call", "message")}
POLICY = sections(prioritise={"budget": None, "minimum_gain": 0.0, "hold_out_share": 0.0, "channels": UNLIMITED})[
    "prioritise"
]
DAY = pd.Timestamp("2025-07-01")


def test_gain_by_hand():
    """0.25 x 0.5 x (100 - 20) - (1 - 0.3) x 0.5 x 20 - 1 = 10 - 7 - 1."""
    terms = {"touched": 0.25, "churn": 0.3, "save_rate": 0.5, "offer": 20.0, "take_up": 0.5, "contact": 1.0}
    given_ = {name: np.array([value]) for name, value in terms.items()}
    assert expected_gain(value=np.array([100.0]), **given_) == pytest.approx([2.0])
    assert expected_cost(**given_) == pytest.approx([1 + (0.25 * 0.5 + 0.7 * 0.5) * 20])


def test_an_action_that_drives_people_away_loses_and_costs_no_negative_offer():
    terms = {"touched": 1.0, "churn": 1.0, "save_rate": -0.1, "offer": 10.0, "take_up": 0.0, "contact": 1.0}
    given_ = {name: np.array([value]) for name, value in terms.items()}
    assert expected_gain(value=np.array([110.0]), **given_) == pytest.approx([-11.0])
    assert expected_cost(**given_) == pytest.approx([1.0])


def subscribers(rows):
    """Return people of one segment: (id, churn probability, margin), value ten months of margin."""
    frame = pd.DataFrame(rows, columns=["subscriber_id", "churn_probability", "margin"])
    p = frame["churn_probability"]
    return frame.assign(
        as_of=DAY,
        account_id=frame["subscriber_id"],
        probability_cancelled=0.75 * p,
        probability_arrears=0.25 * p,
        probability_dormant=0.0,
        remaining_value=10 * frame["margin"],
        value_at_risk=10 * p * frame["margin"],
        tier="core",
        candidate=True,
        blocklisted=False,
        contact_allowed=True,
        days_since_contact=np.nan,
        recent_contacts=0,
        open_complaints=0,
        unaware_overspender=False,
    )


def offered(people, reason, contribution=0.3):
    """Return the options of people who all have one reason, at the priors; contribution: log-odds of it, of each."""
    reason_rows = people[["subscriber_id", "as_of"]].assign(reason=reason, position=1, contribution=contribution)
    called = called_for(reason_rows, people.head(0), people, POLICY)
    rates = prior_rates(POLICY).rename(columns={"prior": "save_rate"}).assign(as_of=DAY, save_rate_source="prior")
    return options(people, called, rates.merge(usual_of(called, people, POLICY), how="left"), POLICY)


def ranks(rows, reason):
    people = subscribers(rows)
    decided = decide(people, offered(people, reason), POLICY, "en").rows
    return decided.set_index("subscriber_id")["rank"]


def never_lower(rank, better, worse):
    """Return whether the better one is listed before the worse one, or neither is listed."""
    return pd.isna(rank[worse]) if pd.isna(rank[better]) else pd.isna(rank[worse]) or rank[better] < rank[worse]


CONTRIBUTION = st.floats(0.02, 5)
MARGIN = st.floats(0.01, 500)
RISK = st.floats(0.001, 1)
REASON = st.sampled_from(sorted(POLICY.reason_actions))


@settings(max_examples=30, deadline=None)
@given(risk=RISK, small=MARGIN, large=MARGIN, reason=REASON)
def test_at_equal_risk_the_more_valuable_never_ranks_lower(risk, small, large, reason):
    assume(large > small * 1.001)
    rank = ranks([("a_small", risk, small), ("b_large", risk, large)], reason)
    assert never_lower(rank, "b_large", "a_small")


@settings(max_examples=30, deadline=None)
@given(margin=MARGIN, calm=RISK, risky=RISK, reason=REASON)
def test_at_equal_value_the_riskier_never_ranks_lower(margin, calm, risky, reason):
    assume(risky > calm * 1.001)
    rank = ranks([("a_calm", calm, margin), ("b_risky", risky, margin)], reason)
    assert never_lower(rank, "b_risky", "a_calm")


@settings(max_examples=30, deadline=None)
@given(risk=RISK, margin=MARGIN, weak=CONTRIBUTION, strong=CONTRIBUTION, reason=REASON)
def test_at_equal_risk_and_value_the_stronger_reason_never_earns_less(risk, margin, weak, strong, reason):
    assume(strong > weak)
    table = offered(subscribers([("weak", risk, margin), ("strong", risk, margin)]), reason, [weak, strong])
    best = table["expected_gain"].clip(lower=0).groupby(table["subscriber_id"]).max()
    assert best["strong"] >= best["weak"] - 1e-9


def test_the_rate_follows_the_share_of_the_risk_that_the_reason_explains():
    """Complaints explain half of the odds of a and a quarter of those of b, who are as likely to leave.

    Their log-odds are log 2 and log 4/3. The usual share is 0.375: three quarters of the rate follow, to 4/3 and 2/3.
    """
    table = offered(subscribers([("a", 0.2, 10.0), ("b", 0.2, 10.0)]), "complaint", np.log([2, 4 / 3]))
    calls = table[(table["action"] == "service_recovery") & (table["channel"] == "call")].set_index("subscriber_id")
    assert calls["rate_factor"].to_dict() == pytest.approx({"a": 1.25, "b": 0.75})
    assert calls["save_rate"].to_dict() == pytest.approx({"a": 0.15 * 1.25, "b": 0.15 * 0.75})


def test_the_would_be_churners_together_keep_the_rate():
    people = subscribers([("a", 0.4, 10.0), ("b", 0.1, 10.0), ("c", 0.02, 10.0)])
    table = offered(people, "network", [0.1, 0.9, 2.0])
    calls = table[(table["action"] == "engineer_ticket") & (table["channel"] == "call")]
    touched = calls["touched_probability"]
    assert (touched * calls["save_rate"]).sum() / touched.sum() == pytest.approx(0.1)


def test_a_share_far_above_the_usual_one_counts_as_five_times():
    people = subscribers([(f"s{place}", 0.2, 10.0) for place in range(20)])
    table = offered(people, "network", [3.0] + [1e-4] * 19)
    assert table.loc[table["action"] == "engineer_ticket", "rate_factor"].max() == pytest.approx(0.25 + 0.75 * 5)


def test_an_open_complaint_that_is_no_reason_explains_nothing():
    """It is not told, so that it weighs less than the weakest complaint that is."""
    people = subscribers([("told", 0.2, 10.0), ("open", 0.2, 10.0)]).assign(open_complaints=[0, 1])
    reason_rows = people[["subscriber_id", "as_of"]].assign(
        reason=["complaint", "price"], position=1, contribution=[0.02, 0.5]
    )
    called = called_for(reason_rows, people[people["open_complaints"] > 0], people, POLICY)
    apology = called[called["action"] == "service_recovery"].set_index("subscriber_id")["explained_share"]
    assert apology["open"] == 0.0 < apology["told"]


def test_what_needs_no_reason_has_one_rate():
    table = offered(subscribers([("a", 0.2, 10.0), ("b", 0.3, 10.0)]), "arrears", [0.1, 2.0])
    assert table.loc[table["action"] == "check_in", "rate_factor"].unique().tolist() == [1.0]


def test_only_the_types_that_an_action_touches_count():
    """A payment plan cannot keep who would cancel: p_a is the quarter that would fall into arrears."""
    people = subscribers([("a", 0.4, 10.0)])
    table = offered(people, "arrears")
    plan = table[(table["action"] == "payment_plan") & (table["channel"] == "call")]
    assert plan["expected_gain"].tolist() == pytest.approx([0.25 * 0.4 * 0.15 * 100 - 1.0])


def test_an_offer_in_months_of_margin_costs_a_subscriber_without_margin_nothing():
    people = subscribers([("a", 0.4, 10.0), ("b", 0.4, -10.0)])
    table = offered(people, "contract_end")
    cost = table[table["action"] == "renewal_benefit"].groupby("subscriber_id")["offer_cost"].unique()
    assert {name: list(values) for name, values in cost.items()} == {"a": [10.0], "b": [0.0]}
