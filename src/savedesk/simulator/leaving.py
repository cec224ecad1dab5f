"""How they leave: leaning and then the exit, exits that nothing predicts, fading into silence, arrears.

Every draw of a month is made at its start, from the state that the month before has left. A cause that is felt in a
month has sunk in a month later, so that the chances of the next two months are known at each as_of: ``truth`` rests on
that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from savedesk.params.simulator import SimulatorParams
from savedesk.simulator.actions import Effects, cut_of
from savedesk.simulator.causes import CODE
from savedesk.simulator.lines import Lines, Vector

STAYS, FOR_A_CAUSE, FOR_NONE = 0, 1, 2


@dataclass(frozen=True)
class Departures:
    """Who leaves in a month: exits (0 nobody, 1 for a cause, 2 for none), suspensions, and those that come back."""

    exits: Vector
    suspended: Vector
    returns: Vector


def month_of_departures(
    params: SimulatorParams, draw: np.random.Generator, lines: Lines, effects: Effects
) -> Departures:
    """Draw who leaves in a month and move leaning, fading and silence on."""
    exits = _exits(params, draw, lines, effects)
    _fading(params, draw, lines, cut_of(effects, lines, np.full(len(lines), CODE["dormant"])))
    cut = cut_of(effects, lines, np.full(len(lines), CODE["arrears"]))
    suspended = (draw.random(len(lines)) < suspension_chance(params, lines["unpaid"]) * (1 - cut)) & (exits == STAYS)
    returns = suspended & (draw.random(len(lines)) < params.billing.return_share)
    lines["effect_left"] = np.maximum(0, lines["effect_left"] - 1)
    return Departures(exits, suspended, returns)


def _exits(params: SimulatorParams, draw: np.random.Generator, lines: Lines, effects: Effects) -> Vector:
    risk, count = params.hazard, len(lines)
    cause = np.where(lines["leaning"], lines["lean_cause"], lines["cause"])
    kept = 1 - cut_of(effects, lines, cause)
    begins = ~lines["leaning"] & (draw.random(count) < lines["chance"] * kept)
    leaves = lines["leaning"] & (draw.random(count) < risk.lean_exit * kept)
    returns = lines["leaning"] & ~leaves & (draw.random(count) < risk.lean_return)
    declining = begins & (draw.random(count) < risk.decline_share)
    lines["lean_cause"] = np.where(begins, lines["cause"], lines["lean_cause"])
    lines["leaning"] = (lines["leaning"] | begins) & ~returns
    lines["declining"] = (lines["declining"] | declining) & ~returns
    natural = draw.random(count) < risk.natural_rate
    exits: Vector = np.where(leaves, FOR_A_CAUSE, np.where(natural, FOR_NONE, STAYS))
    return exits


def _fading(params: SimulatorParams, draw: np.random.Generator, lines: Lines, cut: Vector) -> None:
    risk, count = params.hazard, len(lines)
    low = np.maximum(0, np.log(params.usage.voice_median / np.maximum(lines["voice_level"], 1e-3)))
    begins = ~lines["fading"] & (draw.random(count) < risk.fade_base * np.exp(risk.fade_low_use * low) * (1 - cut))
    falls = draw.random(count) < silence_chance(params, lines["fading"], cut)
    wakes = lines["silent"] & (draw.random(count) < waking_chance(params, cut))
    recovers = lines["fading"] & ~falls & (draw.random(count) < risk.fade_return)
    lines["fading"] = (lines["fading"] | begins) & ~recovers & ~wakes
    lines["silent"] = (lines["silent"] & ~wakes) | (falls & ~lines["silent"])
    lines["silent_months"] = np.where(lines["silent"], lines["silent_months"] + 1, 0)
    left = draw.uniform(*risk.decline_range, count)
    sinking = lines["declining"] | lines["fading"]
    recovered = np.minimum(1.0, lines["fade_factor"] * risk.recovery)
    lines["fade_factor"] = np.where(sinking, lines["fade_factor"] * left, recovered)


def suspension_chance(params: SimulatorParams, unpaid: Vector) -> Vector:
    """Return the chance that a line with so many unpaid bills is suspended in the month that begins."""
    return np.where(unpaid >= params.billing.unpaid_limit, params.billing.suspend_chance, 0.0)


def cure_chance(params: SimulatorParams, unpaid: Vector) -> Vector:
    """Return the chance that a line pays all it owes in a month: the arrears spiral makes it fall with every bill."""
    money = params.billing
    chance: Vector = np.where(unpaid > 0, money.cure_rate * money.cure_decay ** np.maximum(0, unpaid - 1), 0.0)
    return chance


def silence_chance(params: SimulatorParams, fading: Vector, cut: Vector) -> Vector:
    """Return the chance that a line that is not silent falls silent in the month that begins."""
    risk = params.hazard
    chance: Vector = 1 - (1 - risk.fade_silent * fading * (1 - cut)) * (1 - risk.silent_direct)
    return chance


def waking_chance(params: SimulatorParams, cut: Vector) -> Vector:
    """Return the chance that a silent line is used again in the month that begins."""
    return params.hazard.silent_return + (1 - params.hazard.silent_return) * cut


def cause_at_work(lines: Lines) -> Vector:
    """Return the place in CAUSES of what drives each line's risk now."""
    cause = np.where(lines["leaning"], lines["lean_cause"], lines["cause"])
    cause = np.where(lines["fading"] | lines["silent"], CODE["dormant"], cause)
    at_work: Vector = np.where(lines["unpaid"] > 1, CODE["arrears"], cause)
    return at_work
