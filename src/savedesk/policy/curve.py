"""Gain against capacity: options solved again within a share of their limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from savedesk.errors import ParamsError
from savedesk.params.prioritise import PrioritiseParams
from savedesk.policy.limits import limits, worthwhile
from savedesk.policy.solve import Plan, solve

WHERE = "savedesk plan"
STEPS = (0.0, 0.25, 0.5, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0)  # of the limits asked about
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
            type(limit)(
                limit.name, limit.unit, limit.available * (share if vary in (ALL, limit.name) else 1.0), limit.takes
            )
            for limit in bounds
        ]
        plan = solve(gain, group, scaled)
        used = {f"used {limit.name}": float(limit.takes[plan.chosen].sum()) for limit in scaled}
        rows.append(
            {"share": share, **_point(options, plan), **used, **{f"price {k}": v for k, v in plan.prices.items()}}
        )
    day = str(options["as_of"].iloc[0])[:10] if len(options) else ""
    return Curve(day, vary, pd.DataFrame(rows), {limit.name: (limit.unit, limit.available) for limit in bounds})


def _point(options: pd.DataFrame, plan: Plan) -> dict[str, float]:
    chosen = options[plan.chosen]
    return {"contacts": float(len(chosen)), "gain": plan.gain, "cost": float(chosen["expected_cost"].sum())}
