"""Complaints with their life cycle, and surveys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from savedesk.contracts.complaints import CATEGORIES
from savedesk.ingest.simulator.calendar import days_in
from savedesk.ingest.simulator.lines import Lines, Vector
from savedesk.params.simulator import SimulatorParams

HURT_BY = {"network": "network_hurt", "billing": "shock_hurt", "price": "rise_hurt"}


@dataclass(frozen=True)
class Tickets:
    """Complaints of a month: place of the line, category, days, and what became of them."""

    place: Vector
    category: Vector
    opened: Vector
    closed: Vector
    escalated: Vector
    reopened: Vector
    satisfied: Vector


def month_of_complaints(params: SimulatorParams, draw: np.random.Generator, lines: Lines, month: int) -> Tickets:
    """Draw the month's complaints and let them hurt: a bad end hurts more than a good one."""
    care = params.care
    pull = {"network": care.network_pull, "billing": care.billing_pull, "price": care.price_pull}
    stirred = (1 + care.repeat_pull * lines["grievance"] / 10 + care.leaning_pull * lines["leaning"]) * lines[
        "service_sensitivity"
    ]
    places, categories = [], []
    for number, name in enumerate(CATEGORIES):
        extra = pull[name] * lines[HURT_BY[name]] if name in HURT_BY else 0.0
        rate = np.minimum(care.max_rate, (care.base_rates[number] + extra) * stirred)
        here = np.flatnonzero(draw.random(len(lines)) < rate)
        places.append(here)
        categories.append(np.full(len(here), number))
    place, category = np.concatenate(places), np.concatenate(categories)
    tickets = _life_cycle(params, draw, place, category, lines["activated"][place], month)
    weight = np.where(tickets.satisfied, care.content_weight, 1.0)
    lines["grievance"] = lines["grievance"] + np.bincount(place, weights=weight, minlength=len(lines))
    np.maximum.at(lines.traits["open_until"], place, tickets.closed)
    return tickets


def _life_cycle(
    params: SimulatorParams, draw: np.random.Generator, place: Vector, category: Vector, started: Vector, month: int
) -> Tickets:
    care, count = params.care, len(place)
    opened = np.maximum(days_in(draw, month, count), started)
    escalated = draw.random(count) < care.escalated_share
    days = draw.exponential(care.close_days, count) * np.where(escalated, care.escalated_slower, 1.0)
    content = draw.random(count) < care.satisfied_share * np.exp(-days / care.patience_days)
    reopened = draw.random(count) < care.reopened_share
    return Tickets(place, category, opened, opened + days.astype(np.int64), escalated, reopened, content & ~reopened)


def month_of_surveys(params: SimulatorParams, draw: np.random.Generator, lines: Lines, month: int) -> dict[str, Vector]:
    """Draw the month's answers: place, day, day on which the answer is known, process, score, intention."""
    care = params.care
    place = np.flatnonzero(draw.random(len(lines)) < care.survey_rate)
    count = len(place)
    leaning, hurt = lines["leaning"][place], lines["grievance"][place]
    score = (
        draw.normal(care.score_mean, care.score_sd, count)
        - care.score_per_grievance * hurt
        - care.score_if_leaning * leaning
    )
    day = np.maximum(days_in(draw, month, count), lines["activated"][place])
    return {
        "place": place,
        "day": day,
        "known": day + draw.integers(0, care.survey_delay_days + 1, count),
        "process": draw.integers(0, len(CATEGORIES) + 1, count),
        "score": np.clip(score.round(), 1, 10).astype(np.int64),
        "intention": draw.random(count) < np.where(leaning, care.intention_if_leaning, care.intention_base),
    }
