"""Figures by tier, segment, region, age band, as_of, fold and type of churn, and by true cause where it is known."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.stats import norm

from savedesk.contracts.labels import CHURN_TYPES
from savedesk.evaluate.bootstrap import Figure, figures_with_intervals
from savedesk.evaluate.probability import calibration_error, equal_count_bins, row_losses, weighted_mean
from savedesk.evaluate.ranking import Floats, auc, lift_at, ranked, totals
from savedesk.evaluate.rows import UNKNOWN, subscriber_codes
from savedesk.model.rate import wilson
from savedesk.params.evaluate import EvaluateParams

SLICE_BY = ("as_of", "tier", "segment", "region", "age_band", "fold")
BY_CAUSE = ("cause",)
LIFT_SHARE = 0.1  # the one share at which slices show a lift
BY_TYPE = "churn_type"
CALIBRATED_BY = (
    "as_of",
    "tier",
    "segment",
    "region",
    "age_band",
    BY_TYPE,
)  # folds are drawn by lot
NAMES = ("auc", "log_loss", "ece", "lift_at_10pct", "churn_rate", "predicted_rate", "calibration_gap")
CAUSE_NAMES = ("auc", "predicted_rate", "true_rate", "churn_rate")


def slices_of(rows: pd.DataFrame, by: tuple[str, ...] = SLICE_BY) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Yield (slice_by, slice, rows) for every value of every slicing that the source knows."""
    for slice_by in by:
        column = rows[slice_by]
        if column.isna().all():
            continue
        labels = column.astype("Int64").astype("string") if slice_by == "fold" else column.astype("string")
        for value, part in rows.groupby(labels.fillna(UNKNOWN)):
            yield slice_by, str(value), part


def slice_figures(rows: pd.DataFrame, params: EvaluateParams) -> dict[str, Figure]:
    """Return the figures of one slice; all NaN where it is too small or has one class only."""
    churned = rows["churned"].to_numpy(dtype=float)
    if len(rows) < params.minimum_slice_rows or churned.min() == churned.max():
        return {name: Figure(float("nan")) for name in NAMES}
    score = rows["churn_probability"].to_numpy(dtype=float)
    ranking = ranked(score, churned)
    losses, _ = row_losses(score, churned)
    bins = equal_count_bins(score, params.calibration_bins)

    def measure(weights: Floats) -> dict[str, float]:
        t = totals(ranking, weights)
        return {
            "auc": auc(t),
            "log_loss": weighted_mean(losses, weights),
            "ece": calibration_error(bins, score, churned, weights),
            "lift_at_10pct": lift_at(t, LIFT_SHARE),
            "predicted_rate": weighted_mean(score, weights),
            "calibration_gap": weighted_mean(score - churned, weights),
        }

    figures = figures_with_intervals(measure, subscriber_codes(rows), params)
    gap = _at_least_by_chance(figures["calibration_gap"], score, params.interval)
    return {**figures, "calibration_gap": gap, "churn_rate": _rate(churned, params.interval)}


def _at_least_by_chance(gap: Figure, score: Floats, interval: float) -> Figure:
    """Return the gap with an interval no narrower than chance alone makes it, where every probability is right.

    A bootstrap cannot draw the churner who was not there: in a small slice without a surprise its interval is too
    narrow. The sum of the outcomes has the variance sum p (1 - p) (Spiegelhalter 1986, Statistics in Medicine 5).
    """
    half = float(norm.ppf(0.5 + interval / 2)) * float(np.sqrt(np.sum(score * (1 - score)))) / len(score)
    return Figure(gap.value, min(gap.low, gap.value - half), max(gap.high, gap.value + half))


def types_of(rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield each type of churn that is expected or seen, and the rows with its probability and outcome as theirs."""
    for name in CHURN_TYPES:
        churned = rows["churned"] & (rows["churn_type"] == name)
        if churned.any() or rows[f"probability_{name}"].max() > 0:
            expected = rows["churn_probability"]
            yield (
                name,
                rows.assign(
                    any_probability=expected,
                    any_churned=rows["churned"],
                    churn_probability=rows[f"probability_{name}"],
                    churned=churned.to_numpy(dtype=bool),
                ),
            )


def type_figures(rows: pd.DataFrame, params: EvaluateParams) -> dict[str, Figure]:
    """Return the figures of one type of churn, and its shares of the churn that was expected and seen.

    All NaN where nobody left in that way, or there are too few rows.

    Args:
        rows: as ``types_of`` yields them.
        params: section ``evaluate``.
    """
    score, expected, churned, left = (
        rows[name].to_numpy(dtype=float) for name in ("churn_probability", "any_probability", "churned", "any_churned")
    )

    def measure(weights: Floats) -> dict[str, float]:
        leavers = float(np.sum(weights * left))
        return {
            "predicted_share": float(np.sum(weights * score) / np.sum(weights * expected)),
            "observed_share": float(np.sum(weights * churned)) / leavers if leavers else float("nan"),
        }

    found = slice_figures(rows, params)
    if np.isnan(found["ece"].value):
        return {**found, "predicted_share": Figure(float("nan")), "observed_share": Figure(float("nan"))}
    return {**found, **figures_with_intervals(measure, subscriber_codes(rows), params)}


def calibration_counts(metrics: pd.DataFrame, interval: float) -> dict[str, Figure]:
    """Return in how many slices the predicted rate could be judged, in how many it is off, and in how many by chance.

    Off means that the interval of ``calibration_gap`` does not hold 0, which it fails to do by chance in 1 - interval
    of the slices of a perfectly calibrated model.

    Args:
        metrics: lines of the table ``figures``.
        interval: width of the intervals.
    """
    gaps = metrics[(metrics["metric"] == "calibration_gap") & metrics["slice_by"].isin(CALIBRATED_BY)]
    gaps = gaps[gaps["value"].notna()]
    found = {
        "slices_judged": float(len(gaps)),
        "slices_off": float(((gaps["low"] > 0) | (gaps["high"] < 0)).sum()),
        "slices_off_by_chance": (1 - interval) * len(gaps),
    }
    return {name: Figure(value) for name, value in found.items()}


def cause_figures(rows: pd.DataFrame, params: EvaluateParams) -> dict[str, Figure]:
    """Return mean p, mean true chance, churn rate and AUC of the rows of one cause; all NaN where they are too few.

    The AUC alone is NaN where there is one class only.
    """
    if len(rows) < params.minimum_slice_rows:
        return {name: Figure(float("nan")) for name in CAUSE_NAMES}
    score, true = (rows[name].to_numpy(dtype=float) for name in ("churn_probability", "true_probability"))
    churned = rows["churned"].to_numpy(dtype=float)
    ranking = ranked(score, churned)

    def measure(weights: Floats) -> dict[str, float]:
        return {
            "auc": auc(totals(ranking, weights)),
            "predicted_rate": weighted_mean(score, weights),
            "true_rate": weighted_mean(true, weights),
        }

    figures = figures_with_intervals(measure, subscriber_codes(rows), params)
    return {**figures, "churn_rate": _rate(churned, params.interval)}


def _rate(churned: Floats, interval: float) -> Figure:
    low, high = wilson(np.array([churned.sum()]), np.array([float(len(churned))]), interval)
    return Figure(float(churned.mean()), float(low[0]), float(high[0]))
