"""Networks and competitors by region."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from savedesk.ingest.simulator.calendar import days_in
from savedesk.ingest.simulator.lines import Vector
from savedesk.params.simulator import SimulatorParams


@dataclass
class Regions:
    """Traits of the regions, and the competitors' price level of the month."""

    incident_rate: Vector
    campaign_rate: Vector
    price_index: Vector


@dataclass(frozen=True)
class Incidents:
    """Faults of one month: region, first and last day, severity 1..3."""

    region: Vector
    started: Vector
    ended: Vector
    severity: Vector


def draw_regions(params: SimulatorParams, draw: np.random.Generator) -> Regions:
    """Draw the regions' traits: some networks are worse, some markets harder."""
    market, count = params.market, len(params.population.regions)
    return Regions(
        market.incident_rate * np.exp(draw.normal(0, market.network_sd, count)),
        market.campaign_rate * np.exp(draw.normal(0, market.competition_sd, count)),
        draw.normal(market.price_index_mean, market.price_index_sd, count),
    )


def month_of_incidents(params: SimulatorParams, draw: np.random.Generator, regions: Regions, month: int) -> Incidents:
    """Draw the faults of a month; at most one begins in a region on one day."""
    market = params.market
    region = np.repeat(np.arange(len(regions.incident_rate)), draw.poisson(regions.incident_rate))
    started = days_in(draw, month, len(region))
    _, first = np.unique(np.column_stack([region, started]), axis=0, return_index=True)
    region, started = region[first], started[first]
    length = draw.geometric(1 / market.incident_days, len(region))
    severity = 1 + draw.choice(3, len(region), p=market.severity_shares)
    return Incidents(region, started, started + length - 1, severity)


def severity_by_region(incidents: Incidents, regions: int) -> Vector:
    """Return the sum of the month's grades in each region."""
    total: Vector = np.bincount(incidents.region, weights=incidents.severity, minlength=regions)
    return total


def month_of_competition(params: SimulatorParams, draw: np.random.Generator, regions: Regions) -> Vector:
    """Move the competitors' prices on and return their campaigns in each region."""
    market = params.market
    pull = market.price_index_memory
    noise = draw.normal(0, market.price_index_sd * np.sqrt(1 - pull**2), len(regions.price_index))
    regions.price_index = market.price_index_mean + pull * (regions.price_index - market.price_index_mean) + noise
    campaigns: Vector = draw.poisson(regions.campaign_rate)
    return campaigns
