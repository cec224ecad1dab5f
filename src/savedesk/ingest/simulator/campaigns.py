"""Past contacts: chosen partly by visible risk, treated or left alone at random, with a modest true effect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from savedesk.ingest.simulator.calendar import days_in
from savedesk.ingest.simulator.lines import Lines, Vector
from savedesk.params.simulator import SimulatorParams

OUTCOMES = ("accepted", "declined", "not_reached")
TOUCHES = ("cancelled", "arrears", "dormant")


@dataclass(frozen=True)
class Contacts:
    """Contacts of a month: place of the line, day, action, whether treated, outcome, cost (money)."""

    place: Vector
    day: Vector
    action: Vector
    treated: Vector
    outcome: Vector
    cost: Vector


def month_of_contacts(
    params: SimulatorParams, draw: np.random.Generator, lines: Lines, chance: Vector, month: int
) -> Contacts:
    """Choose whom to contact and let the treatment work on those treated."""
    plan, count = params.campaigns, len(lines)
    lines["quiet"] = np.maximum(0, lines["quiet"] - 1)
    lines["effect_left"] = np.maximum(0, lines["effect_left"] - 1)
    allowed = lines["consent"] & ~lines["blocked"] & (lines["quiet"] == 0)
    order = np.argsort(
        -(plan.targeting * np.log(chance + 1e-6) + draw.gumbel(0, 1, count)) - 1e6 * allowed, kind="stable"
    )
    place = np.sort(order[: int(min(allowed.sum(), round(plan.monthly_share * count)))])
    action = draw.integers(0, len(plan.actions), len(place))
    treated = draw.random(len(place)) >= plan.control_share
    reached = draw.random(len(place)) < plan.reached_share
    accepted = reached & (draw.random(len(place)) < plan.accepted_share)
    lines.traits["quiet"][place] = plan.quiet_months
    worked = place[treated]
    lines.traits["effect"][worked] = action[treated]
    lines.traits["effect_left"][worked] = plan.effect_months
    cost = np.array([one.cost for one in plan.actions])[action]
    return Contacts(
        place,
        np.maximum(days_in(draw, month, len(place)), lines["activated"][place]),
        action,
        treated,
        np.select([accepted, reached], [0, 1], 2),
        np.where(accepted, plan.contact_cost + cost, plan.contact_cost).round(2),
    )


def effect_on(params: SimulatorParams, lines: Lines, churn_type: str) -> Vector:
    """Return the share by which a contact lowers the hazard of a churn type now."""
    actions = params.campaigns.actions
    rate = np.array([one.save_rate if one.touches == churn_type else 0.0 for one in actions] + [0.0])
    cut: Vector = np.where(lines["effect_left"] > 0, rate[lines["effect"]], 0.0)
    return cut
