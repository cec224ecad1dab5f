"""Complaints with their life cycle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from savedesk.params.simulator import SimulatorParams
from savedesk.schemas.complaints import CATEGORIES
from savedesk.simulator.calendar import days_in
from savedesk.simulator.lines import Lines, Vector

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


def month_of_complaints(
    params: SimulatorParams, draw: np.random.Generator, lines: Lines, quality: Vector, month: int
) -> Tickets:
    """Draw the month's complaints and let them hurt: a bad end hurts more than a good one.

    Args:
        params: section ``simulator``.
        draw: generator.
        lines: lines.
        quality: satisfaction with each process in each region; points.
        month: number of the month.
    """
    care = params.care
    pull = {"network": care.network_pull, "billing": care.billing_pull, "price": care.price_pull}
    stirred = (1 + care.repeat_pull * lines["grievance"] + care.leaning_pull * lines["leaning"]) * lines[
        "service_sensitivity"
    ]
    places, categories = [], []
    for number, name in enumerate(CATEGORIES):
        extra = pull[name] * lines[HURT_BY[name]] if name in HURT_BY else 0.0
        worse = np.exp(care.quality_pull * (params.surveys.quality_mean - quality[:, number]))
        rate = np.minimum(care.max_rate, (care.base_rates[number] * worse[lines["region"]] + extra) * stirred)
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
