"""Fees that rise, plans that change, and how well a plan fits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from savedesk.params.simulator import SimulatorParams
from savedesk.simulator.calendar import first_day
from savedesk.simulator.lines import Lines, Vector

DAYS_A_BILLED_MONTH = 30


@dataclass(frozen=True)
class PlanChanges:
    """Changes of plan or fee on the first day of a month: place of the line, plans, fees (money/month)."""

    place: Vector
    old_plan: Vector
    new_plan: Vector
    old_fee: Vector
    new_fee: Vector


def raise_prices(params: SimulatorParams, lines: Lines, rises: Vector, month: int) -> PlanChanges:
    """Raise the fees of some plans for those who have been on the books long enough.

    Args:
        params: section ``simulator``.
        lines: lines.
        rises: rise of each plan in this month; share of the fee.
        month: number of the month.
    """
    old_enough = first_day(month) - lines["activated"] > params.prices.rise_minimum_tenure * DAYS_A_BILLED_MONTH
    share = np.where(old_enough, rises[lines["plan"]], 0.0)
    before = fee_of(params, lines)
    lines["fee_factor"] = lines["fee_factor"] * (1 + share)
    lines["rise_hurt"] = lines["rise_hurt"] + share
    return _changes(params, lines, share > 0, lines["plan"], before)


def change_plans(params: SimulatorParams, draw: np.random.Generator, lines: Lines, month: int) -> PlanChanges:
    """Let some subscribers change to the next plan, more of them down after a rise."""
    prices, old_plan, before = params.prices, lines["plan"], fee_of(params, lines)
    pull = prices.change_rate * (1 + prices.change_after_rise * lines["rise_hurt"])
    wants = (draw.random(len(lines)) < pull) & ~lines["silent"] & (lines["activated"] < first_day(month))
    step = np.where(draw.random(len(lines)) < 0.5 + 2 * lines["rise_hurt"], -1, 1)
    plan = np.clip(old_plan + step, 0, len(params.plans) - 1)
    changed = wants & (plan != old_plan)
    lines["plan"] = np.where(changed, plan, old_plan)
    lines["fee_factor"] = np.where(changed, 1.0, lines["fee_factor"])
    return _changes(params, lines, changed, old_plan, before)


def note_misfit(params: SimulatorParams, lines: Lines, places: Vector) -> None:
    """Work out anew by how much the lines at these places overspend; share of what they pay for their usual use."""
    if len(places) == 0:
        return
    own = {name: lines[name][places] for name in ("voice_level", "data_level", "plan", "fee_factor")}
    cost = cost_by_plan(params, own["voice_level"], own["data_level"])
    rows = np.arange(len(places))
    list_price = np.array([plan.monthly_fee for plan in params.plans])[own["plan"]]
    paid = cost[rows, own["plan"]] + list_price * (own["fee_factor"] - 1)
    lines.traits["misfit"][places] = np.maximum(0, 1 - cost.min(axis=1) / np.maximum(paid, 1e-9))


def wake_the_shocked(params: SimulatorParams, draw: np.random.Generator, lines: Lines, shock: Vector) -> None:
    """Let some of those who do not watch what they pay notice it on a high bill."""
    wakes = draw.random(len(lines)) < params.prices.wake_per_shock * np.maximum(shock, 0)
    lines["aware"] = lines["aware"] | wakes


def fitting_plan(params: SimulatorParams, draw: np.random.Generator, voice: Vector, data: Vector) -> Vector:
    """Return the cheapest plan for the use that the subscriber expects, which is not quite their own."""
    wrong = np.exp(draw.normal(0, params.prices.misfit_sd, len(voice)))
    plan: Vector = cost_by_plan(params, voice * wrong, data * wrong).argmin(axis=1)
    return plan


def cost_by_plan(params: SimulatorParams, voice: Vector, data: Vector) -> Vector:
    """Return what this use would cost on each plan at its list price, line x plan; money/month."""
    return np.column_stack(
        [
            plan.monthly_fee
            + plan.price_per_min * np.maximum(0, voice - plan.included_voice_min)
            + plan.price_per_mb * np.maximum(0, data - plan.included_data_mb)
            for plan in params.plans
        ]
    )


def fee_of(params: SimulatorParams, lines: Lines) -> Vector:
    """Return the fee that each line pays for its plan; money/month."""
    fees = np.array([plan.monthly_fee for plan in params.plans])
    fee: Vector = (fees[lines["plan"]] * lines["fee_factor"]).round(2)
    return fee


def _changes(params: SimulatorParams, lines: Lines, where: Vector, old_plan: Vector, old_fee: Vector) -> PlanChanges:
    place = np.flatnonzero(where)
    note_misfit(params, lines, place)
    return PlanChanges(place, old_plan[place], lines["plan"][place], old_fee[place], fee_of(params, lines)[place])
