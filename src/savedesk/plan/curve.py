"""Gain against capacity: the newest options solved again within other limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from savedesk.contracts.decisions import OPTIONS
from savedesk.engine.choose import open_engine
from savedesk.errors import MissingInputError, ParamsError
from savedesk.params.engine import EngineParams
from savedesk.params.load import load_params
from savedesk.params.prioritise import PrioritiseParams
from savedesk.policy.limits import limits, worthwhile
from savedesk.policy.solve import Plan, solve

WHERE = "savedesk plan"
STEPS = (0.0, 0.25, 0.5, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0)  # of the limits asked about
NO_LIMIT = "none"
ALL = "all"


@dataclass(frozen=True)
class Curve:
    """What plans earn.

    Args:
        as_of: day of the decision.
        vary: what is varied: ``all`` limits, ``budget``, ``contacts``, or a channel's hours.
        rows: one row a step: share of the limits, contacts, gain, cost (money), what each limit uses and its price.
        limits: name -> (unit, what is asked about).
    """

    as_of: str
    vary: str
    rows: pd.DataFrame
    limits: dict[str, tuple[str, float]]


def parsed_hours(given: Sequence[str], policy: PrioritiseParams) -> dict[str, float | None]:
    """Return channel -> hours from texts such as ``call=120`` or ``visit=none``.

    Raises:
        ParamsError: another form, an unknown channel, or no number of hours.
    """
    found: dict[str, float | None] = {}
    for text in given:
        channel, _, amount = text.partition("=")
        if channel not in policy.channels or not amount:
            raise ParamsError(
                f"--hours has {text!r}", where=WHERE, allowed="CHANNEL=HOURS, channels: " + ", ".join(policy.channels)
            )
        found[channel] = amount_of("--hours", amount)
    return found


def amount_of(option: str, text: str) -> float | None:
    """Return an amount of at least 0, or None for ``none``: no limit.

    Raises:
        ParamsError: anything else.
    """
    if text.strip().lower() == NO_LIMIT:
        return None
    try:
        amount = float(text)
    except ValueError:
        amount = np.nan
    if not (np.isfinite(amount) and amount >= 0):
        raise ParamsError(f"{option} has {text!r}", where=WHERE, allowed=f"a number from 0, or {NO_LIMIT}")
    return amount


def asked(
    policy: PrioritiseParams, changes: Mapping[str, float | None], hours: Mapping[str, float | None]
) -> PrioritiseParams:
    """Return the policy with other limits."""
    channels = {
        name: one.model_copy(update={"hours": hours[name]}) if name in hours else one
        for name, one in policy.channels.items()
    }
    return policy.model_copy(update={**changes, "channels": channels})


def newest_options(root: Path) -> pd.DataFrame:
    """Return the open options of the newest as_of.

    Raises:
        MissingInputError: prioritise has not run.
    """
    path = root / OPTIONS.path
    if not path.exists():
        raise MissingInputError("not there", where=OPTIONS.path, next_step="run `savedesk prioritise` or `dvc repro`")
    engine = load_params(root)[EngineParams.key]
    assert isinstance(engine, EngineParams)  # noqa: S101 - for the type checker
    with open_engine(engine, "prioritise") as opened:
        table = opened.read(OPTIONS, path)
        newest = table.filter((table.as_of == table.as_of.max()) & table.open)
        rows: pd.DataFrame = newest.order_by(list(OPTIONS.key)).to_pandas()
    return rows


def outdated(options: pd.DataFrame, policy: PrioritiseParams) -> list[str]:
    """Return which figures of params.yaml are others than the options were priced with, one line each."""
    of_channel = {
        name: {"contact_cost": one.cost, "contact_minutes": one.minutes} for name, one in policy.channels.items()
    }
    of_action = {name: {"take_up": one.take_up} for name, one in policy.actions.items()}
    found = []
    for key, given in (("channel", of_channel), ("action", of_action)):
        for name, figures in given.items():
            rows = options[options[key] == name]
            for column, now in figures.items():
                made = float(rows[column].iloc[0]) if len(rows) else now
                if made != now:
                    found.append(f"{column} of {name} is {now:g}, and was {made:g} when the newest list was made")
    return found


def gain_curve(options: pd.DataFrame, policy: PrioritiseParams, vary: str = ALL) -> Curve:
    """Return what the best list within a share of the limits earns, for each of ``STEPS``.

    Args:
        options: open options of one as_of.
        policy: section ``prioritise`` with the limits asked about.
        vary: ``all``, or the name of the one limit that is varied while the others stay.

    Raises:
        ParamsError: nothing limits the list, ``vary`` names no limit, or the options are of other channels.
    """
    if strange := sorted(set(options["channel"]) - set(policy.channels)):
        raise ParamsError(
            f"the newest list was made with channel {strange[0]!r}, which params.yaml does not name any more",
            where=WHERE,
            allowed=", ".join(policy.channels),
            next_step="run `savedesk prioritise` first",
        )
    bounds = limits(options, policy)
    names = [limit.name for limit in bounds]
    if not bounds:
        raise ParamsError("nothing limits the list", where=WHERE, next_step="give --budget, --hours or --contacts")
    if vary != ALL and vary not in names:
        raise ParamsError(f"--vary has {vary!r}", where=WHERE, allowed=", ".join([ALL, *names]))
    payer = "account_id" if policy.rules.one_per_account else "subscriber_id"
    group = pd.factorize(options[payer])[0].astype(np.int64)
    gain = worthwhile(options["expected_gain"].to_numpy(np.float64), policy)
    rows = []
    for share in STEPS:
        scaled = [
            type(one)(one.name, one.unit, one.available * (share if vary in (ALL, one.name) else 1.0), one.takes)
            for one in bounds
        ]
        plan = solve(gain, group, scaled)
        used = {f"used {one.name}": float(one.takes[plan.chosen].sum()) for one in scaled}
        rows.append(
            {"share": share, **_told(options, plan), **used, **{f"price {k}": v for k, v in plan.prices.items()}}
        )
    day = str(options["as_of"].iloc[0])[:10] if len(options) else ""
    return Curve(day, vary, pd.DataFrame(rows), {one.name: (one.unit, one.available) for one in bounds})


def _told(options: pd.DataFrame, plan: Plan) -> dict[str, float]:
    chosen = options[plan.chosen]
    return {"contacts": float(len(chosen)), "gain": plan.gain, "cost": float(chosen["expected_cost"].sum())}
