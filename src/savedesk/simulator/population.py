"""Who the subscribers are: accounts, segments, regions, contracts, own levels and sensitivities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from savedesk.params.simulator import SimulatorParams
from savedesk.schemas.truth import ACTIONS
from savedesk.simulator.calendar import DAYS_A_MONTH, MONTHS_A_YEAR, days_in, first_day
from savedesk.simulator.causes import CODE, HURTS
from savedesk.simulator.lines import Lines, Vector
from savedesk.simulator.prices import fitting_plan
from savedesk.simulator.world import World

SEGMENTS = ("key_account", "business", "consumer")


@dataclass
class Accounts:
    """Segment and region of every account so far."""

    segment: Vector
    region: Vector


def no_accounts() -> Accounts:
    """Return an empty book of accounts."""
    return Accounts(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


def new_lines(
    params: SimulatorParams,
    draw: np.random.Generator,
    world: World,
    accounts: Accounts,
    first_number: int,
    count: int,
    month: int,
) -> Lines:
    """Return lines that start in a month; some of them on accounts that exist."""
    account = _accounts_for(params, draw, world, accounts, count)
    segment, region = accounts.segment[account], accounts.region[account]
    people = params.population
    own: dict[str, Vector] = {}
    own["number"] = np.arange(first_number, first_number + count)
    own["account"], own["segment"], own["region"] = account, segment, region
    own["city"] = draw.integers(0, people.cities_per_region, count)
    age = np.clip(draw.normal(people.age_mean, people.age_sd, count), *people.age_range).astype(np.int64)
    own["birth_year"] = month // MONTHS_A_YEAR - age
    own["birth_known"] = draw.random(count) >= people.birth_year_missing
    own["activated"] = days_in(draw, month, count)
    own["payment"] = draw.choice(len(people.payment_methods), count, p=people.payment_shares)
    own["sales"] = draw.choice(len(people.sales_channels), count, p=people.sales_shares)
    own["consent"] = draw.random(count) >= people.no_consent_share
    own["blocked"] = draw.random(count) < people.blocklisted_share
    own["frailty"] = draw.normal(0, people.frailty_sd, count)
    own["loyalty"] = world.loyalty[region] + draw.normal(0, 1, count)
    own["aware"] = draw.random(count) >= people.unaware_share
    for name in ("price", "network", "service"):
        own[f"{name}_sensitivity"] = np.exp(draw.normal(0, people.sensitivity_sd, count))
    own |= _contract(params, draw, own["activated"])
    own |= _levels(params, draw, segment)
    own["plan"] = fitting_plan(params, draw, own["voice_level"], own["data_level"])
    own |= _money_habits(params, draw, count)
    own |= _state(count)
    return Lines(own)


def age_by(params: SimulatorParams, draw: np.random.Generator, lines: Lines, month: int) -> None:
    """Give the lines that stand at the beginning a past: tenure, contracts that began at different times."""
    back = draw.exponential(params.population.mean_tenure_months, len(lines)) * DAYS_A_MONTH
    lines["activated"] = first_day(month) - back.astype(np.int64) - 1
    renew = (lines["term"] > 0) & (lines["contract_end"] < first_day(month) + 3600)
    age = first_day(month) - lines["activated"]
    term_days = np.maximum(1, lines["term"] * DAYS_A_MONTH).astype(np.int64)
    begun = lines["activated"] + (age // term_days) * term_days
    lines["contract_start"] = np.where(renew, begun, lines["activated"])
    lines["contract_end"] = np.where(lines["term"] > 0, lines["contract_start"] + term_days, lines["contract_end"])


def _accounts_for(
    params: SimulatorParams, draw: np.random.Generator, world: World, accounts: Accounts, count: int
) -> Vector:
    """Return the account of each new line, and open the accounts that are new."""
    people = params.population
    joins = (draw.random(count) < people.join_account_share) & (len(accounts.segment) > 0)
    opened = int((~joins).sum())
    first = len(accounts.segment)
    accounts.segment = np.r_[accounts.segment, draw.choice(len(SEGMENTS), opened, p=people.segment_shares)]
    accounts.region = np.r_[accounts.region, draw.choice(len(people.regions), opened, p=world.sizes)]
    account = np.empty(count, dtype=np.int64)
    account[~joins] = np.arange(first, first + opened)
    if joins.any():
        pull = np.cumsum(np.asarray(people.join_weights)[accounts.segment[:first]])
        account[joins] = np.searchsorted(pull, draw.random(int(joins.sum())) * pull[-1])
    return account


def _contract(params: SimulatorParams, draw: np.random.Generator, activated: Vector) -> dict[str, Vector]:
    people = params.population
    term = np.asarray(people.contract_months)[
        draw.choice(len(people.contract_months), len(activated), p=people.contract_shares)
    ]
    end = activated + (term * DAYS_A_MONTH).astype(np.int64)
    return {"term": term, "contract_start": activated, "contract_end": end}


def _levels(params: SimulatorParams, draw: np.random.Generator, segment: Vector) -> dict[str, Vector]:
    """Own levels of use: log-normal, partly shared between voice, data and messages, higher for business."""
    use, count = params.usage, len(segment)
    shared = draw.normal(0, use.common_sd, count)
    factor = np.asarray(use.segment_multipliers)[segment]
    own: dict[str, Vector] = {}
    for name, median, spread in (
        ("voice", use.voice_median, use.voice_sd),
        ("data", use.data_median, use.data_sd),
        ("sms", use.sms_median, use.sms_sd),
    ):
        rest = np.sqrt(max(spread**2 - use.common_sd**2, 0.0))
        own[f"{name}_level"] = median * factor * np.exp(shared + draw.normal(0, rest, count))
    a, b = use.offnet_mean * use.offnet_concentration, (1 - use.offnet_mean) * use.offnet_concentration
    own["offnet"] = draw.beta(a, b, count)
    wired = draw.random(count) < use.broadband_share
    own["broadband"] = np.where(wired, use.broadband_median * np.exp(draw.normal(0, use.broadband_sd, count)), 0.0)
    return own


def _money_habits(params: SimulatorParams, draw: np.random.Generator, count: int) -> dict[str, Vector]:
    money = params.billing
    vas = np.where(
        draw.random(count) < money.vas_share, money.vas_of_fee * np.exp(draw.normal(0, money.vas_sd, count)), 0.0
    )
    discounted = draw.random(count) < money.discount_share
    return {
        "vas_of_fee": vas,
        "discount_left": np.where(discounted, draw.integers(1, money.discount_months + 1, count), 0),
        "careless": np.exp(draw.normal(0, money.discipline_sd, count)),
        "fee_factor": np.ones(count),
    }


def _state(count: int) -> dict[str, Vector]:
    """Return what changes from month to month, at rest."""
    numbers = ("drift", "mean_bill", "circle_lost", "misfit", "chance", "chance_next", *HURTS)
    counts = ("silent_months", "unpaid", "open_until", "quiet", "effect_left", "calls_last_month", "contacted_on")
    flags = ("leaning", "declining", "fading", "silent", "stopped")
    return (
        {name: np.zeros(count) for name in numbers}
        | {name: np.zeros(count, dtype=np.int64) for name in counts}
        | {name: np.zeros(count, dtype=bool) for name in flags}
        | {"fade_factor": np.ones(count), "effect": np.full(count, len(ACTIONS))}
        | {name: np.full(count, CODE["drift"]) for name in ("cause", "cause_next", "lean_cause")}
    )
