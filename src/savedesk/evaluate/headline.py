"""Figures of all rows together: of the model and of the simple baselines."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pandas as pd

from savedesk.evaluate.bootstrap import Figure, figures_with_intervals
from savedesk.evaluate.empc import mpc_and_empc
from savedesk.evaluate.money import contacted, first_of_each_month, monthly_gain
from savedesk.evaluate.probability import calibration_error, equal_count_bins, row_losses, weighted_mean
from savedesk.evaluate.ranking import Floats, ranked, ranking_figures, totals
from savedesk.evaluate.rows import subscriber_codes
from savedesk.params.evaluate import EvaluateParams

Track = Callable[[Iterable[Floats]], Iterable[Floats]]


def model_figures(rows: pd.DataFrame, gain: Floats, params: EvaluateParams, track: Track = iter) -> dict[str, Figure]:
    """Return every figure of the model, each with its interval."""
    score, churned, value = columns(rows)
    ranking = ranked(score, churned, value)
    log_losses, square_errors = row_losses(score, churned)
    bins, earned = equal_count_bins(score, params.calibration_bins), monthly_gain(rows, gain, contacted(rows))

    def measure(weights: Floats) -> dict[str, float]:
        t = totals(ranking, weights)
        return {
            **ranking_figures(t, params.top_shares),
            **mpc_and_empc(t, params),
            "log_loss": weighted_mean(log_losses, weights),
            "brier": weighted_mean(square_errors, weights),
            "ece": calibration_error(bins, score, churned, weights),
            "profit_at_capacity": earned(weights),
        }

    return figures_with_intervals(measure, subscriber_codes(rows), params, track)


def baseline_figures(rows: pd.DataFrame, score: Floats, gain: Floats, params: EvaluateParams) -> dict[str, Figure]:
    """Return the figures of a ranking that gives no probabilities; it contacts as many as the policy does."""
    _, churned, value = columns(rows)
    ranking = ranked(score, churned, value)
    earned = monthly_gain(rows, gain, first_of_each_month(rows, score, gain))

    def measure(weights: Floats) -> dict[str, float]:
        figures = ranking_figures(totals(ranking, weights), params.top_shares)
        return {**figures, "profit_at_capacity": earned(weights)}

    return figures_with_intervals(measure, subscriber_codes(rows), params)


def columns(rows: pd.DataFrame) -> tuple[Floats, Floats, Floats]:
    """Return churn probability, outcome (1 or 0) and remaining value of each row."""
    value = rows["remaining_value"].fillna(0).to_numpy(dtype=float)
    return rows["churn_probability"].to_numpy(dtype=float), rows["churned"].to_numpy(dtype=float), value
