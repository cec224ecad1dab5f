"""How much each member's log-odds weigh: what is best out of fold."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit
from threadpoolctl import threadpool_limits

Vector = npt.NDArray[np.float64]
DIGITS = 4  # of a weight


def blend_weights(raw: Vector, churned: npt.NDArray[np.bool_], penalty: float, least: float) -> Vector:
    """Return a weight >= 0 for each member: those of the lowest log loss, drawn towards equal ones.

    Stacking with non-negative weights (Breiman 1996, "Stacked regressions", Machine Learning 24), in log-odds. Members
    whose weight stays under ``least`` are left out and the others weighed anew.

    Args:
        raw: log-odds out of fold, rows by members.
        churned: outcome of each row.
        penalty: of the squared distance from equal weights, in log loss.
        least: smallest weight of a member that is used.
    """
    used = np.ones(raw.shape[1], dtype=bool)
    while True:
        weights = np.zeros(raw.shape[1])
        weights[used] = _fitted(raw[:, used], churned.astype(np.float64), penalty)
        weights = np.round(weights, DIGITS)
        small = used & (weights < least)
        if not small.any() or small.sum() == used.sum():
            return weights if weights.any() else used / used.sum()
        used &= ~small


def _fitted(raw: Vector, target: Vector, penalty: float) -> Vector:
    members = raw.shape[1]
    equal = 1 / members

    def loss(point: Vector) -> tuple[float, Vector]:
        weights, shift = point[:-1], point[-1]
        score = raw @ weights + shift
        gap = (expit(score) - target) / len(target)
        value = float(np.mean(np.logaddexp(0, score) - target * score) + penalty * np.sum((weights - equal) ** 2))
        return value, np.append(raw.T @ gap + 2 * penalty * (weights - equal), gap.sum())

    start = np.append(np.full(members, equal), 0.0)
    bounds = [(0.0, None)] * members + [(None, None)]
    with threadpool_limits(1):
        optimum = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(optimum.x[:-1], dtype=np.float64)
