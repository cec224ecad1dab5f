"""Does the interval of a probability keep its promise: how often is the churn rate of like subscribers inside?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.stats import norm

from savedesk.metrics.running_sums import Floats
from savedesk.params.evaluate import EvaluateParams
from savedesk.stages.evaluate.bootstrap import Figure
from savedesk.stages.evaluate.money import Flags
from savedesk.stages.evaluate.probability import equal_count_bins
from savedesk.stages.evaluate.rows import ENDS


def coverage_figures(rows: pd.DataFrame, level: float | None, params: EvaluateParams) -> dict[str, Figure]:
    """Return the share of groups of like probability whose churn rate is inside their interval, beside its level.

    A group is a bin of equally many rows of one as_of (of one fold, in a snapshot). The ends of its interval are the
    mean ends of its rows. The observed rate has chance on top of the rate that the interval is about, so that each end
    is moved out: its distance from the mean probability p and z sqrt(p (1 - p) / rows) are independent, and their
    squares add up.

    Args:
        rows: evaluation rows with ``churn_probability_low`` and ``_high``.
        level: of the interval; None: there is none, and no figure.
        params: section ``evaluate``.
    """
    if level is None or rows[ENDS].isna().any(axis=None):
        return {}
    inside = np.concatenate([_inside(part, level, params) for part in _draws(rows)])
    width = (rows[ENDS[1]] - rows[ENDS[0]]).to_numpy(dtype=float)
    return {
        "interval_coverage": Figure(float(inside.mean())),
        "interval_level": Figure(level),
        "interval_groups": Figure(float(len(inside))),
        "interval_median_width": Figure(float(np.median(width))),
    }


def _draws(rows: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the rows of each as_of; of a snapshot, which has one day, those of each fold."""
    for _, part in rows.groupby("as_of" if rows["fold"].isna().all() else "fold", dropna=False):
        yield part


def _inside(rows: pd.DataFrame, level: float, params: EvaluateParams) -> Flags:
    bins = max(1, min(params.coverage_bins, len(rows) // params.minimum_slice_rows))
    probability = rows["churn_probability"].to_numpy(dtype=float)
    which = equal_count_bins(probability, bins)
    count = np.bincount(which)
    p, low, high, left = (
        np.bincount(which, rows[name].to_numpy(dtype=float)) / count for name in ("churn_probability", *ENDS, "churned")
    )
    chance = float(norm.ppf(0.5 + level / 2)) * np.sqrt(p * (1 - p) / count)
    below: Floats = p - np.hypot(p - low, chance)
    inside: Flags = (below <= left) & (left <= p + np.hypot(high - p, chance))
    return inside
