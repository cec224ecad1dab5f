"""Choose the options that gain the most within the limits, in whole numbers, and say what each limit is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, vstack

from savedesk.errors import PolicyError
from savedesk.params.prioritise import PrioritiseParams
from savedesk.prioritise.ties import first_come, undominated

Vector = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

GAP = 1e-4  # of the optimum; HiGHS stops when the plan is proven to be this close
NODES = 5_000  # of the search tree; counted, not timed, so that a busy machine gives the same list
CORE = 200  # options tried first beside those that the relaxation uses
NUDGE = 1e-6  # of a limit, or of its unit where it is smaller
ROUNDING = 1e-9  # by which a sum of minutes or money may exceed its limit
MINUTES_AN_HOUR = 60.0
BUDGET = "budget"


@dataclass(frozen=True)
class Limit:
    """One limit of the policy: what it gives, and what each option takes from it."""

    name: str
    unit: str
    available: float
    takes: Vector


@dataclass(frozen=True)
class Plan:
    """The chosen options, and the shadow price of each limit: money that one more unit would earn."""

    chosen: Flags
    prices: dict[str, float]


@dataclass(frozen=True)
class Relaxed:
    """The optimum if options could be split.

    Args:
        gain: money.
        prices: money a unit of each limit.
        reduced_cost: what using each option would lose, money.
        place_worth: what leaving each group out would lose, money.
    """

    gain: float
    prices: Vector
    reduced_cost: Vector
    place_worth: Vector


@dataclass(frozen=True)
class Problem:
    """Options (gain, what they take of each limit, group from 0) and what the limits give."""

    gain: Vector
    takes: Vector
    group: Integers
    available: Vector

    def rows(self) -> csr_array:
        """Return one row a limit, then one row a group: at most one option."""
        once = csr_array((np.ones(len(self.group)), (self.group, np.arange(len(self.group)))))
        return csr_array(vstack([csr_array(self.takes), once])) if len(self.takes) else once

    def ends(self) -> Vector:
        """Return the upper end of each of the rows."""
        return np.concatenate([self.available, np.ones(self.group.max() + 1)])

    def part(self, kept: Integers, available: Vector) -> Problem:
        """Return the problem with some of its options and other limits."""
        group = np.unique(self.group[kept], return_inverse=True)[1]
        return Problem(self.gain[kept], self.takes[:, kept], group, available)


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


def solve(gain: Vector, group: Integers, bounds: list[Limit]) -> Plan:
    """Choose at most one option a group so that the gain is greatest within the limits.

    The relaxation is solved first. An option whose reduced cost exceeds the gap between the relaxation and a plan in
    whole numbers is in no better plan, and a group worth more than that gap is in every better plan, so that only the
    few options near the line need a search; the result is the optimum all the same (within ``GAP``). Groups that offer
    the same are served in the order of the options.

    Args:
        gain: money of each option; options that gain nothing are never chosen.
        group: number of the account (or subscriber) of each option.
        bounds: limits.

    Raises:
        PolicyError: the solver found no plan.
    """
    takes = np.array([limit.takes for limit in bounds]).reshape(len(bounds), len(gain))
    chosen = np.zeros(len(gain), dtype=bool)
    useful = undominated(gain, takes, group)
    if not len(useful):
        return Plan(chosen, {limit.name: 0.0 for limit in bounds})
    available = np.array([limit.available for limit in bounds], dtype=np.float64)
    problem = Problem(gain, takes, group, available).part(useful, available)
    relaxed = _relaxed(problem)
    picked = first_come(_whole(problem, relaxed), problem.gain, problem.takes, problem.group)
    chosen[useful[picked]] = True
    return Plan(chosen, {limit.name: float(price) for limit, price in zip(bounds, relaxed.prices, strict=True)})


def _relaxed(problem: Problem) -> Relaxed:
    """Solve with options that can be split.

    At a limit of exactly what is taken (0 hours, say) any higher price would do as well; a nudge of each limit makes
    the price that of *more*.
    """
    more = problem.available + NUDGE * np.maximum(problem.available, 1.0)
    matrix, right = problem.rows(), problem.ends()
    right[: len(more)] = more
    found = linprog(-problem.gain, A_ub=matrix, b_ub=right, bounds=(0, None), method="highs")
    if found.status != 0:
        raise _no_plan(found)
    dual = np.maximum(-found.ineqlin.marginals, 0.0)
    return Relaxed(-float(found.fun), dual[: len(more)], matrix.T @ dual - problem.gain, dual[len(more) :])


def _whole(problem: Problem, relaxed: Relaxed) -> Flags:
    """Search near the line first; then, if that leaves a gap that matters, among all that could still close it."""
    cost = relaxed.reduced_cost
    near = float(np.sort(cost)[min(int((cost <= 0).sum()) + CORE, len(cost) - 1)])
    picked = _search(problem, relaxed, near)
    short = relaxed.gain - float(problem.gain[picked].sum())
    return picked if short <= max(near, GAP * relaxed.gain) else _search(problem, relaxed, short)


def _search(problem: Problem, relaxed: Relaxed, width: float) -> Flags:
    """Return the best plan of those that fall short of the relaxation by at most ``width`` (money)."""
    among = relaxed.reduced_cost <= width
    alone = np.bincount(problem.group[among], minlength=problem.group.max() + 1) == 1
    picked: Flags = among & (alone & (relaxed.place_worth > width))[problem.group]
    left = problem.available - problem.takes[:, picked].sum(axis=1)
    if (left < -ROUNDING).any():
        picked[:], left = False, problem.available
    kept = np.flatnonzero(among & ~picked)
    if len(kept):
        rest = relaxed.gain - float(problem.gain[picked].sum())
        picked[kept[_exact(problem.part(kept, np.maximum(left, 0.0)), GAP * relaxed.gain / max(rest, ROUNDING))]] = True
    return picked


def _exact(problem: Problem, gap: float) -> Flags:
    found = milp(
        -problem.gain,
        constraints=LinearConstraint(problem.rows(), ub=problem.ends()),
        integrality=np.ones(len(problem.gain)),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": gap, "node_limit": NODES},
    )
    if found.x is None:
        raise _no_plan(found)
    picked: Flags = np.rint(found.x).astype(bool)  # whole numbers come back as floats
    return picked


def _no_plan(found: Any) -> PolicyError:
    return PolicyError(
        f"the solver found no plan: {found.message}",
        where="params.yaml: prioritise",
        next_step="loosen budget or hours, or lower explain.max_candidates",
    )
