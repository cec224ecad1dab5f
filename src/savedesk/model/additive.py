"""A sum of one curve a column, in log-odds: what a logistic regression is after training."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from savedesk.model.schema import Matrix

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """What a column adds: straight lines between points, flat beyond them; or one amount for each category.

    Args:
        at: values of the column, rising; the codes of a string column.
        adds: log-odds at them.
        missing: log-odds where the value is missing, or a category that has no code.
        mean: mean of what it adds over the training rows.
    """

    at: tuple[float, ...]
    adds: tuple[float, ...]
    missing: float
    mean: float

    def of(self, values: npt.ArrayLike) -> Vector:
        """Return the log-odds that the values add."""
        numbers = np.asarray(values, dtype=np.float64)
        log_odds = np.interp(numbers, self.at, self.adds) if self.at else np.full(numbers.shape, self.missing)
        return np.where(np.isnan(numbers), self.missing, log_odds)


@dataclass(frozen=True)
class AdditiveModel:
    """Log-odds = intercept + the curves of all columns, in the order of the matrix."""

    intercept: float
    curves: tuple[Curve, ...]

    def raw_score(self, matrix: Matrix) -> Vector:
        """Return log-odds, column by column: no second matrix is held."""
        score = np.full(len(matrix), self.intercept)
        for place, curve in enumerate(self.curves):
            score += curve.of(matrix[:, place])
        return score

    def contributions(self, matrix: Matrix) -> npt.NDArray[np.float64]:
        """Return what each column adds to the mean of the training rows; the last one is the score at the mean."""
        contributions = np.empty((len(matrix), len(self.curves) + 1))
        for place, curve in enumerate(self.curves):
            contributions[:, place] = curve.of(matrix[:, place]) - curve.mean
        contributions[:, -1] = self.intercept + sum(curve.mean for curve in self.curves)
        return contributions

    def scaled(self, weight: float) -> AdditiveModel:
        """Return the model whose log-odds are ``weight`` times these."""
        curves = [
            Curve(c.at, tuple(weight * added for added in c.adds), weight * c.missing, weight * c.mean)
            for c in self.curves
        ]
        return AdditiveModel(weight * self.intercept, tuple(curves))

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)

    @staticmethod
    def from_json(given: dict[str, Any]) -> AdditiveModel:
        """Return what ``to_json`` described."""
        curves = [Curve(tuple(c["at"]), tuple(c["adds"]), c["missing"], c["mean"]) for c in given["curves"]]
        return AdditiveModel(given["intercept"], tuple(curves))
