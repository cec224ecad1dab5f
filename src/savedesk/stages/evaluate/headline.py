"""Figures of all rows together: of the model, of the baselines, and by how much the model is ahead of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd

from savedesk.metrics.running_sums import Floats
from savedesk.params.evaluate import EvaluateParams
from savedesk.stages.evaluate.bootstrap import Figure, Resamples, Sums, figures_with_intervals
from savedesk.stages.evaluate.rows import baselines_of
from savedesk.stages.evaluate.score_figures import FigureRows, PairedScores, ScoredRows

MODEL = "savedesk"
Track = Callable[[Iterable[list[Floats]]], Iterable[list[Floats]]]


def headline_figures(
    rows: pd.DataFrame, given: FigureRows, params: EvaluateParams, resamples: Resamples, track: Track = iter
) -> dict[str, dict[str, Figure]]:
    """Return every figure of the model and of each baseline with its interval, by model and metric.

    All are measured on the same resamples, so that ``auc_ahead`` and ``log_loss_ahead`` are paired: above 0 the model
    is better. A baseline has no profit at capacity: rows and actions of the list follow from the model.

    Args:
        rows: evaluation rows.
        given: what figures are made of.
        params: section ``evaluate``.
        resamples: of the subscribers.
        track: shows progress over the resamples.
    """
    scored = {MODEL: ScoredRows(given, params, listing=True)}
    scored |= {name: ScoredRows(given, params, score=score) for name, score in baselines_of(rows).items()}
    every = PairedScores(scored)

    def measure(sums: Sums) -> dict[tuple[str, str], Floats]:
        return _beside(every.figures(sums))

    figures = figures_with_intervals(measure, every.tallies, resamples, _beside(every.points()), track)
    return {name: {metric: figure for (model, metric), figure in figures.items() if model == name} for name in scored}


def _beside(figures: Mapping[str, dict[str, Any]]) -> dict[tuple[str, str], Any]:
    """Return the figures by model and metric, and by how much the model is ahead of each baseline."""
    own = figures[MODEL]
    for name in figures.keys() - {MODEL}:
        figures[name].pop("churn_rate")  # that of the rows, whoever scored them
        figures[name] |= {
            "auc_ahead": own["auc"] - figures[name]["auc"],
            "log_loss_ahead": figures[name]["log_loss"] - own["log_loss"],
        }
    return {(name, metric): value for name, by_metric in figures.items() for metric, value in by_metric.items()}


def best_baseline(figures: Mapping[str, Mapping[str, Figure]]) -> str:
    """Return the baseline with the lowest log loss on these very rows, or an empty text where there is none."""
    others = [name for name in figures if name != MODEL]
    return min(others, key=lambda name: figures[name]["log_loss"].value, default="")


def columns(rows: pd.DataFrame) -> tuple[Floats, Floats, Floats]:
    """Return churn probability, outcome (1 or 0) and remaining value of each row."""
    value = rows["remaining_value"].fillna(0).to_numpy(dtype=float)
    return rows["churn_probability"].to_numpy(dtype=float), rows["churned"].to_numpy(dtype=float), value
