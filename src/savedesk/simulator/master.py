"""Master data: the subscribers as they stand, and the tables that no line owns."""

from __future__ import annotations

import numpy as np

from savedesk.params.simulator import SimulatorParams
from savedesk.simulator.calendar import first_day
from savedesk.simulator.ledger import Ids, Labels, Ledger, absent_where
from savedesk.simulator.lines import Lines, Vector
from savedesk.simulator.population import SEGMENTS
from savedesk.simulator.world import World


def write_subscribers(params: SimulatorParams, lines: Lines, where: Vector, ledger: Ledger) -> None:
    """Write the lines marked, and their contracts: none is renewed within the months that are written."""
    own = {name: values[where] for name, values in lines.traits.items()}
    people = params.population
    cities = [f"{region} {number + 1}" for region in people.regions for number in range(people.cities_per_region)]
    unbound = own["term"] == 0
    ledger.write(
        "subscribers",
        subscriber_id=Ids("S", own["number"]),
        account_id=Ids("A", own["account"] + 1),
        segment=Labels(SEGMENTS, own["segment"]),
        region=Labels(people.regions, own["region"]),
        city=Labels(cities, own["region"] * people.cities_per_region + own["city"]),
        birth_year=absent_where(own["birth_year"], ~own["birth_known"]),
        activated_on=own["activated"],
        plan_id=Labels([plan.plan_id for plan in params.plans], own["plan"]),
        contract_start=absent_where(own["contract_start"], unbound),
        contract_end=absent_where(own["contract_end"], unbound),
        payment_method=Labels(people.payment_methods, own["payment"]),
        acquisition_channel=Labels(people.sales_channels, own["sales"]),
        contact_allowed=own["consent"],
        blocklisted=own["blocked"],
    )
    ledger.write(
        "contracts",
        subscriber_id=Ids("S", own["number"][~unbound]),
        contract_start=own["contract_start"][~unbound],
        contract_end=own["contract_end"][~unbound],
    )


def write_market(params: SimulatorParams, world: World, first: int, end: int, ledger: Ledger) -> None:
    """Write plans, incidents and market of the months from ``first`` to before ``end``."""
    plans, regions = params.plans, params.population.regions
    texts = ("plan_id", "name")
    ledger.write(
        "plans",
        **{name: np.array([getattr(plan, name) for plan in plans], dtype=object) for name in texts},
        **{
            name: np.array([float(getattr(plan, name)) for plan in plans])
            for name in type(plans[0]).model_fields
            if name not in texts
        },
    )
    faults = world.incidents
    seen = (faults.month >= first) & (faults.month < end)
    ended = faults.ended[seen]
    ledger.write(
        "incidents",
        region=Labels(regions, faults.region[seen]),
        started_at=faults.started[seen],
        ended_at=absent_where(ended, ended > first_day(end)),
        severity=faults.severity[seen],
    )
    months = np.repeat(np.arange(first, end), len(regions))
    rows = slice(world.at(first), world.at(end))
    ledger.write(
        "market",
        region=Labels(regions, np.tile(np.arange(len(regions)), end - first)),
        month=np.array([first_day(month) for month in months.tolist()]),
        competitor_price_index=world.price_index[rows].ravel().round(4),
        competitor_campaigns=world.campaigns[rows].ravel(),
    )
