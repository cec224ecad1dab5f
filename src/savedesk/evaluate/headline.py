"""Figures of all rows together: of the model, of the baselines, and by how much the model is ahead of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import pandas as pd

from savedesk.evaluate.bootstrap import Figure, figures_with_intervals
from savedesk.evaluate.empc import mpc_and_empc
from savedesk.evaluate.money import contacted, monthly_gain
from savedesk.evaluate.probability import calibration_error, equal_count_bins, row_losses, weighted_mean
from savedesk.evaluate.ranking import Floats, ranked, ranking_figures, totals
from savedesk.evaluate.rows import baselines_of, subscriber_codes
from savedesk.params.evaluate import EvaluateParams

MODEL = "savedesk"
Track = Callable[[Iterable[Floats]], Iterable[Floats]]


class _Judged:
    """One model on the rows: what does not change from resample to resample is computed once."""

    def __init__(self, rows: pd.DataFrame, score: Floats, params: EvaluateParams) -> None:
        _, self._churned, value = columns(rows)
        self._score, self._params = score, params
        self._ranking = ranked(score, self._churned, value)
        self._log_losses, self._square_errors = row_losses(score, self._churned)
        self._bins = equal_count_bins(score, params.calibration_bins)

    def figures(self, weights: Floats) -> dict[str, float]:
        t = totals(self._ranking, weights)
        return {
            **ranking_figures(t, self._params.top_shares),
            **mpc_and_empc(t, self._params),
            "log_loss": weighted_mean(self._log_losses, weights),
            "brier": weighted_mean(self._square_errors, weights),
            "ece": calibration_error(self._bins, self._score, self._churned, weights),
            "predicted_rate": weighted_mean(self._score, weights),
            "calibration_gap": weighted_mean(self._score - self._churned, weights),
        }


def headline_figures(
    rows: pd.DataFrame, gain: Floats, params: EvaluateParams, track: Track = iter
) -> dict[str, dict[str, Figure]]:
    """Return every figure of the model and of each baseline with its interval, by model and metric.

    All are measured on the same resamples, so that ``auc_ahead`` and ``log_loss_ahead`` are paired: above 0 the model
    is better. A baseline has no profit at capacity: rows and actions of the list follow from the model.

    Args:
        rows: evaluation rows.
        gain: realised gain of each row.
        params: section ``evaluate``.
        track: shows progress over the resamples.
    """
    score, churned, _ = columns(rows)
    judged = {name: _Judged(rows, one, params) for name, one in {MODEL: score, **baselines_of(rows)}.items()}
    listed = contacted(rows)
    earned = monthly_gain(rows, gain, listed)
    promised = monthly_gain(rows, rows["expected_gain"].to_numpy(dtype=float), listed)

    def measure(weights: Floats) -> dict[tuple[str, str], float]:
        found = {name: one.figures(weights) for name, one in judged.items()}
        own = found[MODEL]
        for name in found.keys() - {MODEL}:
            found[name] |= {
                "auc_ahead": own["auc"] - found[name]["auc"],
                "log_loss_ahead": found[name]["log_loss"] - own["log_loss"],
            }
        own |= {"promised_gain": promised(weights), "profit_at_capacity": earned(weights)}
        own |= {"churn_rate": weighted_mean(churned, weights)}
        return {(name, metric): value for name, one in found.items() for metric, value in one.items()}

    figures = figures_with_intervals(measure, subscriber_codes(rows), params, track)
    return {name: {metric: one for (model, metric), one in figures.items() if model == name} for name in judged}


def best_baseline(figures: Mapping[str, Mapping[str, Figure]]) -> str:
    """Return the baseline with the lowest log loss on these very rows, or an empty text where there is none."""
    others = [name for name in figures if name != MODEL]
    return min(others, key=lambda name: figures[name]["log_loss"].value, default="")


def columns(rows: pd.DataFrame) -> tuple[Floats, Floats, Floats]:
    """Return churn probability, outcome (1 or 0) and remaining value of each row."""
    value = rows["remaining_value"].fillna(0).to_numpy(dtype=float)
    return rows["churn_probability"].to_numpy(dtype=float), rows["churned"].to_numpy(dtype=float), value
