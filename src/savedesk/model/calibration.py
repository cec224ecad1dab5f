"""Calibration: from the model's log-odds to a probability that one can multiply by money."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

Vector = npt.NDArray[np.float64]
EDGE = 1e-6  # probabilities stay this far from 0 and 1, so that a log loss is finite


def fit_calibrator(
    method: str, raw_score: Vector, churned: npt.NDArray[np.bool_], weight: Vector | None = None
) -> dict[str, Any]:
    """Return a calibrator as plain values.

    Methods: ``none``; ``platt`` (Platt 1999); ``beta`` (Kull, Silva Filho and Flach 2017, AISTATS); ``isotonic``
    (Zadrozny and Elkan 2002), kept off 0 and 1 by Laplace's rule at its ends.

    Args:
        method: one of the above.
        raw_score: log-odds.
        churned: outcome.
        weight: rows that each row stands for; one each if not given.
    """
    if method == "none":
        return {"method": "none"}
    if method == "platt":
        slope, intercept = _rising(raw_score, churned, weight)
        return {"method": "platt", "slope": slope, "intercept": intercept}
    if method == "beta":
        return _fit_beta(raw_score, churned, weight)
    rows = len(churned) if weight is None else float(weight.sum())
    low, high = 1 / (rows + 2), 1 - 1 / (rows + 2)
    isotonic = IsotonicRegression(y_min=low, y_max=high, out_of_bounds="clip")
    fitted = isotonic.fit(raw_score, churned, sample_weight=weight)
    return {
        "method": "isotonic",
        "score": fitted.X_thresholds_.tolist(),
        "probability": fitted.y_thresholds_.tolist(),
    }


def calibrate(calibrator: dict[str, Any], raw_score: Vector) -> Vector:
    """Return churn probabilities for log-odds."""
    method = calibrator["method"]
    if method == "platt":
        probability = expit(calibrator["slope"] * raw_score + calibrator["intercept"])
    elif method == "beta":
        log_p, log_q = _beta_inputs(raw_score)
        probability = expit(calibrator["a"] * log_p + calibrator["b"] * log_q + calibrator["intercept"])
    elif method == "isotonic":
        probability = np.interp(raw_score, calibrator["score"], calibrator["probability"])
    else:
        probability = expit(raw_score)
    clipped: Vector = np.clip(probability, EDGE, 1 - EDGE)
    return clipped


def log_loss(probability: Vector, churned: npt.NDArray[np.bool_]) -> float:
    """Return the mean negative log-likelihood, >= 0, lower is better."""
    right = np.where(churned, probability, 1 - probability)
    return float(-np.log(right).mean())


def cross_fit(method: str, raw_score: Vector, churned: npt.NDArray[np.bool_], fold: npt.NDArray[np.int64]) -> Vector:
    """Return probabilities of each fold by a calibrator fitted on the other folds.

    Where the others do not hold both classes (a single fold: there are none) nothing can be fitted, and the fold's
    scores stay as they are: a calibrator fitted on the very rows that it is judged by would always look best.
    """
    out = np.empty_like(raw_score)
    for number in np.unique(fold):
        here = fold == number
        fits = len(np.unique(churned[~here])) > 1
        calibrator = fit_calibrator(method, raw_score[~here], churned[~here]) if fits else {"method": "none"}
        out[here] = calibrate(calibrator, raw_score[here])
    return out


def choose_calibrator(
    methods: Sequence[str], raw_score: Vector, churned: npt.NDArray[np.bool_], fold: npt.NDArray[np.int64]
) -> tuple[dict[str, Any], Vector, dict[str, float]]:
    """Return the calibrator with the lowest cross-fitted log loss, its cross-fitted probabilities, and all log losses.

    Of equally good methods the first in ``methods`` is taken. Without both classes there is nothing to fit: ``none``.
    """
    if len(np.unique(churned)) <= 1:
        return {"method": "none"}, calibrate({"method": "none"}, raw_score), {}
    fitted = {method: cross_fit(method, raw_score, churned, fold) for method in methods}
    losses = {method: log_loss(probability, churned) for method, probability in fitted.items()}
    best = min(methods, key=lambda method: losses[method])
    return fit_calibrator(best, raw_score, churned), fitted[best], losses


def _logistic(
    columns: npt.NDArray[np.float64], churned: npt.NDArray[np.bool_], weight: Vector | None
) -> tuple[list[float], float]:
    model = LogisticRegression(C=np.inf, max_iter=1000).fit(columns, churned, sample_weight=weight)
    return [float(value) for value in model.coef_[0]], float(model.intercept_[0])


def _rising(column: Vector, churned: npt.NDArray[np.bool_], weight: Vector | None) -> tuple[float, float]:
    """Return slope and intercept of a curve that never falls: flat at the churn rate where the best one would fall."""
    (slope,), intercept = _logistic(column[:, None], churned, weight)
    return (slope, intercept) if slope >= 0 else (0.0, float(logit(np.average(churned, weights=weight))))


def _beta_inputs(raw_score: Vector) -> tuple[Vector, Vector]:
    return -np.logaddexp(0, -raw_score), np.logaddexp(0, raw_score)


def _fit_beta(raw_score: Vector, churned: npt.NDArray[np.bool_], weight: Vector | None) -> dict[str, Any]:
    """Both slopes must be >= 0 for the map to rise; a negative one is dropped and the other fitted anew."""
    log_p, log_q = _beta_inputs(raw_score)
    (a, b), intercept = _logistic(np.column_stack([log_p, log_q]), churned, weight)
    if a < 0:
        a, (b, intercept) = 0.0, _rising(log_q, churned, weight)
    elif b < 0:
        b, (a, intercept) = 0.0, _rising(log_p, churned, weight)
    return {"method": "beta", "a": a, "b": b, "intercept": intercept}
