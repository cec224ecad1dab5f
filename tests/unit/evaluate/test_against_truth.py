"""The oracle knows every true chance: what its list earns, and how far the shipped list is from it."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.tables import LEARNING

from savedesk.params.prioritise import PrioritiseParams
from savedesk.schemas.truth import ACTIONS
from savedesk.stages.evaluate.against_truth import oracle_choice, own_choice, random_gain, trial_of, truth_figures

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
            "strength_weight": 0.75,
            "hold_out_share": 0.1,
            "rules": {"quiet_days": 30, "max_contacts": 2, "max_contacts_days": 90, "one_per_account": True},
            "minimum_gain": 0.0,
            "learning": LEARNING,
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
    usual |= {"churn_probability": 0.1, "probability_cancelled": 0.1, "probability_arrears": 0.0}
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
    chosen, gain = oracle_choice(rows["account_id"], trial, contacts, spending=np.inf)
    assert gain.sum() == pytest.approx(best_of_all(rows, trial.gain, contacts))
    assert chosen.sum() <= contacts
    assert rows.loc[chosen, "account_id"].is_unique


def best_of_all(rows: pd.DataFrame, gain: np.ndarray, contacts: int) -> float:
    """Try every choice of no action or one action for each row."""
    best = 0.0
    for choice in product(range(-1, gain.shape[1]), repeat=len(rows)):
        chosen = [(place, action) for place, action in enumerate(choice) if action >= 0]
        accounts = [rows["account_id"].iloc[place] for place, _ in chosen]
        if len(chosen) <= contacts and len(set(accounts)) == len(accounts):
            total = sum(gain[place, action] for place, action in chosen)
            best = max(best, total) if not np.isnan(total) else best
    return best


@pytest.mark.parametrize("spending", [0.0, 1.0, 6.0, 12.0])
def test_the_oracle_keeps_to_its_money(desk: PrioritiseParams, spending: float) -> None:
    rows = table(SIX)
    trial = trial_of(rows, desk)
    chosen, gain = oracle_choice(rows["account_id"], trial, 6, spending)
    spent = [trial.cost[place][np.isclose(trial.gain[place], gain[place])].min() for place in np.flatnonzero(chosen)]
    assert sum(spent) <= spending + 1e-9
    assert gain.sum() <= oracle_choice(rows["account_id"], trial, 6, np.inf)[1].sum()


def test_blocked_lines_are_not_the_oracles_either(desk: PrioritiseParams) -> None:
    rows = table(SIX, contactable=False)
    assert not oracle_choice(rows["account_id"], trial_of(rows, desk), 6, np.inf)[0].any()


LISTED = {"decision": "contact", "action": "loyalty_discount", "offer_cost": 10.0, "take_up": 0.5, "contact_cost": 2.0}


def contact(rows: pd.DataFrame, place: int, expected: float, **more: Any) -> None:
    listed = {**LISTED, "expected_gain": expected, **more}
    rows.loc[place, [*listed]] = [*listed.values()]


def test_a_list_that_contacts_whom_the_oracle_would_earns_as_much(desk: PrioritiseParams, settings: Any) -> None:
    rows = table("A1 0.4 0.3 0.4 500 key\nA2 0.3 0.3 0.3 100 key\nA3 0.2 0.3 0.2 100 key")
    rows = rows.assign(churned=[True, False, True], churn_probability=[0.4, 0.1, 0.2])
    contact(rows, 0, expected=50.0)
    figures = truth_figures(rows, desk, settings())
    assert figures["true_profit_at_capacity"].value == pytest.approx(44.0)
    assert figures["true_profit_share"].value == pytest.approx(1.0)
    assert figures["promise_excess"].value == pytest.approx(6.0)
    assert figures["harmed_share"].value == 0
    contact(rows, 2, expected=5.0)
    worse = truth_figures(rows, desk, settings())
    assert worse["harmed_share"].value == pytest.approx(0.5)
    assert worse["true_profit_gap"].value > 0


def test_two_lines_of_an_account_are_both_called_where_the_policy_allows_it(
    desk: PrioritiseParams, settings: Any
) -> None:
    rows = table("A1 0.4 0.3 0.4 500 key\nA1 0.4 0.3 0.4 500 key").assign(churned=[True, False])
    contact(rows, 0, expected=44.0)
    contact(rows, 1, expected=44.0)
    free = desk.model_copy(update={"rules": desk.rules.model_copy(update={"one_per_account": False})})
    assert truth_figures(rows, desk, settings())["true_profit_oracle"].value == pytest.approx(44.0)
    assert truth_figures(rows, free, settings())["true_profit_oracle"].value == pytest.approx(88.0)


def test_a_random_contact_tries_what_the_priors_like(desk: PrioritiseParams, settings: Any) -> None:
    rows = table("A1 0.4 0.3 0.4 500 key\nA2 0.4 0.3 0.4 500 small\nA3 0.2 0.2 0.2 500 key")
    rows = rows.assign(churned=[True, False, True])
    rows.loc[2, "contactable"] = False
    # Discount: 0.1 x 0.2 x 490 - 0.9 x 0.5 x 10 - 2 = 3.3; plan: it touches who cancels, and a message costs 0.5.
    trial = trial_of(rows, desk)
    assert trial.prior[0] == pytest.approx([3.3, 0.1 * 0.2 * 500 - 0.5])
    keen = trial_of(rows.assign(remaining_value=-100.0), desk)  # saving loses money, the cheaper contact loses less
    assert keen.prior[0] == pytest.approx([0.1 * 0.2 * -110 - 6.5, 0.1 * 0.2 * -100 - 0.5])
    assert random_gain(trial) == pytest.approx([-0.5, -0.5, np.nan], nan_ok=True)
    contact(rows, 0, expected=44.0)
    figures = truth_figures(rows, desk, settings())
    assert figures["true_profit_random"].value == pytest.approx(1 * (-0.5 - 0.5) / 2)


def test_an_action_touches_its_own_type_of_churn_only(desk: PrioritiseParams) -> None:
    rows = table("A1 0.4 0.3 0.4 500 key", probability_cancelled=0.0, probability_arrears=0.1)
    assert trial_of(rows, desk).prior[0, 1] == pytest.approx(-0.5)


def test_contacts_with_an_action_that_the_truth_does_not_know_are_counted_and_left_out(
    desk: PrioritiseParams, settings: Any
) -> None:
    rows = table("A1 0.4 0.3 0.4 500 key\nA2 0.4 0.3 0.4 500 key").assign(churned=[True, False])
    contact(rows, 0, expected=50.0)
    contact(rows, 1, expected=9.0, action="flowers")
    figures = truth_figures(rows, desk, settings())
    assert figures["true_profit_left_out"].value == 1
    assert figures["true_profit_at_capacity"].value == pytest.approx(44.0)
    assert figures["true_profit_oracle"].value == pytest.approx(44.0)  # nor does the oracle get their contacts
    assert figures["promise_excess"].value == pytest.approx(6.0)


def test_money_is_the_mean_over_the_months_and_each_month_has_its_own_limit(
    desk: PrioritiseParams, settings: Any
) -> None:
    rows = table("A1 0.4 0.3 0.4 500 key\nA2 0.4 0.2 0.4 500 key\nA3 0.4 0.3 0.4 500 key\nA4 0.4 0.1 0.4 500 key")
    rows = rows.assign(churned=[True, False, True, False], as_of=["2025-01-01"] * 2 + ["2025-02-01"] * 2)
    for place in (0, 1):
        contact(rows, place, expected=44.0)
    figures = truth_figures(rows, desk, settings())
    assert figures["true_profit_at_capacity"].value == pytest.approx((44 + 93) / 2)
    assert figures["true_profit_oracle"].value == pytest.approx((44 + 93) / 2)  # nobody in the second month


def test_without_an_action_that_the_truth_knows_there_is_no_money(desk: PrioritiseParams, settings: Any) -> None:
    rows = table("A1 0.4 0.3 0.4 500 key\nA2 0.4 0.3 0.4 500 key").assign(churned=[True, False])
    strange = desk.model_copy(update={"actions": {"flowers": desk.actions["payment_plan"]}})
    figures = truth_figures(rows, strange, settings())
    assert "auc_ceiling" in figures
    assert not any(name.startswith("true_profit") for name in figures)


def test_a_gap_is_measured_on_the_resamples_of_its_pair(settings: Any, desk: PrioritiseParams) -> None:
    generator = np.random.default_rng(4)
    true = generator.beta(1, 3, 400)
    rows = pd.concat([table("A1 0.4 0.3 0.4 500 key")] * 400, ignore_index=True)
    rows = rows.assign(
        subscriber_id=[f"S{place}" for place in range(400)],
        true_probability=true,
        churn_probability=true,
        churned=generator.random(400) < true,
    )
    figures = truth_figures(rows, desk, settings())
    assert figures["auc_ceiling"].low < figures["auc_ceiling"].high
    for name in ("auc_gap", "log_loss_gap"):  # the score is the truth: no gap in any resample
        assert (figures[name].value, figures[name].low, figures[name].high) == pytest.approx((0, 0, 0))
