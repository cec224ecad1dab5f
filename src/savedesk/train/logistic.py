"""A logistic regression of quantile-normal columns: the member that carries what is simply additive."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from savedesk.model.additive import AdditiveModel, Curve
from savedesk.model.schema import Matrix, ModelSchema
from savedesk.params.train import TrainParams
from savedesk.train.folds import thinned

KNOTS = 100  # quantiles that a number's curve passes through
DIGITS = 6  # of a coefficient; the solver is no more exact
MOST_ROUNDS = 500

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Number:
    """The normal score of a value's quantile, and whether the value is missing."""

    at: Vector
    score: Vector
    width = 2

    @property
    def told(self) -> bool:
        """Whether any value is there: what is always missing adds nothing, also where it will be given."""
        return len(self.at) > 0

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
    told: bool

    @property
    def width(self) -> int:
        return self.count + 1

    def columns(self, values: Vector) -> Vector:
        codes = np.where(np.isnan(values), self.count, values).astype(np.int64)
        found: Vector = np.eye(self.width)[codes]
        return found

    def curve(self, coefficients: Vector, mean: float) -> Curve:
        adds = tuple(float(one) for one in coefficients[:-1])
        return Curve(tuple(float(code) for code in range(self.count)), adds, float(coefficients[-1]), mean)


def fit_logistic(
    matrix: Matrix, target: npt.NDArray[np.int64], schema: ModelSchema, params: TrainParams
) -> AdditiveModel:
    """Return a ridge logistic regression.

    Numbers enter as normal scores of their quantiles, so that neither units nor outliers matter; each column has an
    indicator of missing values, and each category one of its own. On one thread: the same on any number. Of more than
    ``logistic_rows`` rows so many are drawn: the few numbers that it learns need no more.

    Args:
        matrix: rows by columns of the schema.
        target: 1 where churned.
        schema: columns of the matrix.
        params: section ``train``; half the squared coefficients times ``logistic_penalty`` is weighed against the
            summed log loss.
    """
    some = thinned(len(target), params.logistic_rows, params.seed)
    matrix, target = matrix[some], target[some]
    values = [matrix[:, place].astype(np.float64) for place in range(matrix.shape[1])]
    bases = [
        _Category(len(column.categories), not np.isnan(values[place]).all())
        if column.dtype == "string"
        else _number(values[place])
        for place, column in enumerate(schema.columns)
    ]
    parts = [basis.columns(values[place]) for place, basis in enumerate(bases)]
    with threadpool_limits(1):
        fitted = LogisticRegression(C=1 / params.logistic_penalty, max_iter=MOST_ROUNDS).fit(np.hstack(parts), target)
        coefficients = np.round(fitted.coef_[0], DIGITS)
        curves, start = [], 0
        for basis, part in zip(bases, parts, strict=True):
            mine = coefficients[start : start + basis.width] * basis.told
            curves.append(basis.curve(mine, float(np.round((part @ mine).mean(), DIGITS))))
            start += basis.width
    return AdditiveModel(float(np.round(fitted.intercept_[0], DIGITS)), tuple(curves))


def _number(values: Vector) -> _Number:
    """Place knots at quantiles; the score of a tie is the mean over its quantiles."""
    there = values[~np.isnan(values)]
    if not len(there):
        return _Number(np.empty(0), np.empty(0))
    shares = (np.arange(KNOTS) + 0.5) / KNOTS
    found = np.quantile(there, shares)
    at, which = np.unique(found, return_inverse=True)
    return _Number(at, np.bincount(which, weights=ndtri(shares)) / np.bincount(which))
