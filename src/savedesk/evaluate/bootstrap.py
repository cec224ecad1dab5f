"""Percentile bootstrap (Efron 1979) over subscribers, since a subscriber has a row for each as_of."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from savedesk.evaluate.ranking import Floats, Integers
from savedesk.params.evaluate import EvaluateParams

NameT = TypeVar("NameT")


@dataclass(frozen=True)
class Figure:
    """A figure with its interval; NaN where it cannot be made."""

    value: float
    low: float = float("nan")
    high: float = float("nan")


def resamples(codes: Integers, rounds: int, seed: int) -> Iterator[Floats]:
    """Yield row weights: how often each row's subscriber was drawn, as many draws as there are subscribers.

    The same seed draws the same subscribers, so models measured on the same rows are compared on the same resamples.
    """
    generator = np.random.default_rng(seed)
    count = int(codes.max()) + 1
    for _ in range(rounds):
        drawn = np.bincount(generator.integers(count, size=count), minlength=count)
        yield drawn[codes].astype(np.float64)


def figures_with_intervals(
    measure: Callable[[Floats], Mapping[NameT, float]],
    codes: Integers,
    params: EvaluateParams,
    track: Callable[[Iterable[Floats]], Iterable[Floats]] = iter,
) -> dict[NameT, Figure]:
    """Return each figure of ``measure`` with its percentile interval.

    Args:
        measure: row weights -> figures by name.
        codes: subscriber of each row, numbered from 0.
        params: section ``evaluate``: rounds, width of the interval, seed.
        track: shows progress.
    """
    point = measure(np.ones(len(codes)))
    rounds = [
        list(measure(weights).values()) for weights in track(resamples(codes, params.bootstrap_rounds, params.seed))
    ]
    tail = (1 - params.interval) / 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a figure that no resample has stays NaN
        low, high = np.nanquantile(np.array(rounds, dtype=float), [tail, 1 - tail], axis=0)
    return {name: Figure(point[name], low[i], high[i]) for i, name in enumerate(point)}
