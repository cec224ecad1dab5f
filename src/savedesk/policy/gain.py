"""The expected gain of an action: the one formula that the policy maximises."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]


def expected_gain(
    touched: Vector, churn: Vector, save_rate: Vector, value: Vector, offer: Vector, take_up: Vector, contact: Vector
) -> Vector:
    """Return what contacting each subscriber with an action is worth, net of all cost (docs/policy.md).

    gain = p_a r (V - d) - (1 - p) u d - c. For r > 0 it rises with the value at equal risk and, while V > d, with the
    risk at equal value. The two parts of p are those of Verbraken et al. (2013): would-be churners who accept, and
    stayers who take the incentive anyway.

    Args:
        touched: p_a, probability of churning in a way that the action can touch, 0..1.
        churn: p, churn probability, 0..1.
        save_rate: r, P(a would-be churner stays because of the action), -1..1.
        value: V, remaining value if they stay, money.
        offer: d, cost of the incentive, money.
        take_up: u, share of stayers who take the incentive anyway, 0..1.
        contact: c, cost of the contact, money.
    """
    gain: Vector = saved(touched, save_rate, value, offer) - given_away(churn, take_up, offer) - contact
    return gain


def saved(touched: Vector, save_rate: Vector, value: Vector, offer: Vector) -> Vector:
    """Return the value that an action should keep, less the incentive of those whom it keeps: p_a r (V - d)."""
    kept: Vector = touched * save_rate * (value - offer)
    return kept


def given_away(churn: Vector, take_up: Vector, offer: Vector) -> Vector:
    """Return what those take who would have stayed anyway: (1 - p) u d."""
    lost: Vector = (1 - churn) * take_up * offer
    return lost


def expected_cost(
    touched: Vector, churn: Vector, save_rate: Vector, offer: Vector, take_up: Vector, contact: Vector
) -> Vector:
    """Return what an action is expected to take from the budget: the contact, and the incentive where it is taken."""
    cost: Vector = contact + (touched * np.maximum(save_rate, 0.0) + (1 - churn) * take_up) * offer
    return cost
