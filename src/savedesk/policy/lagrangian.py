"""The Lagrangian dual of the plan: prices of the limits at which nobody would pay for more.

With a price on every unit of a limit, each group (an account, say) chooses for itself, and the sum of what they then
gain, plus the worth of the limits, is an upper bound of every plan's gain. The lowest such bound is that of options
that can be split (Geoffrion 1974): "at most one option a group" has whole corners. It is convex in the prices and
made of planes; cutting planes find its lowest point (Kelley 1960) in a trust region, first for a part of the groups.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

Vector = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

EXACT, CLOSE = 1e-12, 1e-8  # of the bound: how far it may lie above its lowest point, for few options and for many
MANY = 200_000  # options
ROUNDS = 300  # cutting planes at most; a few limits need some dozens
PART = 20_000  # groups that the first prices are found with
NARROWEST = 1e-9  # trust region, in parts of the ceiling
SHRINK, GROW = 0.25, 2.0  # of the trust region after a step that did not help, or that did


@dataclass(frozen=True)
class Options:
    """Options in the order of their group.

    Args:
        gain: money of each option, above 0.
        takes: limits x options.
        starts: place of each group's first option.
        available: what each limit gives.
    """

    gain: Vector
    takes: Vector
    starts: Integers
    available: Vector

    def net(self, prices: Vector) -> Vector:
        """Return the gain of each option less the price of what it takes."""
        net: Vector = self.gain - prices @ self.takes
        return net

    def bound(self, prices: Vector) -> tuple[float, Vector]:
        """Return the upper bound at these prices, and by how much each limit has more than is wanted (its slope)."""
        net = self.net(prices)
        best = np.maximum.reduceat(net, self.starts)
        sizes = np.diff(np.append(self.starts, len(net)))
        first = np.flatnonzero((net == np.repeat(best, sizes)) & (net > 0))
        group = np.repeat(np.arange(len(self.starts)), sizes)[first]
        chosen = first[np.unique(group, return_index=True)[1]]
        wanted = self.takes[:, chosen].sum(axis=1)
        return float(net[chosen].sum() + prices @ self.available), self.available - wanted

    def part(self, every: int) -> Options:
        """Return every so manieth group, with as small a part of the limits."""
        picked = np.arange(0, len(self.starts), every)
        sizes = np.diff(np.append(self.starts, len(self.gain)))[picked]
        places = np.repeat(self.starts[picked] - np.append(0, np.cumsum(sizes)[:-1]), sizes) + np.arange(sizes.sum())
        share = len(picked) / len(self.starts)
        starts = np.append(0, np.cumsum(sizes)[:-1]).astype(np.int64)
        return Options(self.gain[places], self.takes[:, places], starts, self.available * share)


def prices_of(options: Options) -> tuple[Vector, float]:
    """Return the prices of the limits (money a unit) and the upper bound of every plan's gain (money).

    Args:
        options: at least one, all with a gain above 0.
    """
    if not len(options.available):
        return np.zeros(0), options.bound(np.zeros(0))[0]
    ceiling = _highest(options)
    start, radius = np.zeros(len(ceiling)), 1.0
    every = len(options.starts) // PART
    if every > 1:
        start, radius = _descend(options.part(every), start, ceiling, radius)[0], 0.02
    prices, bound = _descend(options, start, ceiling, radius)
    return prices, bound


def _highest(options: Options) -> Vector:
    """Return a price of each limit at which nobody takes any of it."""
    takes = options.takes
    ratio = np.divide(options.gain, takes, out=np.zeros_like(takes), where=takes > 0)
    return np.asarray(ratio.max(axis=1), dtype=np.float64)


def _descend(options: Options, start: Vector, ceiling: Vector, radius: float) -> tuple[Vector, float]:
    """Return the lowest bound and its prices by cutting planes. Prices are counted in parts of their ceiling."""
    scale = np.where(ceiling > 0, ceiling, 1.0)
    tolerance = EXACT if len(options.gain) < MANY else CLOSE
    centre = np.minimum(start / scale, 1.0)
    value, slope = options.bound(centre * scale)
    slopes, offsets = [slope * scale], [value - slope * scale @ centre]
    for _ in range(ROUNDS):
        low, high = np.maximum(centre - radius, 0.0), np.minimum(centre + radius, 1.0)
        point, floor = _lowest(np.array(slopes), np.array(offsets), low, high)
        if value - floor <= tolerance * max(value, 1.0):
            if ((point <= low + 1e-15) & (low > 0) | (point >= high - 1e-15) & (high < 1)).any():
                radius = min(1.0, radius * GROW)
                if radius < 1.0:
                    continue
            break
        tried, slope = options.bound(point * scale)
        slopes.append(slope * scale)
        offsets.append(tried - slope * scale @ point)
        if tried < value:
            centre, value, radius = point, tried, min(1.0, radius * GROW)
        else:
            radius = max(radius * SHRINK, NARROWEST)
    return centre * scale, value


def _lowest(slopes: Vector, offsets: Vector, low: Vector, high: Vector) -> tuple[Vector, float]:
    """Return the lowest point of the highest of the planes within a box, and its height."""
    count = slopes.shape[1]
    unit = max(float(np.abs(offsets).max()), 1.0)
    matrix = np.column_stack([slopes / unit, -np.ones(len(slopes))])
    solution = linprog(
        np.append(np.zeros(count), 1.0),
        A_ub=matrix,
        b_ub=-offsets / unit,
        bounds=[*zip(low, high, strict=True), (None, None)],
        method="highs",
    )
    return np.clip(solution.x[:count], low, high), float(solution.fun) * unit
