"""Percentile bootstrap (Efron 1979) over subscribers, since a subscriber has a row for each as_of.

A resample draws as many subscribers as there are, each with all of its rows. Every figure is made of sums over rows,
so that a resample is a vector of counts by subscriber, and all of its sums are one product with a sparse matrix. All
figures are made from the same resamples, so that differences between them are paired.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from scipy.sparse import csc_array, vstack

from savedesk.metrics.running_sums import Floats, Integers
from savedesk.params.evaluate import EvaluateParams

NameT = TypeVar("NameT")
Sums = Sequence[Floats]
Measure = Callable[[Sums], Mapping[NameT, Floats]]
AT_ONCE = 16_000_000  # counts that are turned into floats at a time
FEWEST, MOST = 16, 50  # resamples at a time
BLOCK = 8192  # groups that are summed at a time
LARGEST = 255  # times that a subscriber can be drawn; more is not to be seen


@dataclass(frozen=True)
class Figure:
    """A figure with its interval; NaN where it cannot be made."""

    value: float
    low: float = float("nan")
    high: float = float("nan")


@dataclass(frozen=True)
class Tally:
    """A sum over rows by group, which every resample makes anew.

    Args:
        subscriber: number of each row's subscriber.
        group: number of each row's group, from 0.
        size: number of groups.
        value: what is summed; None: rows are counted.
    """

    subscriber: Integers
    group: Integers
    size: int
    value: Floats | None = None

    def plain(self) -> Floats:
        """Return the sums of the rows as they are, 1 x groups."""
        return np.bincount(self.group, self.value, minlength=self.size)[None, :].astype(np.float64)

    def by_subscriber(self, subscribers: int) -> Any:
        """Return the sums by group and subscriber, a sparse matrix by columns.

        Column by column the counts are read in order, and the few sums of a block stay in the processor's cache.
        """
        there = slice(None) if self.value is None else np.flatnonzero(self.value)
        value = np.ones(len(self.group)) if self.value is None else self.value[there]
        places = self.group[there].astype(np.int32), self.subscriber[there].astype(np.int32)
        return csc_array((value, places), shape=(self.size, subscribers))


def amounts(subscriber: Integers, *values: Floats) -> list[Tally]:
    """Return the tally of each value over all rows."""
    group = np.zeros(len(subscriber), dtype=np.int64)
    return [Tally(subscriber, group, 1, value) for value in values]


class Resamples:
    """How often each subscriber was drawn, kept as bytes: subscribers x resamples, some at a time.

    Args:
        subscriber: number of each row's subscriber, from 0.
        params: section ``evaluate``: rounds, width of the intervals, seed.
    """

    def __init__(self, subscriber: Integers, params: EvaluateParams) -> None:
        """Draw them all; the seed alone decides, not how many are drawn at a time."""
        self.interval, self.subscribers = params.interval, int(subscriber.max()) + 1
        generator, left = np.random.default_rng(params.seed), params.bootstrap_rounds
        width = int(np.clip(AT_ONCE // self.subscribers, FEWEST, MOST))
        self._chunks = []
        while left:
            chunk = np.empty((min(width, left), self.subscribers), dtype=np.uint8)
            for row in chunk:
                drawn = generator.integers(self.subscribers, size=self.subscribers)
                row[:] = np.minimum(np.bincount(drawn, minlength=self.subscribers), LARGEST)
            self._chunks.append(np.ascontiguousarray(chunk.T))
            left -= len(chunk)

    def __len__(self) -> int:
        """Return the number of chunks."""
        return len(self._chunks)

    def counts(self) -> Iterator[Floats]:
        """Yield how often each subscriber was drawn, subscribers x resamples; each takes the last one's place."""
        room = np.empty(self._chunks[0].shape)
        for chunk in self._chunks:
            counts = room if chunk.shape == room.shape else np.empty(chunk.shape)
            np.copyto(counts, chunk)
            yield counts

    def sums(self, tallies: Sequence[Tally]) -> Iterator[list[Floats]]:
        """Yield the sums of each tally, resamples x groups, chunk by chunk."""
        blocks = [self._block(part) for part in _blocks(tallies)]
        ends = np.cumsum([tally.size for tally in tallies])[:-1]
        for counts in self.counts():
            sums = np.concatenate([block @ counts for block in blocks]).T
            yield np.split(np.ascontiguousarray(sums), ends, axis=1)

    def _block(self, tallies: Sequence[Tally]) -> Any:
        return vstack([tally.by_subscriber(self.subscribers) for tally in tallies], format="csc")


def _blocks(tallies: Sequence[Tally]) -> Iterator[list[Tally]]:
    """Yield the tallies in parts with few groups each."""
    part: list[Tally] = []
    for tally in tallies:
        if part and sum(other.size for other in part) + tally.size > BLOCK:
            yield part
            part = []
        part.append(tally)
    yield part


def figures_with_intervals(
    measure: Measure[NameT],
    tallies: Sequence[Tally],
    resamples: Resamples,
    point: Mapping[NameT, float] | None = None,
    track: Callable[[Iterable[list[Floats]]], Iterable[list[Floats]]] = iter,
) -> dict[NameT, Figure]:
    """Return each figure of ``measure`` with its percentile interval.

    Args:
        measure: sums of the tallies, each resamples x groups -> figures by name, one for each resample.
        tallies: what is summed.
        resamples: of the subscribers.
        point: the figures of the rows as they are, where they are known better than from the tallies.
        track: shows progress over the chunks.
    """
    own = measure([tally.plain() for tally in tallies])
    point = {name: float(values[0]) for name, values in own.items()} if point is None else point
    chunks: dict[NameT, list[Floats]] = {name: [] for name in own}
    for sums in track(resamples.sums(tallies)):
        for name, values in measure(sums).items():
            chunks[name].append(values)
    tail = (1 - resamples.interval) / 2
    drawn = np.array([np.concatenate(parts) for parts in chunks.values()], dtype=np.float64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a figure that no resample has stays NaN
        low, high = np.nanquantile(drawn, [tail, 1 - tail], axis=1)
    return {name: Figure(point[name], float(low[i]), float(high[i])) for i, name in enumerate(chunks)}
