"""What a stored model says of rows beside their churn probability: by type, and when. One way for all who ask."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from savedesk.model.calibration import Vector
from savedesk.model.schema import Matrix
from savedesk.model.stored import StoredModel
from savedesk.model.survival import Curves, days_to_churn, expected_months, median_months, survival
from savedesk.schemas.labels import CHURN_TYPES


def predicted(
    stored: StoredModel, matrix: Matrix, probability: Vector, lead_days: int, outcome_days: int
) -> dict[str, npt.NDArray[Any]]:
    """Return columns of the contract ``scores``: probability of each type, the likeliest one, and time to churn.

    Args:
        stored: model.
        matrix: rows by columns of its schema.
        probability: churn probability of each row.
        lead_days: from as_of to the outcome window.
        outcome_days: length of the window.
    """
    hazards, shares = stored.hazards(matrix, probability, outcome_days), stored.type_shares(matrix)
    likeliest = np.argmax(shares, axis=1) if len(matrix) else np.empty(0, np.int64)
    return {
        **probabilities_by_type(shares, probability),
        "churn_type": np.array(CHURN_TYPES, dtype=object)[likeliest],
        "expected_days_to_churn": days_to_churn(hazards, lead_days, outcome_days),
        "expected_months": expected_months(hazards),
        "median_months": median_months(hazards),
        **{f"survival_{month}": curve for month, curve in enumerate(survival(hazards).T, start=1)},
    }


def probabilities_by_type(shares: Curves, probability: Vector) -> dict[str, Vector]:
    """Return ``probability_<type>`` of each type; they add up to the churn probability.

    Args:
        shares: P(type | churn) of each row, as ``StoredModel.type_shares`` has them.
        probability: churn probability of each row.
    """
    return {f"probability_{name}": probability * shares[:, place] for place, name in enumerate(CHURN_TYPES)}
