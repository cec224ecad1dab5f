"""Why they leave: leaning towards the exit, exits that nothing predicts, fading into silence, arrears."""

from __future__ import annotations

import numpy as np

from savedesk.ingest.simulator.calendar import DAYS_A_MONTH, last_day
from savedesk.ingest.simulator.lines import Lines, Vector
from savedesk.params.simulator import SimulatorParams


def let_hurts_fade(params: SimulatorParams, lines: Lines) -> None:
    """Let every hurt fade by a month."""
    for name in ("rise_hurt", "shock_hurt", "grievance", "network_hurt", "account_hurt"):
        lines[name] = lines[name] * params.hazard.memory


def lean_chance(params: SimulatorParams, lines: Lines, month: int, campaigns: Vector, price_index: Vector) -> Vector:
    """Return the chance of beginning to lean towards the exit in this month."""
    risk, end = params.hazard, last_day(month)
    tenure = (end - lines["activated"]) / DAYS_A_MONTH
    bound = (lines["term"] > 0) & (end < lines["contract_end"])
    to_end = lines["contract_end"] - end
    before, after = risk.contract_end_days
    ending = (lines["term"] > 0) & (to_end <= before) & (to_end >= -after)
    causes = [
        risk.new_effect * np.exp(-tenure / risk.new_months),
        np.where(ending, risk.contract_end, np.where(bound, risk.in_contract, 0.0)),
        _capped(risk.price_rise * lines["rise_hurt"] * lines["price_sensitivity"], risk.hurt_max),
        _capped(risk.bill_shock * lines["shock_hurt"] * lines["price_sensitivity"], risk.hurt_max),
        _capped(risk.grievance * lines["grievance"] * lines["service_sensitivity"], risk.hurt_max),
        risk.open_complaint * (lines["open_until"] > end),
        _capped(risk.network * lines["network_hurt"] * lines["network_sensitivity"], risk.hurt_max),
        _capped(risk.campaign * campaigns * lines["price_sensitivity"], risk.hurt_max),
        risk.price_gap * (params.market.price_index_mean - price_index),
        _capped(risk.account_left * lines["account_hurt"], risk.hurt_max),
    ]
    chance: Vector = np.minimum(risk.lean_max, risk.lean_base * lines["frailty"] * np.exp(sum(causes)))
    return chance


def _capped(value: Vector, most: float) -> Vector:
    return np.minimum(value, most)


def voluntary_exits(
    params: SimulatorParams, draw: np.random.Generator, lines: Lines, chance: Vector, cut: Vector
) -> Vector:
    """Move leaning on by a month and return who leaves next month: 0 nobody, 1 for a cause, 2 for none.

    Args:
        params: section ``simulator``.
        draw: generator.
        lines: lines.
        chance: see ``lean_chance``.
        cut: share by which a past contact lowers the hazard of this line now.
    """
    risk, count = params.hazard, len(lines)
    begins = ~lines["leaning"] & (draw.random(count) < chance * (1 - cut))
    at_once = begins & (draw.random(count) < risk.direct_share)
    leaves = at_once | (lines["leaning"] & (draw.random(count) < risk.lean_exit * (1 - cut)))
    returns = lines["leaning"] & ~leaves & (draw.random(count) < risk.lean_return)
    declining = begins & (draw.random(count) < risk.decline_share)
    lines["leaning"] = (lines["leaning"] | begins) & ~returns
    lines["declining"] = (lines["declining"] | declining) & ~returns
    natural = draw.random(count) < risk.natural_rate
    exits: Vector = np.where(leaves, 1, np.where(natural, 2, 0))
    return exits


def fading(params: SimulatorParams, draw: np.random.Generator, lines: Lines, cut: Vector) -> None:
    """Move fading, silence and declining use on by a month."""
    risk, count = params.hazard, len(lines)
    low = np.maximum(0, np.log(params.usage.voice_median / np.maximum(lines["voice_level"], 1e-3)))
    begins = draw.random(count) < risk.fade_base * np.exp(risk.fade_low_use * low) * (1 - cut)
    falls = lines["fading"] & (draw.random(count) < risk.fade_silent * (1 - cut))
    straight = draw.random(count) < risk.silent_direct
    returns = lines["fading"] & ~falls & (draw.random(count) < risk.fade_return)
    lines["fading"] = (lines["fading"] | begins) & ~returns
    lines["silent"] = lines["silent"] | falls | straight
    lines["silent_months"] = np.where(lines["silent"], lines["silent_months"] + 1, 0)
    kept = draw.uniform(*risk.decline_range, count)
    sinking = lines["declining"] | lines["fading"]
    recovered = np.minimum(1.0, lines["fade_factor"] * 1.5)
    lines["fade_factor"] = np.where(sinking, lines["fade_factor"] * kept, recovered)


def suspensions(params: SimulatorParams, draw: np.random.Generator, lines: Lines, cut: Vector) -> Vector:
    """Return whose line is suspended for arrears next month."""
    money = params.billing
    due = lines["unpaid"] >= money.unpaid_limit
    suspended: Vector = due & (draw.random(len(lines)) < money.suspend_chance * (1 - cut))
    return suspended
