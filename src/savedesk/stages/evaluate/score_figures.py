"""One score on some rows: its figures, and the sums from which a resample makes them anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Generic, TypeVar

import numpy as np
import pandas as pd

from savedesk.metrics.registry import figures_of_score
from savedesk.metrics.running_sums import Floats, Integers, Ranking, Totals, ranked, ratio, running
from savedesk.metrics.score_sums import ListSums, ScoreSums
from savedesk.params.evaluate import EvaluateParams
from savedesk.stages.evaluate.bootstrap import Sums, Tally, amounts
from savedesk.stages.evaluate.money import Flags, contacted
from savedesk.stages.evaluate.probability import bins_down, row_losses
from savedesk.stages.evaluate.rows import subscriber_codes

KeyT = TypeVar("KeyT")
MOST_GROUPS = 1024  # of neighbours in a ranking that a resample takes together; fewer rows are taken one by one
LIST_SUMS = 6


@dataclass(frozen=True)
class FigureRows:
    """What figures are made of, one entry a row.

    Args:
        subscriber: number of its subscriber.
        month: number of its as_of.
        score: churn probability.
        churned: outcome, 1 or 0.
        value: remaining value; money.
        listed: whether it was contacted.
        gain: realised gain of its action, NaN where none is open; money.
        expected: expected gain of it; money.
    """

    subscriber: Integers
    month: Integers
    score: Floats
    churned: Floats
    value: Floats
    listed: Flags
    gain: Floats
    expected: Floats

    def at(self, places: Integers) -> FigureRows:
        """Return some of the rows."""
        return FigureRows(**{field.name: getattr(self, field.name)[places] for field in fields(self)})


def figure_rows(rows: pd.DataFrame, gain: Floats) -> FigureRows:
    """Return what figures are made of.

    Args:
        rows: evaluation rows.
        gain: realised gain of each row.
    """
    return FigureRows(
        subscriber_codes(rows),
        pd.factorize(rows["as_of"])[0].astype(np.int64),
        rows["churn_probability"].to_numpy(dtype=float),
        rows["churned"].to_numpy(dtype=float),
        rows["remaining_value"].fillna(0).to_numpy(dtype=float),
        contacted(rows),
        gain,
        rows["expected_gain"].to_numpy(dtype=float),
    )


class RankGroups:
    """Neighbours in a ranking taken together: what is the same for all resamples.

    Args:
        ranking: of the rows.
        score: probability of each row, in the ranking's order.
        bins: calibration bin of each row, in that order.
        most: cells at most, but for those that end where equal scores or a bin end.
    """

    def __init__(self, ranking: Ranking, score: Floats, bins: Integers, most: int) -> None:
        """Cut the ranking where equal scores of many rows begin and end, where bins change, and in equal parts."""
        count = len(score)
        cuts = np.arange(1, count + 1)
        if count > most:
            sizes = np.diff(ranking.ends, prepend=0)
            large = np.flatnonzero(sizes > count // most)
            edges = [ranking.ends[large], ranking.ends[large] - sizes[large], np.flatnonzero(np.diff(bins)) + 1]
            grid = np.ceil(count * (np.arange(1, most + 1) / most) ** 2).astype(np.int64)  # the riskiest one by one
            cuts = np.unique(np.concatenate([*edges, grid]))
            cuts = cuts[cuts > 0]
        sizes = np.diff(cuts, prepend=0)
        self.size = len(cuts)
        self.of_place = np.repeat(np.arange(self.size), sizes)
        self.ends = np.flatnonzero(np.isin(cuts, ranking.ends, assume_unique=True)) + 1
        self.score = np.bincount(self.of_place, score) / sizes
        losses = [row_losses(score, np.full(count, outcome)) for outcome in (1.0, 0.0)]
        left, there = ranking.churned, 1 - ranking.churned
        self.log_loss = [self._mean(loss[0], weight) for loss, weight in zip(losses, (left, there), strict=True)]
        self.square = [self._mean(loss[1], weight) for loss, weight in zip(losses, (left, there), strict=True)]
        bin_of_cell = bins[cuts - 1]
        self._by_bin = np.argsort(bin_of_cell, kind="stable")
        self._starts = np.flatnonzero(np.diff(bin_of_cell[self._by_bin], prepend=-1))

    def _mean(self, values: Floats, weights: Floats) -> Floats:
        total, count = np.bincount(self.of_place, weights * values), np.bincount(self.of_place, weights)
        return np.divide(total, count, out=np.zeros(self.size), where=count > 0)

    def calibration_error(self, rows: Floats, churners: Floats) -> Floats:
        """Return the expected calibration error, 0 to 1; the bins stay those of all rows."""
        gaps = np.add.reduceat((churners - self.score * rows)[..., self._by_bin], self._starts, axis=-1)
        return ratio(np.abs(gaps).sum(axis=-1), rows.sum(axis=-1))

    @staticmethod
    def mean(figure: Sequence[Floats], rows: Floats, churners: Floats) -> Floats:
        """Return the mean over rows of a figure with one value for the churners of a cell and one for its stayers."""
        total = np.sum(churners * figure[0] + (rows - churners) * figure[1], axis=-1)
        return ratio(total, rows.sum(axis=-1))


class ScoredRows:
    """A score on some rows, and the list if asked for.

    Args:
        given: the rows.
        params: section ``evaluate``.
        listing: whether the figures of the list are made too.
        score: another score than the model's.
    """

    def __init__(
        self, given: FigureRows, params: EvaluateParams, *, listing: bool = False, score: Floats | None = None
    ) -> None:
        """Order the rows once."""
        own = given.score if score is None else score
        self._given, self._params, self._listing = given, params, listing
        self._ranking = ranked(own, given.churned, given.value)
        order = self._ranking.order
        self._placed = own[order], bins_down(self._ranking.ends, params.calibration_bins)
        self._cells = RankGroups(self._ranking, *self._placed, MOST_GROUPS)
        self._months = len(np.unique(given.month))
        self._no_action = bool(np.isnan(given.gain).all())

    @property
    def tallies(self) -> list[Tally]:
        """What a resample sums: rows, churners and churned value by cell; then those of the list."""
        who, cell, size = self._given.subscriber[self._ranking.order], self._cells.of_place, self._cells.size
        by_cell = [Tally(who, cell, size, value) for value in (None, self._ranking.churned, self._ranking.value)]
        return by_cell + (amounts(self._given.subscriber, *self._of_list()) if self._listing else [])

    def _of_list(self) -> Sequence[Floats]:
        """Return by row: on the list, and churners, churned value, gain and expected gain of those; churned value."""
        given, on = self._given, self._given.listed.astype(float)
        lost = given.churned * np.clip(given.value, 0, None)
        money = [np.where(given.listed, np.nan_to_num(amount), 0.0) for amount in (given.gain, given.expected)]
        return [on, on * given.churned, on * lost, lost, *money]

    def totals(self, sums: Sums) -> Totals:
        """Return the running sums of each resample down the ranking."""
        rows, churners, value = sums[:3]
        return Totals(running(rows), running(churners), running(value), self._cells.ends)

    def log_loss(self, sums: Sums) -> Floats:
        """Return the log loss of each resample."""
        return self._cells.mean(self._cells.log_loss, sums[0], sums[1])

    def point(self) -> dict[str, float]:
        """Return the figures of the rows as they are."""
        exact = RankGroups(self._ranking, *self._placed, len(self._ranking.order))
        sums = [np.ones(len(exact.score)), self._ranking.churned, self._ranking.value]
        listed = [amount.sum()[None] for amount in self._of_list()] if self._listing else []
        figures = self._figures([*(np.atleast_2d(values) for values in sums), *listed], exact)  # type: ignore[arg-type]
        return {name: float(np.ravel(value)[0]) for name, value in figures.items()}

    def figures(self, sums: Sums) -> dict[str, Floats]:
        """Return the figures of each resample."""
        listed = [amount[:, 0] for amount in sums[3 : 3 + LIST_SUMS]] if self._listing else []
        return self._figures([*sums[:3], *listed], self._cells)

    def _figures(self, sums: Sums, cells: RankGroups) -> dict[str, Floats]:
        rows, churners, value = sums[:3]
        return figures_of_score(
            ScoreSums(
                totals=Totals(running(rows), running(churners), running(value), cells.ends),
                predicted=np.sum(rows * cells.score, axis=-1),
                log_loss=cells.mean(cells.log_loss, rows, churners),
                squared_error=cells.mean(cells.square, rows, churners),
                calibration_error=cells.calibration_error(rows, churners),
                params=self._params,
                on_list=self._list_sums(sums[3:]) if self._listing else None,
            )
        )

    def _list_sums(self, sums: Sums) -> ListSums:
        contacts, churners, churned_value, all_churned_value, gain, expected = sums
        money = churned_value, all_churned_value, gain, expected
        return ListSums(contacts, churners, *money, self._months, not self._no_action)


class PairedScores(Generic[KeyT]):
    """Several judged scores that are made anew by the same resamples.

    Args:
        scored: by any key.
    """

    def __init__(self, scored: Mapping[KeyT, ScoredRows]) -> None:
        """Put their tallies one after the other."""
        self.scored, self.tallies = scored, list[Tally]()
        self._spans = dict[KeyT, slice]()
        for key, rows in scored.items():
            own = rows.tallies
            self._spans[key] = slice(len(self.tallies), len(self.tallies) + len(own))
            self.tallies += own

    def figures(self, sums: Sums) -> dict[KeyT, dict[str, Floats]]:
        """Return the figures of each, one for each resample."""
        return {key: rows.figures(sums[self._spans[key]]) for key, rows in self.scored.items()}

    def points(self) -> dict[KeyT, dict[str, float]]:
        """Return the figures of each of the rows as they are."""
        return {key: rows.point() for key, rows in self.scored.items()}
