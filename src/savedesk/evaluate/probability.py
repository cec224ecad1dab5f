"""Figures of a probability: is it as often right as it says?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from savedesk.evaluate.ranking import Floats, Integers
from savedesk.model.rate import wilson

SMALLEST = float(np.finfo(np.float64).eps)  # as scikit-learn clips, so that a certain mistake costs a finite amount


def weighted_mean(values: Floats, weights: Floats) -> float:
    """Return the mean of a figure per row. Not a dot product, whose last digits depend on the number of threads."""
    return float(np.sum(weights * values) / np.sum(weights))


def row_losses(probability: Floats, churned: Floats) -> tuple[Floats, Floats]:
    """Return each row's log loss (nats) and squared error."""
    clipped = np.clip(probability, SMALLEST, 1 - SMALLEST)
    log_losses = -np.where(churned > 0, np.log(clipped), np.log1p(-clipped))
    return log_losses, (probability - churned) ** 2


def equal_count_bins(probability: Floats, bins: int) -> Integers:
    """Return each row's bin, 0 the lowest; bins hold the same number of rows, give or take one.

    Equal probabilities may fall into two bins: the rows' own order (subscriber_id) decides.
    """
    order = np.argsort(probability, kind="stable")
    found = np.empty(len(probability), dtype=np.int64)
    found[order] = np.arange(len(probability)) * min(bins, len(probability)) // max(len(probability), 1)
    return found


def calibration_error(bins: Integers, probability: Floats, churned: Floats, weights: Floats) -> float:
    """Return the expected calibration error, 0 to 1: mean over rows of |observed - predicted| of their bin.

    The bins stay those of the full sample when the weights are a resample's.
    """
    gap = np.bincount(bins, weights * (churned - probability))
    return float(np.abs(gap).sum() / weights.sum())


def calibration_table(probability: Floats, churned: Floats, bins: int, interval: float) -> pd.DataFrame:
    """Return the table ``calibration``: predicted and observed churn by equal-count bin."""
    frame = pd.DataFrame(
        {"bin": equal_count_bins(probability, bins) + 1, "predicted": probability, "observed": churned}
    )
    table = frame.groupby("bin", as_index=False).agg(
        predicted=("predicted", "mean"), observed=("observed", "mean"), rows=("observed", "size")
    )
    rows = table["rows"].to_numpy(dtype=float)
    low, high = wilson(table["observed"].to_numpy(dtype=float) * rows, rows, interval)
    return table.assign(predicted=table["predicted"].clip(0, 1), low=low, high=high)
