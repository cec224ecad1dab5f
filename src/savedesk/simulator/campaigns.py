"""Past contacts: retention campaigns with a randomised control arm, and sales calls that have none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from savedesk.params.simulator import SimulatorParams
from savedesk.schemas.truth import ACTIONS
from savedesk.simulator.actions import Effects, waking
from savedesk.simulator.calendar import days_in, first_day
from savedesk.simulator.causes import CODE
from savedesk.simulator.leaving import cause_at_work
from savedesk.simulator.lines import Lines, Vector

OUTCOMES = ("accepted", "declined", "not_reached")
ACCEPTED, DECLINED, NOT_REACHED = range(3)


@dataclass(frozen=True)
class Contacts:
    """Contacts of a month: place of the line, day, place of the action, whether treated, outcome, cost (money)."""

    place: Vector
    day: Vector
    action: Vector
    treated: Vector
    outcome: Vector
    cost: Vector


def month_of_contacts(
    params: SimulatorParams, draw: np.random.Generator, lines: Lines, effects: Effects, month: int
) -> Contacts:
    """Choose whom to contact on the first days of a month, leave some of them alone at random, contact the others."""
    lines["quiet"] = np.maximum(0, lines["quiet"] - 1)
    place = _chosen(params, draw, lines, month)
    lines.traits["quiet"][place] = params.campaigns.quiet_months
    action = _actions(params, draw, effects, cause_at_work(lines)[place])
    treated = draw.random(len(place)) >= params.campaigns.control_share
    return make_contacts(params, draw, lines, Wish(place, action, treated), month)


@dataclass(frozen=True)
class Wish:
    """Whom to contact: place of the line, place of the action, whether treated."""

    place: Vector
    action: Vector
    treated: Vector


def make_contacts(params: SimulatorParams, draw: np.random.Generator, lines: Lines, wish: Wish, month: int) -> Contacts:
    """Try to reach those treated and let the contact do its work, for good or ill."""
    place, action, count = wish.place, wish.action, len(wish.place)
    reached = wish.treated & (draw.random(count) < params.actions.reached_share)
    options = [params.actions.by_name[name] for name in ACTIONS]
    take_up = np.array([option.take_up for option in options])[action]
    accepted = reached & (draw.random(count) < take_up)
    _wake(params, draw, lines, wish, reached, month)
    lines.traits["effect"][place[accepted]] = action[accepted]
    lines.traits["effect_left"][place[accepted]] = params.actions.effect_months
    attempt = np.array([option.contact_cost for option in options])[action]
    offer = np.array([option.offer_cost for option in options])[action]
    return Contacts(
        place,
        first_day(month) + draw.integers(0, params.campaigns.contact_days, count),
        action,
        wish.treated,
        np.select([accepted, reached], [ACCEPTED, DECLINED], NOT_REACHED),
        (attempt + np.where(accepted, offer, 0.0)).round(2),
    )


def _chosen(params: SimulatorParams, draw: np.random.Generator, lines: Lines, month: int) -> Vector:
    """Return the places of those chosen: partly by a risk that an analyst could see, partly by chance."""
    plan, count = params.campaigns, len(lines)
    allowed = lines["consent"] & ~lines["blocked"] & (lines["quiet"] == 0) & (lines["activated"] < first_day(month))
    visible = np.log(lines["chance"] + 1e-6) - np.log(np.maximum(lines["fade_factor"], 0.1))
    score = plan.targeting * visible + draw.gumbel(0, 1, count)
    most = int(min(allowed.sum(), round(plan.monthly_share * count)))
    order = np.argsort(np.where(allowed, -score, np.inf), kind="stable")
    return np.sort(order[:most])


def _actions(params: SimulatorParams, draw: np.random.Generator, effects: Effects, cause: Vector) -> Vector:
    """Return the action of each contact: the one that fits best, or any."""
    fitting = effects.cut[: len(ACTIONS)].argmax(axis=0)[cause]
    fits = draw.random(len(cause)) < params.campaigns.fitted_share
    action: Vector = np.where(fits, fitting, draw.integers(0, len(ACTIONS), len(cause)))
    return action


def _wake(
    params: SimulatorParams, draw: np.random.Generator, lines: Lines, wish: Wish, reached: Vector, month: int
) -> None:
    """Let contacts that harm drive some of those reached towards the exit."""
    luck = draw.random(len(wish.place))
    for number, name in enumerate(ACTIONS):
        own = reached & (wish.action == number)
        woken = wish.place[own & (luck < waking(params, lines, name, first_day(month))[wish.place])]
        lines.traits["leaning"][woken] = True
        lines.traits["lean_cause"][woken] = CODE["woken"]


def month_of_sales_calls(
    params: SimulatorParams, draw: np.random.Generator, lines: Lines, month: int
) -> tuple[Vector, Vector]:
    """Return place and day of the month's sales calls; nobody is left out at random, so that they teach nothing."""
    calls = draw.poisson(params.campaigns.sales_rate, len(lines)) * (lines["consent"] & ~lines["blocked"])
    place = np.repeat(np.arange(len(lines)), calls)
    lines["calls_last_month"] = calls
    return place, np.maximum(days_in(draw, month, len(place)), lines["activated"][place])
