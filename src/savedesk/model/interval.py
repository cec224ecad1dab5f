"""An interval for each probability: where the churn rate of like subscribers of another month may lie."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import expit, logit
from scipy.stats import norm, t
from threadpoolctl import threadpool_limits

from savedesk.model.calibration import Vector, calibrate, fit_calibrator

BINS = 500  # of equally many rows: in a resample the rows of a bin count as one, with their weight
DIGITS = 6  # of half a width in log-odds
FARTHEST = 20.0  # log-odds by which a fold may lie off


def fit_interval(
    calibrator: dict[str, Any],
    raw_score: Vector,
    churned: npt.NDArray[np.bool_],
    fold: npt.NDArray[np.int64],
    subscriber: npt.NDArray[np.int64],
    *,
    level: float,
    points: int,
    rounds: int,
    seed: int,
) -> dict[str, Any] | None:
    """Return half the width of the interval in log-odds on a grid of scores, as plain values.

    It has two independent parts, each at the level asked for, whose squares add up:

    - of one month to another: t(K - 1) s sqrt(1 + 1 / K), the prediction interval of one more draw of a normal
      distribution (Hahn and Meeker 1991, "Statistical intervals", 4.7), where s is the standard deviation over the K
      folds of the shift in log-odds that makes the calibrated probabilities of a fold add up to its churners. Each
      fold has boosters of its own and, of a dated source, a month of its own: what differs between them is in it.
    - of the calibrator: z times the standard deviation of its log-odds at that score, over resamples of subscribers.

    Args:
        calibrator: fitted on these rows.
        raw_score: log-odds out of fold.
        churned: outcome.
        fold: of each row.
        subscriber: number of each row's subscriber, from 0.
        level: share of such rates that shall lie inside.
        points: scores of the grid, at most.
        rounds: resamples.
        seed: of the resamples.

    Returns:
        None where fewer than two folds have churners and stayers: then nobody knows by how much months differ.
    """
    shifts = _shifts(logit(calibrate(calibrator, raw_score)), churned, fold)
    if len(shifts) <= 1:
        return None
    tail, folds = 0.5 + level / 2, len(shifts)
    months = float(t.ppf(tail, folds - 1) * shifts.std(ddof=1) * np.sqrt(1 + 1 / folds))
    grid = np.unique(np.quantile(raw_score, np.linspace(0, 1, points)))
    curves = _resampled(calibrator["method"], raw_score, churned, subscriber, grid, rounds, seed)
    drawn = norm.ppf(tail) * curves.std(axis=0, ddof=1)
    half = np.round(np.hypot(months, drawn), DIGITS)
    return {"level": level, "score": grid.tolist(), "half_width": half.tolist()}


def interval(fitted: dict[str, Any] | None, raw_score: Vector, probability: Vector) -> tuple[Vector, Vector]:
    """Return the ends for each row; the probability lies between them, in the middle in log-odds.

    Args:
        fitted: see ``fit_interval``; None: both ends are missing.
        raw_score: log-odds before calibration.
        probability: calibrated, and corrected for the sample: that is a shift of all log-odds and moves no width.
    """
    if fitted is None:
        nothing = np.full(len(raw_score), np.nan)
        return nothing, nothing
    half, middle = np.interp(raw_score, fitted["score"], fitted["half_width"]), logit(probability)
    return np.minimum(expit(middle - half), probability), np.maximum(expit(middle + half), probability)


def _shifts(log_odds: Vector, churned: npt.NDArray[np.bool_], fold: npt.NDArray[np.int64]) -> Vector:
    """Return of each fold with both classes what is to be added to its log-odds so that they add up to its churners."""
    shifts = []
    for number in np.unique(fold):
        own, left = log_odds[fold == number], churned[fold == number]
        if len(np.unique(left)) > 1:
            gap = lambda shift, own=own, left=left: float(expit(own + shift).mean() - left.mean())  # noqa: E731
            shifts.append(float(brentq(gap, -FARTHEST, FARTHEST)))
    return np.array(shifts)


def _resampled(
    method: str,
    raw_score: Vector,
    churned: npt.NDArray[np.bool_],
    subscriber: npt.NDArray[np.int64],
    grid: Vector,
    rounds: int,
    seed: int,
) -> Vector:
    """Return the log-odds at the grid of calibrators fitted on resamples of subscribers, resamples by scores.

    Where the scores are used as they are, Platt's curve tells how well their level is known.
    """
    score, bins = _binned(raw_score)
    cell, people = 2 * bins + churned, int(subscriber.max()) + 1
    x, y = np.repeat(score, 2), np.tile([False, True], len(score))
    draw, curves = np.random.default_rng(seed), []
    with threadpool_limits(1):
        for _ in range(rounds):
            times = np.bincount(draw.integers(people, size=people), minlength=people)[subscriber]
            weight = np.bincount(cell, times, minlength=len(x)).astype(np.float64)
            use = weight > 0
            if y[use].any() and not y[use].all():
                fitted = fit_calibrator("platt" if method == "none" else method, x[use], y[use], weight[use])
                curves.append(logit(calibrate(fitted, grid)))
    return np.array(curves)


def _binned(raw_score: Vector) -> tuple[Vector, npt.NDArray[np.int64]]:
    """Return the mean score of each bin, rising, and the bin of each row; rows of equal score share a bin."""
    score, which, rows = np.unique(raw_score, return_inverse=True, return_counts=True)
    before = np.cumsum(rows) - rows  # where scores are few, each has a bin of its own
    bins = np.unique(before * BINS // len(raw_score), return_inverse=True)[1]
    return np.bincount(bins, rows * score) / np.bincount(bins, rows), bins[which]
