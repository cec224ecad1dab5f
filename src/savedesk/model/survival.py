"""Time to churn: a discrete-time hazard over months of 30 days, and what follows from it.

Month 1 begins with the outcome window, for those who are still there: the same people that the churn probability is of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
from scipy.special import expit

from savedesk.model.fitted import BandRates
from savedesk.model.schema import Matrix, ModelColumn, ModelSchema
from savedesk.model.tree_text import parted
from savedesk.schemas.model import NO_BOOSTER

Vector = npt.NDArray[np.float64]
Curves = npt.NDArray[np.float64]  # rows by months
MONTH_DAYS = 30
MONTHS = 12
MARGIN = 1e-9  # hazards stay this far from 0 and 1, so that a cumulative hazard is finite
ROWS_AT_ONCE = 50_000  # a wider copy of so many rows is held, never of all


@dataclass(frozen=True)
class SurvivalModel:
    """Hazard of each month, given the features at as_of (Singer and Willett 1993, J. Educational Statistics 18).

    Args:
        booster: log-odds of the hazard; its last column is the number of the month, the others are the model's.
            None: no tree looks at the month.
        rounds: trees that count; None: all.
        level: the trees that do not look at the month, to be added: they are evaluated once instead of twelve times.
    """

    booster: lgb.Booster | None
    rounds: int | None = None
    level: lgb.Booster | None = None

    @staticmethod
    def read(text: str) -> SurvivalModel | None:
        """Return the model from its text; none where that says so."""
        if text == NO_BOOSTER:
            return None
        month = lgb.Booster(model_str=text).num_feature() - 1
        level, by_month = (lgb.Booster(model_str=part) if part else None for part in parted(text, month))
        return SurvivalModel(by_month, level=level)

    def hazards(self, matrix: Matrix) -> Curves:
        """Return P(exit in month t | still there when it begins) for t = 1..12: rows by months."""
        log_odds = np.zeros((len(matrix), MONTHS))
        for start in range(0, len(matrix), ROWS_AT_ONCE):
            part = matrix[start : start + ROWS_AT_ONCE]
            wide = np.empty((len(part), part.shape[1] + 1), dtype=np.float32)
            wide[:, :-1] = part
            here = log_odds[start : start + ROWS_AT_ONCE]
            if self.level:
                wide[:, -1] = 1
                here += np.asarray(self.level.predict(wide, raw_score=True))[:, None]
            if self.booster is None:
                continue
            for month in range(1, MONTHS + 1):
                wide[:, -1] = month
                here[:, month - 1] += self.booster.predict(wide, raw_score=True, num_iteration=self.rounds)
        return np.asarray(np.clip(expit(log_odds), MARGIN, 1 - MARGIN))


def with_month(schema: ModelSchema) -> ModelSchema:
    """Return the columns of the survival model: those of the model, and the number of the month."""
    return ModelSchema((*schema.columns, ModelColumn("month", "float64")))


def tenure_curves(described: dict[str, Any], tenure: Vector) -> Curves:
    """Return the Kaplan-Meier curve of each row's band of tenure: what any survival model must beat.

    Args:
        described: with ``tenure``, for each month the survival by band as ``BandRates.to_json`` says it, and
            ``everybody``, that of all rows, for those whose tenure is not known.
        tenure: of each row, in the unit of the bands; missing where it is not known.
    """
    curves = np.column_stack([BandRates.from_json(rates).of(tenure) for rates in described["tenure"]])
    return np.where(np.isnan(curves), described["everybody"], curves)


def survival(hazards: Curves) -> Curves:
    """Return P(still there after month t): the product of 1 - hazard up to t; it never rises."""
    return np.asarray(np.cumprod(1 - hazards, axis=1))


def constant_hazards(probability: Vector, outcome_days: int) -> Curves:
    """Return hazards that are the same in every month: all that a source without dates of exits can tell.

    1 - (1 - p)^(30 / days), with p the probability of churn within the outcome window.
    """
    hazard = 1 - np.power(1 - probability, MONTH_DAYS / outcome_days)
    return np.tile(np.clip(hazard, MARGIN, 1 - MARGIN)[:, None], MONTHS)


def agreeing(hazards: Curves, probability: Vector, outcome_days: int) -> Curves:
    """Return hazards that give the churn probability within the outcome window.

    The cumulative hazard of every month is multiplied by one number a row (proportional hazards; Cox 1972), so that
    what the window says about a subscriber's level of risk holds for the months after it.

    Args:
        hazards: of the survival model.
        probability: churn probability.
        outcome_days: length of the outcome window.
    """
    cumulative = -np.log1p(-hazards)
    inside = (cumulative * _days_inside(outcome_days) / MONTH_DAYS).sum(axis=1)
    ratio = -np.log1p(-probability) / inside
    return np.asarray(np.clip(-np.expm1(-cumulative * ratio[:, None]), MARGIN, 1 - MARGIN))


def expected_months(hazards: Curves) -> Vector:
    """Return the expected months until the exit, of the next 12 (restricted mean survival time, trapezoids)."""
    curve = np.hstack([np.ones((len(hazards), 1)), survival(hazards)])
    return np.asarray((curve[:, :-1] + curve[:, 1:]).sum(axis=1) / 2)


def median_months(hazards: Curves) -> Vector:
    """Return the months after which half of such subscribers have left; NaN where that takes longer than 12.

    Within a month the hazard is constant.
    """
    cumulative = np.cumsum(-np.log1p(-hazards), axis=1)
    half = np.log(2.0)
    month = (cumulative < half).sum(axis=1)
    there = month < MONTHS
    rows, at = np.flatnonzero(there), month[there]
    before = np.where(at > 0, cumulative[rows, np.maximum(at - 1, 0)], 0.0)
    months = np.full(len(hazards), np.nan)
    months[there] = at + (half - before) / (cumulative[rows, at] - before)
    return months


def days_to_churn(hazards: Curves, lead_days: int, outcome_days: int) -> Vector:
    """Return the mean days from as_of to the exit, given one in the outcome window; hazards are constant in a month.

    With S the survival within the window of D days the mean is (integral of S from 0 to D - D S(D)) / (1 - S(D)).

    Args:
        hazards: rows by months.
        lead_days: days from as_of to the window.
        outcome_days: length of the window, D.
    """
    rates = -np.log1p(-hazards) / MONTH_DAYS
    spans = _days_inside(outcome_days)
    alive, area = np.ones(len(hazards)), np.zeros(len(hazards))
    for month, days in enumerate(spans):
        left = -np.expm1(-rates[:, month] * days)
        area += alive * left / rates[:, month]
        alive = alive * (1 - left)
    whole = spans.sum()
    gone = 1 - alive
    # The difference of two large numbers loses its digits for small p, where the exit is as likely on any day.
    mean = np.where(gone < 1e-4, whole / 2, (area - whole * alive) / np.maximum(gone, MARGIN))  # noqa: PLR2004 - numerical
    return np.asarray(lead_days + np.clip(mean, 0, whole))


def _days_inside(outcome_days: int) -> Vector:
    """Return how many days of each month lie in the outcome window; what lies beyond the last month counts with it."""
    starts = MONTH_DAYS * np.arange(MONTHS)
    ends = np.append(np.full(MONTHS - 1, float(MONTH_DAYS)), np.inf)
    return np.clip(float(outcome_days) - starts, 0, ends)
