"""A logistic regression of quantile-normal columns: the member that carries what is simply additive."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import logit, ndtri
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

from savedesk.model.additive import AdditiveModel, Curve
from savedesk.params.train import TrainParams
from savedesk.stages.train.booster import Table
from savedesk.stages.train.folds import thinned

KNOTS = 100  # quantiles that a number's curve passes through
DIGITS = 6  # of a coefficient; the solver is no more exact
TOLERANCE = 1e-6  # of the solver, in the gradient of the mean log loss
MOST_ROUNDS = 1000
CROSSES = 5  # parts of the rows, of which each is taught by the others

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Number:
    """The normal score of a value's quantile, and whether the value is missing."""

    at: Vector
    score: Vector
    width = 2

    def columns(self, values: Vector) -> Vector:
        missing = np.isnan(values)
        score = np.interp(values, self.at, self.score) if len(self.at) else np.zeros(len(values))
        return np.column_stack([np.where(missing, 0.0, score), missing])

    def curve(self, coefficients: Vector, mean: float) -> Curve:
        adds = np.round(self.score * coefficients[0], DIGITS)
        return Curve(tuple(self.at.tolist()), tuple(adds.tolist()), float(coefficients[1]), mean)


@dataclass(frozen=True)
class _Category:
    """An indicator for each category, and one for everything else."""

    count: int

    @property
    def width(self) -> int:
        return self.count + 1

    def columns(self, values: Vector) -> Vector:
        codes = np.where(np.isnan(values), self.count, values).astype(np.int64)
        indicators: Vector = np.eye(self.width)[codes]
        return indicators

    def curve(self, coefficients: Vector, mean: float) -> Curve:
        adds = tuple(float(coefficient) for coefficient in coefficients[:-1])
        return Curve(tuple(float(code) for code in range(self.count)), adds, float(coefficients[-1]), mean)


def crossed_log_odds(table: Table, params: TrainParams) -> Vector:
    """Return log-odds of rows to learn from, each by a logistic regression that has not seen it.

    Trees that start from log-odds that know the row's own outcome would find too little left to say.

    Args:
        table: rows to learn from.
        params: section ``train``.
    """
    parts = min(CROSSES, *np.bincount(table.target, minlength=2).tolist())
    if parts < 2:  # noqa: PLR2004 - one row of a class cannot be on both sides
        return fit_logistic(table, params.logistic_penalty, params).raw_score(table.matrix)
    log_odds = np.empty(len(table.target))
    for learn, here in StratifiedKFold(parts, shuffle=True, random_state=params.seed).split(log_odds, table.target):
        part = replace(table, matrix=table.matrix[learn], target=table.target[learn])
        model = fit_logistic(part, params.logistic_penalty, params)
        log_odds[here] = model.raw_score(table.matrix[here])
    return log_odds


def fit_logistic(table: Table, penalty: float, params: TrainParams) -> AdditiveModel:
    """Return a ridge logistic regression.

    Numbers enter as normal scores of their quantiles, so that neither units nor outliers matter; each column has an
    indicator of missing values, and each category one of its own. On one thread: the same on any number. Of more than
    ``logistic_rows`` rows so many are drawn: the few numbers that it learns need no more.

    Args:
        table: rows to learn from.
        penalty: half the squared coefficients times it is weighed against the summed log loss.
        params: section ``train``.
    """
    some = thinned(len(table.target), params.logistic_rows, params.seed)
    matrix, target = table.matrix[some], table.target[some]
    values = [matrix[:, place].astype(np.float64) for place in range(matrix.shape[1])]
    bases = [
        _Category(len(column.categories)) if column.dtype == "string" else _number(values[place])
        for place, column in enumerate(table.schema.columns)
    ]
    parts = [basis.columns(values[place]) for place, basis in enumerate(bases)]
    joined = np.hstack(parts)
    varies = joined.min(axis=0) < joined.max(axis=0)  # the rest is the intercept's: it must not be shared out to them
    coefficients, intercept = np.zeros(joined.shape[1]), float(logit(target.mean()))
    solver = LogisticRegression(C=1 / penalty, max_iter=MOST_ROUNDS, tol=TOLERANCE)
    with threadpool_limits(1):
        if varies.any():
            fitted = solver.fit(joined[:, varies], target)
            coefficients[varies], intercept = np.round(fitted.coef_[0], DIGITS), float(fitted.intercept_[0])
        curves, start = [], 0
        for basis, part in zip(bases, parts, strict=True):
            mine = coefficients[start : start + basis.width]
            curves.append(basis.curve(mine, float(np.round((part @ mine).mean(), DIGITS))))
            start += basis.width
    return AdditiveModel(float(np.round(intercept, DIGITS)), tuple(curves))


def _number(values: Vector) -> _Number:
    """Place knots at quantiles; the score of a tie is the mean over its quantiles."""
    there = values[~np.isnan(values)]
    if not len(there):
        return _Number(np.empty(0), np.empty(0))
    shares = (np.arange(KNOTS) + 0.5) / KNOTS
    quantiles = np.quantile(there, shares)
    at, which = np.unique(quantiles, return_inverse=True)
    return _Number(at, np.bincount(which, weights=ndtri(shares)) / np.bincount(which))
