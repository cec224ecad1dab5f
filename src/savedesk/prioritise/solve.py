"""Choose the options that gain the most within the limits, in whole numbers, and say what each limit is worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, vstack

from savedesk.errors import PolicyError
from savedesk.params.prioritise import PrioritiseParams

GAP = 1e-5  # of the optimum; HiGHS stops when the plan is proven to be this close
SECONDS = 60.0
MINUTES_AN_HOUR = 60.0
BUDGET = "budget"


@dataclass(frozen=True)
class Limit:
    """One limit of the policy: what it gives, and what each option takes from it."""

    name: str
    unit: str
    available: float
    takes: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Plan:
    """The chosen options, and the shadow price of each limit: money that one more unit would earn."""

    chosen: npt.NDArray[np.bool_]
    prices: dict[str, float]


def limits(table: pd.DataFrame, policy: PrioritiseParams) -> list[Limit]:
    """Return the limits that the policy sets on a table of options."""
    found = []
    if policy.budget is not None:
        found.append(Limit(BUDGET, "money", policy.budget, table["expected_cost"].to_numpy(np.float64)))
    for name, channel in policy.channels.items():
        if channel.hours is not None:
            takes = np.where(table["channel"] == name, table["contact_minutes"], 0.0) / MINUTES_AN_HOUR
            found.append(Limit(f"hours {name}", "hours", channel.hours, takes))
    return found


def solve(gain: npt.NDArray[np.float64], group: npt.NDArray[np.int64], bounds: list[Limit]) -> Plan:
    """Choose at most one option a group so that the gain is greatest within the limits.

    Args:
        gain: money of each option; options that gain nothing are never chosen.
        group: number of the account (or subscriber) of each option.
        bounds: limits.

    Raises:
        PolicyError: the solver found no plan.
    """
    useful = np.flatnonzero(gain > 0)
    chosen = np.zeros(len(gain), dtype=bool)
    prices = {limit.name: 0.0 for limit in bounds}
    if not len(useful):
        return Plan(chosen, prices)
    matrix, right = _constraints(useful, group, bounds)
    whole = milp(
        -gain[useful],
        constraints=LinearConstraint(matrix, ub=right),
        integrality=np.ones(len(useful)),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": GAP, "time_limit": SECONDS},
    )
    relaxed = linprog(-gain[useful], A_ub=matrix, b_ub=right, bounds=(0, 1), method="highs")
    if whole.x is None or relaxed.status != 0:
        raise PolicyError(
            f"the solver found no plan: {whole.message}",
            where="params.yaml: prioritise",
            next_step="loosen budget or hours, or lower explain.max_candidates",
        )
    chosen[useful[whole.x > 0.5]] = True  # noqa: PLR2004 - whole numbers come back as floats
    marginal = -relaxed.ineqlin.marginals[: len(bounds)]
    return Plan(chosen, {limit.name: float(max(0.0, price)) for limit, price in zip(bounds, marginal, strict=True)})


def _constraints(
    useful: npt.NDArray[np.int64], group: npt.NDArray[np.int64], bounds: list[Limit]
) -> tuple[csr_array, npt.NDArray[np.float64]]:
    """Return one row a limit, then one row a group: at most one option."""
    _, place = np.unique(group[useful], return_inverse=True)
    ones = csr_array((np.ones(len(useful)), (place, np.arange(len(useful)))))
    rows = [csr_array(limit.takes[useful][None, :]) for limit in bounds]
    right = np.concatenate([[limit.available for limit in bounds], np.ones(ones.shape[0])])
    return csr_array(vstack([*rows, ones])), right
