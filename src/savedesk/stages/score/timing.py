"""The hazard of a month, for the value of those who stay."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
DAYS_A_MONTH = 30.0


def monthly_hazard(probability: Vector, outcome_days: int) -> Vector:
    """Return P(churn in 30 days) under a constant hazard over the outcome window: 1 - (1 - p)^(30 / days)."""
    hazard: Vector = 1 - np.power(1 - probability, DAYS_A_MONTH / outcome_days)
    return hazard
