"""What could be done for each candidate: actions that are called for, over the channels open to its tier, priced."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from savedesk.params.prioritise import PrioritiseParams
from savedesk.policy.action_rules import KEYS
from savedesk.policy.attributable_risk import SHARE, USUAL, rate_factors, usual_shares
from savedesk.policy.gain import expected_cost, expected_gain, given_away, saved
from savedesk.policy.unknown_rules import COMPLAINT
from savedesk.schemas.decisions import BARS
from savedesk.schemas.labels import CHURN_TYPES

OPTION = [*KEYS, "action", "channel"]
FIGURES = (  # p_a, p, r, V, d, u, c of the gain
    "touched_probability",
    "churn_probability",
    "save_rate",
    "remaining_value",
    "offer_cost",
    "take_up",
    "contact_cost",
)


def options(people: pd.DataFrame, called: pd.DataFrame, rates: pd.DataFrame, policy: PrioritiseParams) -> pd.DataFrame:
    """Return one row for each candidate, action and channel, with its gain and cost in money, ordered by ``OPTION``.

    A rule can close an option, which stays in the table with the rule's name in ``barred``: no sales offer while a
    complaint is open or may be (its row was turned away), no plan-fit call to an overspender who has not noticed.

    Args:
        people: candidates with scores, values, tier and contact facts; one row a subscriber and as_of.
        called: actions that are called for, see ``action_rules.called_for``.
        rates: save_rate, save_rate_source and usual_share by as_of, action and reason.
        policy: section ``prioritise``.
    """
    table = _by_channel(called.merge(rates, on=["as_of", "action", "reason"], how="inner"), people, policy)
    unaware = table["plan_fit"] & table["unaware_overspender"].fillna(False).astype(bool)
    upset = table["sales_offer"] & (table["open_complaints"] > 0)
    perhaps = table["sales_offer"] & table.get(COMPLAINT, False)
    barred = np.select([upset, perhaps, unaware], BARS, "")
    table = table.assign(barred=pd.Series(barred, index=table.index).where(barred != "", None))
    table = table.assign(rate_factor=rate_factors(table[SHARE], table[USUAL], policy.strength_weight))
    return priced(at_rates(table, table["save_rate"])).sort_values(OPTION, ignore_index=True)


def usual_of(called: pd.DataFrame, people: pd.DataFrame, policy: PrioritiseParams) -> pd.DataFrame:
    """Return for each action and reason how much of the risk the reason explains among those who have the option.

    Args:
        called: actions that are called for, see ``action_rules.called_for``.
        people: candidates with the probability of each type.
        policy: section ``prioritise``.
    """
    table = _by_channel(called, people, policy).drop_duplicates([*KEYS, "action"])
    return usual_shares(table, pd.Series(_touched(table), index=table.index))


def _by_channel(called: pd.DataFrame, people: pd.DataFrame, policy: PrioritiseParams) -> pd.DataFrame:
    """Return what is called for over each channel that is open to the subscriber's tier."""
    table = called.merge(_actions(policy), on="action").merge(_channels(policy), on="channel").merge(people, on=KEYS)
    allowed = [tier in tiers for tier, tiers in zip(table["tier"], table["tiers"], strict=True)]
    return table[np.array(allowed, dtype=bool)]


def at_rates(table: pd.DataFrame, rate: pd.Series) -> pd.DataFrame:
    """Return options with the save rate of each: that of its action and reason times its ``rate_factor``."""
    return table.assign(save_rate=(rate * table["rate_factor"]).clip(-1, 1))


def priced(table: pd.DataFrame) -> pd.DataFrame:
    """Return options with touched_probability, offer_cost, expected_gain and expected_cost by their rates."""
    offer = (table["fixed_offer"] + table["offer_months"] * table["margin"].clip(lower=0)).to_numpy(np.float64)
    return gained(table.assign(offer_cost=offer, touched_probability=_touched(table)))


def _touched(table: pd.DataFrame) -> npt.NDArray[np.float64]:
    return np.asarray(
        sum(table[f"touches_{churn_type}"] * table[f"probability_{churn_type}"] for churn_type in CHURN_TYPES),
        np.float64,
    )


def gained(table: pd.DataFrame) -> pd.DataFrame:
    """Return options with expected_gain and expected_cost computed anew from their figures, as for other save rates."""
    p_a, p, r, value, offer, u, c = (table[name].to_numpy(np.float64) for name in FIGURES)
    return table.assign(
        expected_gain=expected_gain(p_a, p, r, value, offer, u, c), expected_cost=expected_cost(p_a, p, r, offer, u, c)
    )


def with_terms(table: pd.DataFrame) -> pd.DataFrame:
    """Return options with the terms of their gain beside contact_cost: saved and given_away, in money."""
    p_a, p, r, value, offer, u, _ = (table[name].to_numpy(np.float64) for name in FIGURES)
    return table.assign(saved=saved(p_a, r, value, offer), given_away=given_away(p, u, offer))


def _actions(policy: PrioritiseParams) -> pd.DataFrame:
    rows = [
        {
            "action": name,
            "channel": channel,
            "fixed_offer": action.offer_cost,
            "offer_months": action.offer_cost_months,
            "take_up": action.take_up,
            "sales_offer": action.sales_offer,
            "plan_fit": action.plan_fit,
            **{f"touches_{churn_type}": float(churn_type in action.churn_types) for churn_type in CHURN_TYPES},
        }
        for name, action in policy.actions.items()
        for channel in action.channels
    ]
    return pd.DataFrame(rows)


def _channels(policy: PrioritiseParams) -> pd.DataFrame:
    rows = [
        {
            "channel": name,
            "contact_cost": channel.cost,
            "contact_minutes": channel.minutes,
            "notice_days": channel.notice_days,
            "tiers": channel.tiers,
        }
        for name, channel in policy.channels.items()
    ]
    return pd.DataFrame(rows)
