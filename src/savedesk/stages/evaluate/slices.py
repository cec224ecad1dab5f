"""Figures by tier, segment, region, band of age and of tenure, gender, as_of, fold and type, and by true cause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.stats import norm

from savedesk.metrics.ranking import auc
from savedesk.metrics.running_sums import Floats, Integers, ratio
from savedesk.model.wilson import wilson
from savedesk.params.evaluate import EvaluateParams
from savedesk.schemas.labels import CHURN_TYPES
from savedesk.stages.evaluate.bootstrap import Figure, Resamples, Sums, Tally, amounts, figures_with_intervals
from savedesk.stages.evaluate.rows import UNKNOWN
from savedesk.stages.evaluate.score_figures import FigureRows, PairedScores, ScoredRows

SLICE_BY = ("as_of", "tier", "segment", "region", "age_band", "tenure_band", "gender", "fold")
BY_CAUSE = ("cause",)
BY_TYPE = "churn_type"
CALIBRATED_BY = ("as_of", "tier", "segment", "region", "age_band", "tenure_band", "gender", BY_TYPE)  # no folds: by lot
CAUSE_NAMES = ("auc", "predicted_rate", "true_rate", "churn_rate")
Slice = tuple[str, str]


def slices_of(rows: pd.DataFrame, by: tuple[str, ...] = SLICE_BY) -> Iterator[tuple[Slice, Integers]]:
    """Yield (slice_by, slice) and the places of its rows for every value of every slicing that the source knows."""
    for slice_by in by:
        column = rows[slice_by]
        if column.isna().all():
            continue
        labels = column.astype("Int64").astype("string") if slice_by == "fold" else column.astype("string")
        codes, names = pd.factorize(labels.fillna(UNKNOWN), sort=True)
        places = np.argsort(codes, kind="stable")
        parts = np.split(places, np.cumsum(np.bincount(codes))[:-1])
        for name, part in zip(names, parts, strict=True):
            yield (slice_by, str(name)), part


def slice_figures(
    given: FigureRows, slices: Mapping[Slice, Integers], params: EvaluateParams, resamples: Resamples
) -> dict[Slice, dict[str, Figure]]:
    """Return the figures of each slice; all NaN where it is too small or has one class only.

    Args:
        given: what figures are made of.
        slices: places of the rows of each slice.
        params: section ``evaluate``.
        resamples: of the subscribers.
    """
    parts = {key: given.at(places) for key, places in slices.items()}
    return _of_slices(parts, params, resamples, listing=True)


def _of_slices(
    parts: Mapping[Slice, FigureRows], params: EvaluateParams, resamples: Resamples, *, listing: bool
) -> dict[Slice, dict[str, Figure]]:
    scored = {
        key: ScoredRows(part, params, listing=listing)
        for key, part in parts.items()
        if len(part.churned) >= params.minimum_slice_rows and part.churned.min() < part.churned.max()
    }
    figures = _figures(PairedScores(scored), resamples) if scored else {}
    names = next(iter(figures.values()), {}).keys() or ("auc", "log_loss", "churn_rate", "calibration_gap")
    absent = {name: Figure(float("nan")) for name in names}
    return {key: _with_rates(figures[key], part, params) if key in figures else absent for key, part in parts.items()}


def _figures(every: PairedScores[Slice], resamples: Resamples) -> dict[Slice, dict[str, Figure]]:
    def measure(sums: Sums) -> dict[tuple[Slice, str], Floats]:
        return {(key, name): value for key, by_name in every.figures(sums).items() for name, value in by_name.items()}

    point = {(key, name): value for key, by_name in every.points().items() for name, value in by_name.items()}
    figures: dict[Slice, dict[str, Figure]] = {}
    for (key, name), figure in figures_with_intervals(measure, every.tallies, resamples, point).items():
        figures.setdefault(key, {})[name] = figure
    return figures


def _with_rates(figures: dict[str, Figure], given: FigureRows, params: EvaluateParams) -> dict[str, Figure]:
    gap = _at_least_by_chance(figures["calibration_gap"], given.score, params.interval)
    return {**figures, "calibration_gap": gap, "churn_rate": _rate(given.churned, params.interval)}


def _at_least_by_chance(gap: Figure, score: Floats, interval: float) -> Figure:
    """Return the gap with an interval no narrower than chance alone makes it, where every probability is right.

    A bootstrap cannot draw the churner who was not there: in a small slice without a surprise its interval is too
    narrow. The sum of the outcomes has the variance sum p (1 - p) (Spiegelhalter 1986, Statistics in Medicine 5).
    """
    half = float(norm.ppf(0.5 + interval / 2)) * float(np.sqrt(np.sum(score * (1 - score)))) / len(score)
    return Figure(gap.value, min(gap.low, gap.value - half), max(gap.high, gap.value + half))


def type_figures(
    rows: pd.DataFrame, given: FigureRows, params: EvaluateParams, resamples: Resamples
) -> dict[Slice, dict[str, Figure]]:
    """Return the figures of each type of churn that is expected or seen, and its shares of the churn in each sense.

    All rows are judged once for each type: by its probability, a churner being who left in that way. All NaN where
    nobody did, or there are too few rows.

    Args:
        rows: evaluation rows.
        given: what figures are made of.
        params: section ``evaluate``.
        resamples: of the subscribers.
    """
    parts: dict[Slice, FigureRows] = {}
    for name in CHURN_TYPES:
        score = rows[f"probability_{name}"].to_numpy(dtype=float)
        left = given.churned * (rows["churn_type"] == name).to_numpy(dtype=float)
        if left.any() or score.max() > 0:
            parts[BY_TYPE, name] = replace(given, score=score, churned=left)
    figures = _of_slices(parts, params, resamples, listing=False)
    shares = _shares(parts, given, resamples) if parts else {}
    for key, by_name in figures.items():
        known = not np.isnan(by_name["log_loss"].value)
        figures[key] = {
            **by_name,
            **{name: figure if known else Figure(float("nan")) for name, figure in shares[key].items()},
        }
    return figures


def _shares(
    parts: Mapping[Slice, FigureRows], given: FigureRows, resamples: Resamples
) -> dict[Slice, dict[str, Figure]]:
    """Return each type's share of the churn that was expected, and of that which was seen."""
    values = [value for part in parts.values() for value in (part.score, part.churned)]

    def measure(sums: Sums) -> dict[tuple[Slice, str], Floats]:
        expected, left, *own = (amount[:, 0] for amount in sums)
        return {
            (key, name): ratio(own[2 * place + step], whole)
            for place, key in enumerate(parts)
            for step, (name, whole) in enumerate((("predicted_share", expected), ("observed_share", left)))
        }

    shares = figures_with_intervals(measure, amounts(given.subscriber, given.score, given.churned, *values), resamples)
    return {key: {name: share for (of, name), share in shares.items() if of == key} for key in parts}


