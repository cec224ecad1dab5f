"""What could be done for each candidate: actions that its reasons call for, over the channels open to its tier."""

from __future__ import annotations

import numpy as np
import pandas as pd

from savedesk.contracts.labels import CHURN_TYPES
from savedesk.params.prioritise import PrioritiseParams
from savedesk.prioritise.gain import expected_cost, expected_gain

COMPLAINT = "complaint"
KEYS = ["subscriber_id", "as_of"]


def options(people: pd.DataFrame, reasons: pd.DataFrame, policy: PrioritiseParams) -> pd.DataFrame:
    """Return one row for each candidate, action and channel, with gain (money), cost (money) and minutes.

    No sales offer while a complaint is open: what ``reason_actions`` names for a complaint is then the action.

    Args:
        people: candidates with scores, values, tier and contact facts; one row a subscriber and as_of.
        reasons: contract ``reasons``.
        policy: section ``prioritise``.
    """
    called_for = _by_reason(reasons, policy)
    anyway = people[KEYS].merge(pd.DataFrame({"action": list(policy.default_actions)}), how="cross")
    upset = _by_reason(people.loc[people["open_complaints"] > 0, KEYS].assign(reason=COMPLAINT), policy)
    wanted = pd.concat([called_for, anyway, upset], ignore_index=True).drop_duplicates()
    table = wanted.merge(_actions(policy), on="action").merge(_channels(policy), on="channel")
    table = table.merge(people, on=KEYS)
    allowed = [tier in tiers for tier, tiers in zip(table["tier"], table["tiers"], strict=True)]
    table = table[np.array(allowed, dtype=bool)]
    table = table[~(table["sales_offer"] & (table["open_complaints"] > 0))]
    return _priced(table).sort_values([*KEYS, "action", "channel"], ignore_index=True)


def _by_reason(reasons: pd.DataFrame, policy: PrioritiseParams) -> pd.DataFrame:
    medicine = [(reason, action) for reason, actions in policy.reason_actions.items() for action in actions]
    return reasons[[*KEYS, "reason"]].merge(pd.DataFrame(medicine, columns=["reason", "action"]), on="reason")[
        [*KEYS, "action"]
    ]


def _actions(policy: PrioritiseParams) -> pd.DataFrame:
    rows = [
        {
            "action": name,
            "channel": channel,
            "fixed_offer": action.offer_cost,
            "offer_months": action.offer_cost_months,
            "save_rate": action.save_rate,
            "take_up": action.take_up,
            "sales_offer": action.sales_offer,
            **{f"touches_{one}": float(one in action.churn_types) for one in CHURN_TYPES},
        }
        for name, action in policy.actions.items()
        for channel in action.channels
    ]
    return pd.DataFrame(rows)


def _channels(policy: PrioritiseParams) -> pd.DataFrame:
    rows = [
        {
            "channel": name,
            "contact_cost": one.cost,
            "contact_minutes": one.minutes,
            "notice_days": one.notice_days,
            "tiers": one.tiers,
        }
        for name, one in policy.channels.items()
    ]
    return pd.DataFrame(rows)


def _priced(table: pd.DataFrame) -> pd.DataFrame:
    offer = (table["fixed_offer"] + table["offer_months"] * table["margin"].clip(lower=0)).to_numpy(np.float64)
    touched = sum(table[f"touches_{one}"] * table[f"probability_{one}"] for one in CHURN_TYPES)
    column = {
        name: table[name].to_numpy(np.float64)
        for name in ("churn_probability", "save_rate", "remaining_value", "take_up", "contact_cost")
    }
    p, r, u, c = column["churn_probability"], column["save_rate"], column["take_up"], column["contact_cost"]
    p_a = np.asarray(touched, dtype=np.float64)
    return table.assign(
        offer_cost=offer,
        expected_gain=expected_gain(p_a, p, r, column["remaining_value"], offer, u, c),
        expected_cost=expected_cost(p_a, p, r, offer, u, c),
        save_rate_source="prior",
    )
