"""An interval for each probability: by how much the out-of-fold rows leave open what a score is worth."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.isotonic import IsotonicRegression

from savedesk.model.calibration import EDGE

Vector = npt.NDArray[np.float64]
BINS = 2000  # of equally many rows: of more rows each bin counts as one, with its weight
DIGITS = 9  # of a probability


def fit_intervals(raw_score: Vector, churned: npt.NDArray[np.bool_], points: int) -> dict[str, Any] | None:
    """Return Venn-Abers intervals on a grid of scores, as plain values; None without both classes.

    The lower end is what isotonic calibration would say of a subscriber with that score who is known to stay, the upper
    end what it would say if they are known to leave (Vovk and Petej 2014, "Venn-Abers predictors", UAI). If the
    subscriber to score is a draw from the same population as the rows, one of the two is perfectly calibrated. The
    interval says how well the level of risk of such a score is known; it does not say who of them will leave.

    Args:
        raw_score: log-odds out of fold.
        churned: outcome.
        points: scores of the grid, at most.
    """
    if len(np.unique(churned)) <= 1:
        return None
    score, rate, weight = _binned(raw_score, churned)
    grid = np.unique(np.quantile(raw_score, np.linspace(0, 1, points)))
    ends = [[_pretended(score, rate, weight, one, outcome) for one in grid] for outcome in (0.0, 1.0)]
    low, high = (np.maximum.accumulate(np.round(end, DIGITS)) for end in ends)
    return {"score": grid.tolist(), "low": low.tolist(), "high": high.tolist()}


def interval(intervals: dict[str, Any] | None, raw_score: Vector, probability: Vector) -> tuple[Vector, Vector]:
    """Return the ends for each row; they hold the probability. Without intervals both are missing.

    Args:
        intervals: see ``fit_intervals``.
        raw_score: log-odds.
        probability: calibrated, before any correction of the prior.
    """
    if intervals is None:
        nothing = np.full(len(raw_score), np.nan)
        return nothing, nothing
    low, high = (np.interp(raw_score, intervals["score"], intervals[end]) for end in ("low", "high"))
    ends = np.minimum(low, probability), np.maximum(high, probability)
    return np.clip(ends[0], EDGE, 1 - EDGE), np.clip(ends[1], EDGE, 1 - EDGE)


def _binned(raw_score: Vector, churned: npt.NDArray[np.bool_]) -> tuple[Vector, Vector, Vector]:
    """Return score, churn rate and rows of each bin, by rising score; rows of equal score share a bin."""
    score, which, rows = np.unique(raw_score, return_inverse=True, return_counts=True)
    before = np.cumsum(rows) - rows  # where scores are few, each has a bin of its own
    bins = np.unique(before * BINS // len(raw_score), return_inverse=True)[1]
    weight = np.bincount(bins, rows).astype(np.float64)
    return (
        np.bincount(bins, rows * score) / weight,
        np.bincount(bins[which], churned) / weight,
        weight,
    )


def _pretended(score: Vector, rate: Vector, weight: Vector, at: float, outcome: float) -> float:
    place = int(np.searchsorted(score, at))
    grown = (np.insert(values, place, one) for values, one in ((score, at), (rate, outcome), (weight, 1.0)))
    x, y, w = grown
    return float(IsotonicRegression().fit(x, y, sample_weight=w).predict([at])[0])