def confusion(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the table ``confusion``: of those who left, how many in which way, by the way that was likeliest."""
    left = rows[rows["churned"] & rows["churn_type"].notna()]
    likeliest = left[[f"probability_{name}" for name in CHURN_TYPES]].to_numpy(dtype=float).argmax(axis=1)
    predicted = np.array(CHURN_TYPES, dtype=object)[likeliest]
    counts = pd.Series(zip(left["churn_type"], predicted, strict=True)).value_counts()
    lines = [(seen, said, int(counts.get((seen, said), 0))) for seen in CHURN_TYPES for said in CHURN_TYPES]
    return pd.DataFrame(lines, columns=["churn_type", "likeliest", "rows"]) if len(left) else pd.DataFrame()


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
    counts = {
        "slices_judged": float(len(gaps)),
        "slices_off": float(((gaps["low"] > 0) | (gaps["high"] < 0)).sum()),
        "slices_off_by_chance": (1 - interval) * len(gaps),
    }
    return {name: Figure(value) for name, value in counts.items()}


def cause_figures(
    true: Floats, given: FigureRows, slices: Mapping[Slice, Integers], params: EvaluateParams, resamples: Resamples
) -> dict[Slice, dict[str, Figure]]:
    """Return mean p, mean true chance, churn rate and AUC of the rows of each cause; all NaN where they are too few.

    The AUC alone is NaN where there is one class only.

    Args:
        true: true churn probability of each row.
        given: what figures are made of.
        slices: places of the rows of each cause.
        params: section ``evaluate``.
        resamples: of the subscribers.
    """
    by_cause: dict[Slice, dict[str, Figure]] = {}
    for key, places in slices.items():
        if len(places) < params.minimum_slice_rows:
            by_cause[key] = {name: Figure(float("nan")) for name in CAUSE_NAMES}
            continue
        part = given.at(places)
        figures = _cause(part, true[places], ScoredRows(part, params), resamples)
        by_cause[key] = {**figures, "churn_rate": _rate(part.churned, params.interval)}
    return by_cause


def _cause(part: FigureRows, true: Floats, scored: ScoredRows, resamples: Resamples) -> dict[str, Figure]:
    ones = np.ones(len(true))

    def measure(sums: Sums) -> dict[str, Floats]:
        rows, score, chance = (amount[:, 0] for amount in sums[-3:])
        return {
            "auc": auc(scored.totals(sums)),
            "predicted_rate": ratio(score, rows),
            "true_rate": ratio(chance, rows),
        }

    tallies: list[Tally] = [*scored.tallies, *amounts(part.subscriber, ones, part.score, true)]
    return figures_with_intervals(measure, tallies, resamples)


def _rate(churned: Floats, interval: float) -> Figure:
    low, high = wilson(np.array([churned.sum()]), np.array([float(len(churned))]), interval)
    return Figure(float(churned.mean()), float(low[0]), float(high[0]))
