"""What a contact does: the fitting medicine works, the wrong one does little, and some contacts harm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from savedesk.params.simulator import SimulatorParams
from savedesk.schemas.truth import ACTIONS, CAUSES
from savedesk.simulator.lines import Lines, Vector

CUT_BY_NOTHING = ("woken",)  # a line that a contact has woken is not calmed by the same contact
THIRD = 2  # contacts in the month before after which one more is the third


@dataclass(frozen=True)
class Effects:
    """Cut of the hazard by action and cause, as a share; the last row is no action at all."""

    cut: Vector


def effects_of(params: SimulatorParams) -> Effects:
    """Return the table of true effects on those who accept."""
    rows = []
    for name in ACTIONS:
        action = params.actions.by_name[name]
        rows.append([0.0 if cause in CUT_BY_NOTHING else action.cures.get(cause, action.other) for cause in CAUSES])
    return Effects(np.array([*rows, [0.0] * len(CAUSES)]))


def cut_of(effects: Effects, lines: Lines, cause: Vector, draws_ahead: int = 0) -> Vector:
    """Return the cut of each line's hazard by the effect that is still running ``draws_ahead`` months from now."""
    cut: Vector = np.where(lines["effect_left"] > draws_ahead, effects.cut[lines["effect"], cause], 0.0)
    return cut


def waking(params: SimulatorParams, lines: Lines, action: str, day: int) -> Vector:
    """Return the chance that a contact drives a line to lean towards the exit that it was not leaning to.

    Args:
        params: section ``simulator``.
        lines: lines.
        action: what is offered.
        day: day of the contact.
    """
    harm = params.actions
    stays = np.where(lines["calls_last_month"] >= THIRD, 1 - harm.wakes_third, 1.0)
    if action == "fitting_plan":
        stays = stays * (1 - harm.wakes_unaware * unaware_overspender(params, lines))
    if action == "renewal_benefit":
        left = lines["contract_end"] - day
        near = (lines["term"] > 0) & (left >= 0) & (left <= harm.reminder_days)
        stays = stays * (1 - harm.wakes_contract * near)
    chance: Vector = np.where(lines["leaning"], 0.0, 1 - stays)
    return chance


def unaware_overspender(params: SimulatorParams, lines: Lines) -> Vector:
    """Return who pays notably more than the cheapest fitting plan costs and has not noticed."""
    unaware: Vector = ~lines["aware"] & (lines["misfit"] >= params.prices.misfit_notable)
    return unaware
