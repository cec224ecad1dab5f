"""Time to churn under a constant hazard over lead and outcome window."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
DAYS_A_MONTH = 30.0


def monthly_hazard(probability: Vector, outcome_days: int) -> Vector:
    """Return P(churn in 30 days) under a constant hazard over the outcome window: 1 - (1 - p)^(30 / days)."""
    hazard: Vector = 1 - np.power(1 - probability, DAYS_A_MONTH / outcome_days)
    return hazard


def expected_days_to_churn(probability: Vector, lead_days: int, outcome_days: int) -> Vector:
    """Return the mean days from as_of to the exit, given an exit in the outcome window, under a constant daily hazard.

    An exponential cut off at the window's end has the mean 1/k - D (1 - p) / p with k = -ln(1 - p) / D and D days.
    """
    rate = -np.log1p(-probability) / outcome_days
    mean = 1 / rate - outcome_days * (1 - probability) / probability
    # The difference of two large numbers loses its digits for small p, where the exit is as likely on any day.
    inside = np.where(probability < 1e-4, outcome_days / 2, mean)  # noqa: PLR2004 - numerical
    days: Vector = lead_days + inside
    return days
