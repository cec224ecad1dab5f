"""Opinions that few give: satisfaction with processes, which differs by region, and with the operator as a whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from savedesk.params.simulator import SimulatorParams
from savedesk.schemas.complaints import CATEGORIES
from savedesk.simulator.calendar import days_in
from savedesk.simulator.lines import Lines, Vector
from savedesk.simulator.world import World

OVERALL = len(CATEGORIES)
HURT_OF = {
    "network": "network_hurt",
    "billing": "shock_hurt",
    "price": "rise_hurt",
    "hotline": "grievance",
    "other": "grievance",
}


@dataclass(frozen=True)
class Answers:
    """Answers of a month: place of the line, day, day on which it is known, process, score, intention to switch."""

    place: Vector
    day: Vector
    known: Vector
    process: Vector
    score: Vector
    intention: Vector


def month_of_surveys(
    params: SimulatorParams, draw: np.random.Generator, world: World, lines: Lines, month: int
) -> Answers:
    """Ask a few lines about some processes, and about the whole."""
    opinion = params.surveys
    place = np.flatnonzero(draw.random(len(lines)) < opinion.answer_rate)
    count, asked = len(place), opinion.processes_asked
    felt = _satisfaction(params, world, lines, place, month)
    chosen = np.argsort(draw.random((count, len(CATEGORIES))), axis=1)[:, :asked]
    leaning = lines["leaning"][place]
    weights = world.importance[lines["region"][place]]
    overall = (
        (felt * weights).sum(axis=1) / weights.sum(axis=1)
        + opinion.per_loyalty * lines["loyalty"][place]
        - opinion.if_leaning * leaning
    )
    scores = np.column_stack([np.take_along_axis(felt, chosen, axis=1), overall])
    scores = scores + draw.normal(0, opinion.person_sd, scores.shape)
    day = np.maximum(days_in(draw, month, count), lines["activated"][place])
    known = day + draw.integers(0, opinion.delay_days + 1, count)
    share = np.where(leaning, opinion.intention_if_leaning, opinion.intention_base)
    intention = draw.random(count) < share
    rows = asked + 1
    return Answers(
        np.repeat(place, rows),
        np.repeat(day, rows),
        np.repeat(known, rows),
        np.column_stack([chosen, np.full(count, OVERALL)]).ravel(),
        np.clip(scores.round(), 1, 10).astype(np.int64).ravel(),
        np.repeat(intention, rows),
    )


def _satisfaction(params: SimulatorParams, world: World, lines: Lines, place: Vector, month: int) -> Vector:
    """Return how content each line is with each process, line x process; points."""
    felt: Vector = world.quality[world.at(month)][lines["region"][place]]
    for name, hurt in HURT_OF.items():
        felt[:, CATEGORIES.index(name)] -= params.surveys.per_hurt * lines[hurt][place]
    return felt
