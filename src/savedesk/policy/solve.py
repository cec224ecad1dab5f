"""Choose the options that gain the most within the limits, in whole numbers, and say what each limit is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, vstack

from savedesk.errors import PolicyError
from savedesk.policy.dominance import first_come, undominated
from savedesk.policy.lagrangian import Options, prices_of
from savedesk.policy.quiet_stdout import silence

Vector = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

SMALL = 2_000  # options up to which the plan is the optimum itself
GAP = 2e-4  # of the bound, within which the plan of a larger problem is proven to be
NODES = 200  # of the search tree; counted, not timed, so that a busy machine gives the same list
CORE = 200  # options tried first beside those that the prices choose
WIDEN = 4.0  # of the search, where what the prices choose does not fit
NUDGE = 1e-6  # of a limit, or of its unit where it is smaller
LARGEST = 1e15  # of an option's gain, money or minutes: beyond it a float has no digits left for the rest of a sum
ROUNDING = 1e-9  # by which a sum of minutes or money may exceed its limit


@dataclass(frozen=True)
class Limit:
    """One limit of the policy: what it gives, and what each option takes from it."""

    name: str
    unit: str
    available: float
    takes: Vector


@dataclass(frozen=True)
class Plan:
    """The chosen options.

    Args:
        chosen: whether each option is in the plan.
        prices: shadow price of each limit: money that one more unit would earn.
        gain: of the plan; money.
        bound: that no plan can exceed; money.
    """

    chosen: Flags
    prices: dict[str, float]
    gain: float
    bound: float

    @property
    def gap(self) -> float:
        """Share of the bound that the plan is proven to lack at most."""
        return max(0.0, self.bound - self.gain) / self.bound if self.bound > ROUNDING else 0.0


@dataclass(frozen=True)
class Priced:
    """Useful options at the best prices, in the order of their group.

    Args:
        gain: money.
        takes: limits x options.
        group: number of each option's group, from 0.
        available: what each limit gives.
        reduced_cost: what using each option would lose against the bound; money.
        worth: what leaving each group out would lose against it; money.
        bound: money.
    """

    gain: Vector
    takes: Vector
    group: Integers
    available: Vector
    reduced_cost: Vector
    worth: Vector
    bound: float


def solve(gain: Vector, group: Integers, bounds: list[Limit]) -> Plan:
    """Choose at most one option a group so that the gain is greatest within the limits.

    Prices of the limits come from the Lagrangian dual, whose bound no plan exceeds. An option whose reduced cost is
    above the gap between that bound and a plan is in no better plan, and a group worth more than the gap is in every
    better plan: only the few options near the line need a search in whole numbers (HiGHS). Groups that offer the same
    are served in the order of the options.

    Args:
        gain: money of each option; options that gain nothing are never chosen.
        group: number of the account (or subscriber) of each option.
        bounds: limits.

    Raises:
        PolicyError: the solver found no plan, or a figure is too large to be added up.
    """
    takes = np.array([limit.takes for limit in bounds], dtype=np.float64).reshape(len(bounds), len(gain))
    chosen = np.zeros(len(gain), dtype=bool)
    useful = undominated(gain, takes, group)
    if not len(useful):
        return Plan(chosen, {limit.name: 0.0 for limit in bounds}, 0.0, 0.0)
    numbers = _numbered(group[useful])
    useful, numbers = useful[np.argsort(numbers, kind="stable")], np.sort(numbers)
    _refuse_boundless(gain[useful], takes[:, useful])
    given = np.array([limit.available for limit in bounds], dtype=np.float64)
    available = np.minimum(given, takes[:, useful].sum(axis=1))  # more than all of them take binds as little
    priced, prices = _priced(gain[useful], takes[:, useful], numbers, available)
    chosen[useful[_whole(priced)]] = True
    named = {limit.name: float(price) for limit, price in zip(bounds, prices, strict=True)}
    return Plan(chosen, named, float(gain[chosen].sum()), priced.bound)


def _refuse_boundless(gain: Vector, takes: Vector) -> None:
    """Refuse figures whose sums lose whole units of money.

    Raises:
        PolicyError: an option gains or takes more than ``LARGEST``.
    """
    largest = max(float(gain.max()), float(takes.max(initial=0.0)))
    if not largest <= LARGEST:
        raise PolicyError(
            f"an option gains or takes {largest:.3g}, which cannot be added up to the unit",
            where="params.yaml: prioritise",
            allowed=f"up to {LARGEST:g}",
            next_step="check costs and minutes there, and remaining_value in data/value/values.parquet",
        )


def _numbered(group: Integers) -> Integers:
    """Return the groups' numbers from 0, in the order in which they appear."""
    _, first, place = np.unique(group, return_index=True, return_inverse=True)
    numbers: Integers = np.argsort(np.argsort(first))[place]
    return numbers


