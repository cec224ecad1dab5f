"""The plan at full size, in ``make bench``: time, memory, gap to the bound, and HiGHS on a sample beside it.

``python -m benchmarks.shortlist`` draws a million subscribers with six options each under a budget and the hours of
four channels, solves it in a process of its own, and lets HiGHS solve the relaxation of a sample for the same bound.
``BENCH_LIST_SUBSCRIBERS`` sets the size.
"""

from __future__ import annotations

import os
import resource
import sys
import time

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack

from savedesk.policy.lagrangian import Options, prices_of
from savedesk.policy.solve import Limit, Vector, solve

SUBSCRIBERS = int(os.environ.get("BENCH_LIST_SUBSCRIBERS", "1000000"))
SAMPLE = 5_000
MINUTES = np.array([45.0, 12.0, 12.0, 3.0, 3.0, 0.5])  # of each option; the first two and so on share channels
CHANNEL = np.array([0, 1, 1, 2, 2, 3])
COST = np.array([8.0, 1.0, 4.0, 0.4, 1.5, 0.05])
HOURS = np.array([0.002, 0.01, 0.004, 0.003])  # of a channel for each subscriber
BUDGET = 0.05  # money for each subscriber
KILOBYTES_A_GIGABYTE = 1024**2


def drawn(subscribers: int) -> tuple[Vector, np.ndarray, list[Limit]]:
    """Return gain and subscriber of each option, and the limits."""
    draw = np.random.default_rng(1)
    value, risk = draw.lognormal(5, 1.2, subscribers), draw.beta(1, 12, subscribers)
    rate = draw.uniform(0.02, 0.3, (subscribers, len(COST)))
    cost = (COST * draw.uniform(0.5, 1.5, rate.shape)).ravel()
    gain = ((risk * value)[:, None] * rate).ravel() - cost
    channel, minutes = np.tile(CHANNEL, subscribers), np.tile(MINUTES, subscribers)
    hours = [
        Limit(f"hours {place}", "hours", share * subscribers, np.where(channel == place, minutes, 0.0) / 60)
        for place, share in enumerate(HOURS)
    ]
    return (
        gain,
        np.repeat(np.arange(subscribers), len(COST)),
        [Limit("budget", "money", BUDGET * subscribers, cost), *hours],
    )


def beside_highs() -> None:
    """Print the bound of a sample by the Lagrangian and by HiGHS."""
    gain, group, limits = drawn(SAMPLE)
    useful = gain > 0
    gain, group = gain[useful], np.unique(group[useful], return_inverse=True)[1]
    takes = np.array([limit.takes[useful] for limit in limits])
    available = np.array([limit.available for limit in limits])
    starts = np.flatnonzero(np.append(True, np.diff(group) > 0))
    own = prices_of(Options(gain, takes, starts, available))[1]
    once = csr_array((np.ones(len(group)), (group, np.arange(len(group)))))
    ends = np.concatenate([available, np.ones(int(group.max()) + 1)])
    solution = linprog(
        -gain, A_ub=csr_array(vstack([csr_array(takes), once])), b_ub=ends, bounds=(0, None), method="highs"
    )
    print(f"bound of {SAMPLE:,} subscribers: {own:,.4f}; HiGHS {-solution.fun:,.4f}")  # noqa: T201


def main() -> None:
    """Solve once and print what it took."""
    beside_highs()
    gain, group, limits = drawn(SUBSCRIBERS)
    started = time.perf_counter()
    plan = solve(gain, group, limits)
    seconds = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES_A_GIGABYTE
    for limit in limits:
        if limit.takes[plan.chosen].sum() > limit.available * (1 + 1e-9):
            sys.exit(f"{limit.name} is exceeded")
    size = f"{SUBSCRIBERS:,} subscribers x {len(COST)} options, {len(limits)} limits"
    print(f"{size}: {seconds:.1f} s, {memory:.1f} GB, gap {plan.gap:.4%}, {plan.chosen.sum():,} contacts")  # noqa: T201


if __name__ == "__main__":
    main()
