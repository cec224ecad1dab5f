"""The true chance of churn at an as_of, without a contact and with each action: exact sums, no simulation.

Four ways out run side by side, and the first to come counts: leaning and leaving, leaving for no reason, suspension
for arrears, dormancy. Given the state at as_of they do not depend on each other, so the chance to be there at a day is
the product of four. A month's exits fall on its days with equal chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from savedesk.params.simulator import SimulatorParams
from savedesk.schemas.truth import ACTIONS, CAUSES
from savedesk.simulator.actions import Effects, cut_of, waking
from savedesk.simulator.calendar import first_day
from savedesk.simulator.causes import CODE
from savedesk.simulator.leaving import cause_at_work, cure_chance, silence_chance, suspension_chance, waking_chance
from savedesk.simulator.ledger import Ids, Labels, Ledger
from savedesk.simulator.lines import Lines, Vector

DRAWS = 3  # months that a window of at most 88 days can touch
DECIMALS = 6
Cuts = dict[str, tuple[Vector, ...]]


@dataclass(frozen=True)
class Window:
    """Where the outcome window lies: days from as_of, and the first days of the months around it."""

    start: int
    end: int
    months: tuple[int, ...]
    before: int

    def share(self, draw: int, day: float) -> float:
        """Return the share of the days of month ``draw`` that lie before ``day``."""
        first, after = self.months[draw], self.months[draw + 1]
        return float(np.clip((day - first) / (after - first), 0, 1))


def window_at(params: SimulatorParams, month: int) -> Window:
    """Return the outcome window of the as_of that is the first day of a month."""
    start, chosen = first_day(month), params.truth
    months = tuple(first_day(month + step) - start for step in range(DRAWS + 1))
    return Window(chosen.lead_days, chosen.lead_days + chosen.outcome_days, months, start - first_day(month - 1))


def write_truth(params: SimulatorParams, effects: Effects, lines: Lines, month: int, ledger: Ledger) -> None:
    """Write the truth of all lines that were there before the first day of a month."""
    there = lines.at(lines["activated"] < first_day(month))
    window = window_at(params, month)
    without, with_action = true_chances(params, effects, there, month, window)
    ledger.write(
        "truth",
        subscriber_id=Ids("S", there["number"]),
        as_of=np.full(len(there), first_day(month)),
        churn_probability=without.round(DECIMALS),
        **{f"with_{name}": chance.round(DECIMALS) for name, chance in with_action.items()},
        cause=Labels(CAUSES, cause_at_work(there)),
    )


def true_chances(
    params: SimulatorParams, effects: Effects, lines: Lines, month: int, window: Window
) -> tuple[Vector, dict[str, Vector]]:
    """Return P(churn in the window | still there at its start) without a contact, and if each action is tried."""
    none_woken = np.zeros(len(lines))
    running = _running_cuts(effects, lines)
    without = _churn(params, lines, window, running, none_woken)
    by_action = {}
    for place, name in enumerate(ACTIONS):
        woken = waking(params, lines, name, first_day(month))
        declined = _where_woken(params, lines, window, running, woken, without)
        accepted = _churn(params, lines, window, _cuts_of(effects, lines, place, params.actions.effect_months), woken)
        take_up, reached = params.actions.by_name[name].take_up, params.actions.reached_share
        by_action[name] = (1 - reached) * without + reached * ((1 - take_up) * declined + take_up * accepted)
    return without, by_action


def _where_woken(
    params: SimulatorParams, lines: Lines, window: Window, cuts: Cuts, woken: Vector, without: Vector
) -> Vector:
    """Return the chance after a contact that only woke: as without it but for the few whom it can wake."""
    places = np.flatnonzero(woken)
    own = {name: tuple(cut[places] for cut in steps) for name, steps in cuts.items()}
    declined = without.copy()
    declined[places] = _churn(params, lines.at(places), window, own, woken[places])
    return declined


def _by_process(lines: Lines) -> dict[str, Vector]:
    return {
        "leaning": lines["lean_cause"],
        "now": lines["cause"],
        "next": lines["cause_next"],
        "arrears": np.full(len(lines), CODE["arrears"]),
        "dormant": np.full(len(lines), CODE["dormant"]),
    }


def _running_cuts(effects: Effects, lines: Lines) -> Cuts:
    causes = _by_process(lines)
    return {
        name: tuple(cut_of(effects, lines, cause, ahead) for ahead in range(DRAWS)) for name, cause in causes.items()
    }


def _cuts_of(effects: Effects, lines: Lines, action: int, lasts: int) -> Cuts:
    """Return the cuts of an action that begins now and replaces whatever was running."""
    none = np.zeros(len(lines))
    return {
        name: tuple(effects.cut[action, cause] if ahead < lasts else none for ahead in range(DRAWS))
        for name, cause in _by_process(lines).items()
    }


def _churn(params: SimulatorParams, lines: Lines, window: Window, cuts: Cuts, woken: Vector) -> Vector:
    exits = _leaning_exits(params, lines, cuts, woken)
    suspended = _suspensions(params, lines, cuts["arrears"])
    first_silence, second_silence = _silences(params, lines, cuts["dormant"])
    chosen = params.truth

    def still_there(day: int) -> Vector:
        own_will = 1 - sum(chance * window.share(draw, day) for draw, chance in enumerate(exits))
        natural = np.prod([1 - params.hazard.natural_rate * window.share(draw, day) for draw in range(DRAWS)])
        late = 1 - sum(chance * window.share(draw, day - chosen.arrears_days) for draw, chance in enumerate(suspended))
        dormant = (
            1
            - first_silence * (chosen.dormant_days - window.before < day)
            - second_silence * (chosen.dormant_days < day)
        )
        alive: Vector = own_will * natural * late * dormant
        return alive

    at_start = still_there(window.start)
    chance: Vector = np.clip(1 - still_there(window.end) / np.maximum(at_start, 1e-12), 0, 1)
    return chance


def _leaning_exits(params: SimulatorParams, lines: Lines, cuts: Cuts, woken: Vector) -> list[Vector]:
    """Return the chance to leave for a cause in each month: masses of leaning lines, moved on from draw to draw."""
    risk = params.hazard
    leaning = lines["leaning"].astype(float)
    calm = (1 - leaning) * (1 - woken)
    begins = (lines["chance"] * (1 - cuts["now"][0]), lines["chance_next"] * (1 - cuts["next"][1]))
    groups = [
        (leaning, "leaning"),
        ((1 - leaning) * woken, None),
        (np.zeros(len(lines)), "now"),
        (np.zeros(len(lines)), "next"),
    ]
    exits = []
    for draw in range(DRAWS):
        left, back, kept = np.zeros(len(lines)), np.zeros(len(lines)), []
        for mass, cause in groups:
            rate = risk.lean_exit * (1 - cuts[cause][draw]) if cause else risk.lean_exit
            left = left + mass * rate
            back = back + mass * (1 - rate) * risk.lean_return
            kept.append(mass * (1 - rate) * (1 - risk.lean_return))
        if draw < len(begins):
            fresh = calm * begins[draw]
            kept[2 + draw] = kept[2 + draw] + fresh
            calm = calm - fresh + back
        groups = [(mass, cause) for mass, (_, cause) in zip(kept, groups, strict=True)]
        exits.append(left)
    return exits


def _suspensions(params: SimulatorParams, lines: Lines, cut: tuple[Vector, ...]) -> list[Vector]:
    """Return the chance of a lasting suspension in this month and in the next; later ones ripen after the window."""
    lasting = 1 - params.billing.return_share
    at_once = suspension_chance(params, lines["unpaid"]) * (1 - cut[0])
    uncured = np.where(lines["unpaid"] > 0, 1 - cure_chance(params, lines["unpaid"]), 0.0)
    later = (1 - at_once) * uncured * suspension_chance(params, lines["unpaid"] + 1) * (1 - cut[1])
    return [at_once * lasting, later * lasting]


def _silences(params: SimulatorParams, lines: Lines, cut: tuple[Vector, ...]) -> tuple[Vector, Vector]:
    """Return the chances that a silence which began last month, or begins in this one, lasts two months."""
    lasts = [1 - waking_chance(params, month_cut) for month_cut in cut]
    begun = lines["silent"] & (lines["silent_months"] == 1)
    falls = np.where(lines["silent"], 0.0, silence_chance(params, lines["fading"], cut[0]))
    return begun * lasts[0], falls * lasts[1]
