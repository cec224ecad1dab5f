"""Why a line begins to lean towards the exit: one function a mechanism, each giving its effect in logs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from savedesk.params.simulator import SimulatorParams
from savedesk.schemas.truth import CAUSES
from savedesk.simulator.calendar import DAYS_A_MONTH, MONTHS_A_YEAR
from savedesk.simulator.lines import Lines, Vector

CODE = {name: number for number, name in enumerate(CAUSES)}
HURTS = ("rise_hurt", "shock_hurt", "grievance", "network_hurt", "account_hurt")
WORTH_NAMING = 0.1  # log: a weaker effect is no cause


@dataclass(frozen=True)
class Scene:
    """What the mechanisms see of a month, one value a line.

    Args:
        day: last day of the month.
        campaigns: competitors' campaigns in the region.
        price_gap: by how much competitors are cheaper than usual; share.
        dissatisfaction: points below the mean of the region's processes, weighted by their importance.
    """

    day: int
    campaigns: Vector
    price_gap: Vector
    dissatisfaction: Vector


Mechanism = Callable[[SimulatorParams, Lines, Scene], Vector]


def let_hurts_fade(params: SimulatorParams, lines: Lines) -> None:
    """Let every hurt fade by a month."""
    for name in HURTS:
        lines[name] = lines[name] * params.hazard.memory


def tenure(params: SimulatorParams, lines: Lines, scene: Scene) -> Vector:
    """The baseline falls with tenure, and falls again while a contract binds."""
    months = (scene.day - lines["activated"]) / DAYS_A_MONTH
    bound = (lines["term"] > 0) & (scene.day < lines["contract_end"]) & ~_ending(params, lines, scene)
    fresh: Vector = params.hazard.new_effect * np.exp(-months / params.hazard.new_months)
    return fresh + np.where(bound, params.hazard.in_contract, 0.0)


def person(params: SimulatorParams, lines: Lines, scene: Scene) -> Vector:
    """What lies in the person: segment, age, attachment, satisfaction where they live, and what nothing shows."""
    risk = params.hazard
    age = scene.day / (DAYS_A_MONTH * MONTHS_A_YEAR) + 1970 - lines["birth_year"]
    own: Vector = (
        np.asarray(risk.segment_effects)[lines["segment"]]
        + risk.age_effect * (age - params.population.age_mean)
        + risk.loyalty_effect * lines["loyalty"]
        + risk.satisfaction_effect * scene.dissatisfaction
        + lines["frailty"]
    )
    return own


def contract_end(params: SimulatorParams, lines: Lines, scene: Scene) -> Vector:
    """Around the end of a contract people look around."""
    return np.where(_ending(params, lines, scene), params.hazard.contract_end, 0.0)


def price_rise(params: SimulatorParams, lines: Lines, _: Scene) -> Vector:
    """A risen fee, felt by one's own price sensitivity."""
    return params.hazard.price_rise * lines["rise_hurt"] * lines["price_sensitivity"]


def bill_shock(params: SimulatorParams, lines: Lines, _: Scene) -> Vector:
    """A bill far above the usual one."""
    return params.hazard.bill_shock * lines["shock_hurt"] * lines["price_sensitivity"]


def plan_misfit(params: SimulatorParams, lines: Lines, _: Scene) -> Vector:
    """Paying for more than is used, once one knows it."""
    return params.hazard.plan_misfit * lines["misfit"] * lines["aware"] * lines["price_sensitivity"]


def complaint(params: SimulatorParams, lines: Lines, scene: Scene) -> Vector:
    """Repeated and badly settled complaints, and one that is still open."""
    settled = params.hazard.grievance * lines["grievance"] * lines["service_sensitivity"]
    return settled + params.hazard.open_complaint * (lines["open_until"] > scene.day)


def network(params: SimulatorParams, lines: Lines, _: Scene) -> Vector:
    """Incidents of the region's network, borne with different tolerance."""
    return params.hazard.network * lines["network_hurt"] * lines["network_sensitivity"]


def competitor(params: SimulatorParams, lines: Lines, scene: Scene) -> Vector:
    """Campaigns of competitors in the region, and their prices; a contract keeps most people from listening."""
    free = (lines["term"] == 0) | (scene.day >= lines["contract_end"] - params.hazard.contract_end_days[0])
    pull = params.hazard.campaign * scene.campaigns * lines["price_sensitivity"]
    return np.where(free, pull, 0.0) + params.hazard.price_gap * scene.price_gap


def household(params: SimulatorParams, lines: Lines, _: Scene) -> Vector:
    """Another line of the account has left."""
    return params.hazard.account_left * lines["account_hurt"]


def circle(params: SimulatorParams, lines: Lines, _: Scene) -> Vector:
    """The people that one calls have left the network."""
    return params.hazard.circle * lines["circle_lost"]


ALWAYS: tuple[Mechanism, ...] = (tenure, person)
MECHANISMS: tuple[Mechanism, ...] = (
    contract_end,
    price_rise,
    bill_shock,
    plan_misfit,
    complaint,
    network,
    competitor,
    household,
    circle,
)


def lean_chance(params: SimulatorParams, lines: Lines, scene: Scene) -> tuple[Vector, Vector]:
    """Return the chance to begin leaning towards the exit in a month, and the strongest cause (its place in CAUSES)."""
    risk = params.hazard
    total = sum((mechanism(params, lines, scene) for mechanism in ALWAYS), start=np.zeros(len(lines)))
    strongest, cause = np.full(len(lines), WORTH_NAMING), np.full(len(lines), CODE["drift"])
    for mechanism in MECHANISMS:
        effect = np.minimum(risk.hurt_max, mechanism(params, lines, scene))
        total = total + effect
        stronger = effect > strongest
        strongest = np.where(stronger, effect, strongest)
        cause = np.where(stronger, CODE[mechanism.__name__], cause)
    chance: Vector = np.minimum(risk.lean_max, risk.lean_base * np.exp(total))
    return chance, cause


def _ending(params: SimulatorParams, lines: Lines, scene: Scene) -> Vector:
    before, after = params.hazard.contract_end_days
    left = lines["contract_end"] - scene.day
    ending: Vector = (lines["term"] > 0) & (left <= before) & (left >= -after)
    return ending