def _priced(gain: Vector, takes: Vector, group: Integers, available: Vector) -> tuple[Priced, Vector]:
    """Price the limits. Where a limit is met exactly any higher price fits too; a nudge makes it that of more."""
    starts = np.flatnonzero(np.append(True, np.diff(group) != 0))
    nudge = NUDGE * np.maximum(available, 1.0)
    options = Options(gain, takes, starts, available + nudge)
    prices, nudged = prices_of(options)
    bound = nudged - float(prices @ nudge)
    net = options.net(prices)
    worth = np.maximum(np.maximum.reduceat(net, starts), 0.0)
    return Priced(gain, takes, group, available, worth[group] - net, worth, bound), prices


def _whole(priced: Priced) -> Flags:
    """Search near the line first; then, if that leaves a gap that matters, among all that could still close it."""
    cost = priced.reduced_cost
    near = float(np.partition(cost, place)[place]) if (place := int((cost <= 0).sum()) + CORE) < len(cost) else np.inf
    picked = _search(priced, near)
    short = priced.bound - float(priced.gain[picked].sum())
    close = 0.0 if len(cost) <= SMALL else GAP * priced.bound
    return picked if short <= max(near, close) else _search(priced, short)


def _search(priced: Priced, width: float) -> Flags:
    """Return the best plan of those that fall short of the bound by at most ``width`` (money)."""
    while True:
        among = priced.reduced_cost <= width
        alone = np.bincount(priced.group[among], minlength=len(priced.worth)) == 1
        picked: Flags = among & (alone & (priced.worth > width))[priced.group]
        left = priced.available - priced.takes[:, picked].sum(axis=1)
        if not picked.any() or (left >= -ROUNDING).all():
            break
        width = max(width, priced.bound * ROUNDING) * WIDEN
    kept = np.flatnonzero(among & ~picked & (priced.takes <= priced.available[:, None] + ROUNDING).all(axis=0))
    if len(kept):
        rest = priced.bound - float(priced.gain[picked].sum())
        gap = 0.0 if len(priced.gain) <= SMALL else GAP * priced.bound / max(rest, ROUNDING)
        picked[kept[_exact(priced, kept, np.maximum(left, 0.0), gap)]] = True
    return picked


def _exact(priced: Priced, kept: Integers, available: Vector, gap: float) -> Flags:
    """Return which of the kept options are best within what is available; of like groups the first ones."""
    gain, takes = priced.gain[kept], priced.takes[:, kept]
    group = np.unique(priced.group[kept], return_inverse=True)[1]
    once = csr_array((np.ones(len(group)), (group, np.arange(len(group)))))
    rows = csr_array(vstack([csr_array(takes), once])) if len(takes) else once
    with silence():
        solution = milp(
            -gain,
            constraints=LinearConstraint(rows, ub=np.concatenate([available, np.ones(int(group.max()) + 1)])),
            integrality=np.ones(len(gain)),
            bounds=Bounds(0, 1),
            options={"mip_rel_gap": gap, "node_limit": NODES},
        )
    if solution.x is None:
        raise _no_plan(solution)
    picked: Flags = np.rint(solution.x).astype(bool)  # whole numbers come back as floats
    return first_come(picked, gain, takes, group)


def _no_plan(solution: Any) -> PolicyError:
    return PolicyError(
        f"the solver found no plan: {solution.message}",
        where="params.yaml: prioritise",
        next_step="loosen budget or hours, or lower explain.max_candidates",
    )
