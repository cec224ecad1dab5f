"""Figures of a probability: is it as often right as it says?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from savedesk.metrics.running_sums import Floats, Integers
from savedesk.model.wilson import wilson

SMALLEST = float(np.finfo(np.float64).eps)  # as scikit-learn clips, so that a certain mistake costs a finite amount


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
    bin_of_row = np.empty(len(probability), dtype=np.int64)
    bin_of_row[order] = np.arange(len(probability)) * min(bins, len(probability)) // max(len(probability), 1)
    return bin_of_row


def bins_down(ends: Integers, bins: int) -> Integers:
    """Return the bins of ``equal_count_bins`` of rows ordered by falling probability, without sorting them anew.

    Args:
        ends: for each group of equal probabilities, the position just after its last row.
        bins: number of bins.
    """
    count, sizes = int(ends[-1]), np.diff(ends, prepend=0)
    rising = np.arange(count) + np.repeat(count - 2 * ends + sizes, sizes)
    return rising * min(bins, count) // count


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
