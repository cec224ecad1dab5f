"""The market that all lines share: networks, competitors, prices and service by region, drawn once for every month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from savedesk.params.simulator import SimulatorParams
from savedesk.schemas.complaints import CATEGORIES
from savedesk.simulator.calendar import Days, days_in
from savedesk.simulator.lines import Vector


@dataclass(frozen=True)
class Incidents:
    """Faults: month, region, first and last day, severity 1 to 3."""

    month: Days
    region: Days
    started: Days
    ended: Days
    severity: Days


@dataclass(frozen=True)
class World:
    """What is the same for every line. Arrays are month x region, from the first month of the burn-in on.

    Args:
        first: number of the first month.
        sizes: share of the accounts that each region has.
        loyalty: mean attachment of a region's people, in sd of persons.
        severity: sum of the grades of the month's incidents.
        campaigns: campaigns of competitors.
        price_index: competitors' price / own price.
        rises: share by which a plan's fee rises, month x plan.
        quality: satisfaction with each process, month x region x process; points.
        importance: weight of each process in loyalty, region x process; ratio.
        incidents: the faults one by one.
    """

    first: int
    sizes: Vector
    loyalty: Vector
    severity: Vector
    campaigns: Vector
    price_index: Vector
    rises: Vector
    quality: Vector
    importance: Vector
    incidents: Incidents

    def at(self, month: int) -> int:
        """Return the place of a month in the arrays."""
        return month - self.first


def draw_world(params: SimulatorParams, draw: np.random.Generator, first: int, months: int) -> World:
    """Draw the regions' traits (some networks are worse, some markets harder) and the months one after the other."""
    market, regions = params.market, len(params.population.regions)
    sizes = np.exp(draw.normal(0, params.population.region_spread, regions))
    loyalty = draw.normal(0, params.population.loyalty_region_sd, regions)
    faults = market.incident_rate * np.exp(draw.normal(0, market.network_sd, regions))
    pressure = market.campaign_rate * np.exp(draw.normal(0, market.competition_sd, regions))
    incidents = _incidents(params, draw, faults, first, months)
    severity = np.zeros((months, regions))
    np.add.at(severity, (incidents.month - first, incidents.region), incidents.severity)
    opinion = params.surveys
    importance = np.exp(draw.normal(0, opinion.importance_sd, (regions, len(CATEGORIES))))
    worse = np.zeros_like(importance)
    for weak in opinion.weak_processes:
        place = params.population.regions.index(weak.region), CATEGORIES.index(weak.process)
        importance[place] *= weak.importance
        worse[place] += weak.points
    return World(
        first,
        sizes / sizes.sum(),
        loyalty,
        severity,
        draw.poisson(pressure, (months, regions)),
        _around(draw, market.price_index_mean, market.price_index_sd, market.price_index_memory, (months, regions)),
        _price_rises(params, draw, months),
        _around(
            draw,
            opinion.quality_mean,
            opinion.quality_sd,
            opinion.quality_memory,
            (months, regions, len(CATEGORIES)),
        )
        - worse,
        importance / importance.mean(axis=1, keepdims=True),
        incidents,
    )


def _incidents(params: SimulatorParams, draw: np.random.Generator, rates: Vector, first: int, months: int) -> Incidents:
    """Draw the faults of all months; at most one begins in a region on one day."""
    market, parts = params.market, []
    for month in range(first, first + months):
        region = np.repeat(np.arange(len(rates)), draw.poisson(rates))
        started = days_in(draw, month, len(region))
        _, kept = np.unique(np.column_stack([region, started]), axis=0, return_index=True)
        length = draw.geometric(1 / market.incident_days, len(kept))
        severity = 1 + draw.choice(3, len(kept), p=market.severity_shares)
        day = started[kept]
        parts.append((np.full(len(kept), month), region[kept], day, day + length - 1, severity))
    return Incidents(*(np.concatenate(columns).astype(np.int64) for columns in zip(*parts, strict=True)))


def _around(draw: np.random.Generator, mean: float, sd: float, memory: float, shape: tuple[int, ...]) -> Vector:
    """Draw paths that wander about a mean with a constant spread: an autoregression of order one."""
    shocks = draw.normal(0, sd, shape)
    shocks[1:] *= np.sqrt(1 - memory**2)
    path = np.empty(shape)
    path[0] = shocks[0]
    for step in range(1, shape[0]):
        path[step] = memory * path[step - 1] + shocks[step]
    return mean + path


def _price_rises(params: SimulatorParams, draw: np.random.Generator, months: int) -> Vector:
    shape = (months, len(params.plans))
    rising = draw.random(shape) < params.prices.rise_chance
    rises: Vector = np.where(rising, draw.uniform(*params.prices.rise_range, shape), 0.0)
    return rises
