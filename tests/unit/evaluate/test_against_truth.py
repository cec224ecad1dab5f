"""The oracle knows every true chance: what its list earns, and how far the shipped list is from it."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest

from savedesk.contracts.truth import ACTIONS
from savedesk.evaluate.against_truth import oracle_choice, own_choice, trial_of, truth_figures
from savedesk.params.prioritise import PrioritiseParams

ACTION = {
    "en": "x",
    "zh": "x",
    "offer_cost_months": 0,
    "save_rate": 0.2,
    "churn_types": ["cancelled"],
    "sales_offer": True,
}


@pytest.fixture
def desk() -> PrioritiseParams:
    return PrioritiseParams.model_validate(
        {
            "campaign": "base",
            "channels": {
                "call": {"cost": 2, "minutes": 12, "hours": 10, "tiers": ["key"], "notice_days": 2},
                "message": {"cost": 0.5, "minutes": 0, "hours": None, "tiers": ["key", "small"], "notice_days": 2},
            },
            "actions": {
                "loyalty_discount": {**ACTION, "channels": ["call"], "offer_cost": 10, "take_up": 0.5},
                "payment_plan": {**ACTION, "channels": ["call", "message"], "offer_cost": 0, "take_up": 0.2},
            },
            "reason_actions": {},
            "default_actions": ["payment_plan"],
            "hold_out_share": 0.1,
            "rules": {"quiet_days": 30, "max_contacts": 2, "max_contacts_days": 90, "one_per_account": True},
        }
    )


def table(text: str, **more: Any) -> pd.DataFrame:
    """Read rows of: account, true chance, with discount, with payment plan, value, tier."""
    lines = [line.split() for line in text.strip().splitlines()]
    names = ["account_id", "true_probability", "with_loyalty_discount", "with_payment_plan", "remaining_value", "tier"]
    rows = pd.DataFrame(lines, columns=names)
    rows = rows.astype(dict.fromkeys(names[1:5], float))
    rows = rows.assign(**{f"with_{name}": 0.0 for name in ACTIONS if f"with_{name}" not in rows})
    usual = {"margin": 10.0, "contactable": True, "as_of": "2025-01-01", "action": None, "decision": "not_listed"}
    usual |= {"offer_cost": np.nan, "take_up": np.nan, "contact_cost": np.nan, "expected_gain": np.nan}
    return rows.assign(subscriber_id=[f"S{place}" for place in range(len(rows))], **{**usual, **more})


def test_what_an_action_is_truly_worth(desk: PrioritiseParams) -> None:
    rows = table("A1 0.4 0.3 0.4 500 key\nA2 0.4 0.3 0.4 500 small")
    trial = trial_of(rows, desk)
    # 0.1 x (500 - 10) - 0.6 x 0.5 x 10 - 2 = 44; a small line gets no call, and a message alone costs 0.5.
    assert trial.gain[0] == pytest.approx([44.0, -0.5])
    assert np.isnan(trial.gain[1, 0])
    assert trial.gain[1, 1] == pytest.approx(-0.5)
    assert trial.cost[0] == pytest.approx([0.1 * 10 + 0.6 * 0.5 * 10 + 2, 0.5])


def test_a_contact_that_harms_loses_value(desk: PrioritiseParams) -> None:
    rows = table("A1 0.1 0.15 0.1 500 key")
    assert trial_of(rows, desk).gain[0, 0] < -0.05 * 490


def test_the_shipped_list_is_worth_its_own_offers(desk: PrioritiseParams) -> None:
    own = {"action": "loyalty_discount", "offer_cost": 20.0, "take_up": 0.5, "contact_cost": 8.0}
    rows = table("A1 0.4 0.3 0.4 500 key", **own)
    gain, cost, change = own_choice(rows, trial_of(rows, desk))
    assert (gain[0], cost[0], change[0]) == pytest.approx((0.1 * 480 - 0.6 * 0.5 * 20 - 8, 0.1 * 20 + 6 + 8, 0.1))
    unknown = rows.assign(action="flowers")
    assert np.isnan(own_choice(unknown, trial_of(unknown, desk))[0]).all()


SIX = """
A1 0.40 0.30 0.39 500 key
A1 0.50 0.30 0.49 400 key
A2 0.30 0.25 0.20 900 key
A3 0.10 0.12 0.10 900 key
A4 0.60 0.40 0.55 100 small
A5 0.80 0.50 0.70 150 key
"""


@pytest.mark.parametrize("contacts", [0, 1, 2, 3, 6])
def test_no_other_list_of_that_size_earns_more(desk: PrioritiseParams, contacts: int) -> None:
    rows = table(SIX)
    trial = trial_of(rows, desk)
    chosen, gain = oracle_choice(rows, trial, contacts, spending=np.inf)
    assert gain.sum() == pytest.approx(best_of_all(rows, trial.gain, contacts))
    assert chosen.sum() <= contacts
    assert rows.loc[chosen, "account_id"].is_unique


def best_of_all(rows: pd.DataFrame, gain: np.ndarray, contacts: int) -> float:
    """Try every choice of no action or one action for each row."""
    found = 0.0
    for choice in product(range(-1, gain.shape[1]), repeat=len(rows)):
        made = [(place, action) for place, action in enumerate(choice) if action >= 0]
        accounts = [rows["account_id"].iloc[place] for place, _ in made]
        if len(made) <= contacts and len(set(accounts)) == len(accounts):
            total = sum(gain[place, action] for place, action in made)
            found = max(found, total) if not np.isnan(total) else found
    return found


@pytest.mark.parametrize("spending", [0.0, 1.0, 6.0, 12.0])
def test_the_oracle_keeps_to_its_money(desk: PrioritiseParams, spending: float) -> None:
    rows = table(SIX)
    trial = trial_of(rows, desk)
    chosen, gain = oracle_choice(rows, trial, 6, spending)
    spent = [trial.cost[place][np.isclose(trial.gain[place], gain[place])].min() for place in np.flatnonzero(chosen)]
    assert sum(spent) <= spending + 1e-9
    assert gain.sum() <= oracle_choice(rows, trial, 6, np.inf)[1].sum()


def test_blocked_lines_are_not_the_oracles_either(desk: PrioritiseParams) -> None:
    rows = table(SIX, contactable=False)
    assert not oracle_choice(rows, trial_of(rows, desk), 6, np.inf)[0].any()


def test_a_list_that_contacts_whom_the_oracle_would_earns_as_much(desk: PrioritiseParams, settings: Any) -> None:
    rows = table("A1 0.4 0.3 0.4 500 key\nA2 0.3 0.3 0.3 100 key\nA3 0.2 0.3 0.2 100 key")
    rows = rows.assign(churned=[True, False, True], churn_probability=[0.4, 0.1, 0.2])
    listed = {
        "decision": "contact",
        "action": "loyalty_discount",
        "offer_cost": 10.0,
        "take_up": 0.5,
        "contact_cost": 2.0,
    }
    rows.loc[0, [*listed, "expected_gain"]] = [*listed.values(), 50.0]
    figures = truth_figures(rows, desk, settings())
    assert figures["true_profit_at_capacity"].value == pytest.approx(44.0)
    assert figures["true_profit_share"].value == pytest.approx(1.0)
    assert figures["promise_excess"].value == pytest.approx(6.0)
    assert figures["harmed_share"].value == 0
    rows.loc[2, [*listed, "expected_gain"]] = [*listed.values(), 5.0]
    worse = truth_figures(rows, desk, settings())
    assert worse["harmed_share"].value == pytest.approx(0.5)
    assert worse["true_profit_gap"].value > 0
