"""The limits that a policy sets: money, hours of each channel, contacts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from savedesk.params.prioritise import PrioritiseParams
from savedesk.policy.solve import Limit, Vector

MINUTES_AN_HOUR = 60.0
BUDGET = "budget"
CONTACTS = "contacts"


def limits(table: pd.DataFrame, policy: PrioritiseParams) -> list[Limit]:
    """Return the limits that the policy sets on a table of options (channel, expected_cost, contact_minutes)."""
    bounds = []
    if policy.budget is not None:
        bounds.append(Limit(BUDGET, "money", policy.budget, table["expected_cost"].to_numpy(np.float64)))
    if policy.contacts is not None:
        bounds.append(contacts_limit(table, policy.contacts))
    for name, channel in policy.channels.items():
        if channel.hours is not None:
            takes = np.where(table["channel"] == name, table["contact_minutes"], 0.0) / MINUTES_AN_HOUR
            bounds.append(Limit(f"hours {name}", "hours", channel.hours, takes))
    return bounds


def worthwhile(gain: Vector, policy: PrioritiseParams) -> Vector:
    """Return the gain of each option, 0 where it is too small to disturb anybody for."""
    return np.where(gain >= policy.minimum_gain, gain, 0.0)


def contacts_limit(table: pd.DataFrame, most: float) -> Limit:
    """Return the limit of contacts of any channel."""
    return Limit(CONTACTS, "contacts", float(most), np.ones(len(table)))
