"""Discounted months: how long a subscriber who is kept through the outcome window goes on paying."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from savedesk.params.cohort import CohortParams
from savedesk.params.value import ValueParams
from savedesk.schemas.scores import SURVIVAL_COLUMNS
from savedesk.stages.value.segment import of_segment

Vector = npt.NDArray[np.float64]
Curves = npt.NDArray[np.float64]  # rows by months
HAZARD_DAYS = 30  # a month of the survival curve
MONTH_DAYS = 365.25 / 12  # a month of bills
MONTHS_A_YEAR = 12
MARGIN = 1e-9  # a hazard stays this far from 1, so that its logarithm is finite


def monthly_hazards(rows: pd.DataFrame, own_share: float) -> Curves:
    """Return P(exit in month t | still there when it begins) for t = 1..12 from the start of the outcome window.

    It is ``own_share`` times the subscriber's own hazard and the rest times the mean of their segment at that as_of: of
    those who are kept, who was at high risk goes on at less of it (Vaupel, Manton and Stallard 1979, Demography 16, on
    frailty).

    Args:
        rows: scores, with as_of and segment.
        own_share: 0..1.
    """
    curve = np.hstack([np.ones((len(rows), 1)), rows[list(SURVIVAL_COLUMNS)].to_numpy(np.float64)])
    own = 1 - curve[:, 1:] / np.maximum(curve[:, :-1], np.finfo(float).tiny)
    for month in range(own.shape[1]):
        mean = of_segment(rows, pd.Series(own[:, month], index=rows.index), "mean")
        own[:, month] = own_share * own[:, month] + (1 - own_share) * mean
    return np.asarray(np.clip(own, 0, 1 - MARGIN))


def discounted_months(hazards: Curves, windows: CohortParams, params: ValueParams) -> Vector:
    """Return expected discounted months over the horizon: sum over t = 1..H of S(t) / (1 + i)^(t / 12).

    S(t) is the chance to be there t months after as_of, given that the subscriber is there at the end of the outcome
    window: 1 until then, since whoever multiplies the value by the churn probability has counted that risk already.
    Within a month the hazard is constant. Beyond the 12 months of the curve it is the mean of the last ``tail_months``.

    Args:
        hazards: of the months of 30 days from the start of the outcome window, rows by 12.
        windows: section ``cohort``: lead and length of the outcome window.
        params: section ``value``: horizon H, annual discount rate i.
    """
    rates = np.log1p(-np.column_stack([hazards, hazards[:, -params.tail_months :].mean(axis=1)]))
    kept = windows.outcome_days / HAZARD_DAYS
    months, gone, done = np.zeros(len(hazards)), np.zeros(len(hazards)), 0
    for month in range(1, params.horizon_months + 1):
        at = (month * MONTH_DAYS - windows.lead_days) / HAZARD_DAYS
        while done + 1 <= at:
            gone += _rate(rates, done) * np.clip(done + 1 - kept, 0, 1)
            done += 1
        part = _rate(rates, done) * max(at - max(done, kept), 0)
        months += np.exp(gone + part) / (1 + params.annual_discount_rate) ** (month / MONTHS_A_YEAR)
    return months


def _rate(rates: Curves, month: int) -> Vector:
    """Return log(1 - hazard) of the month that begins ``month`` months after the outcome window's start."""
    return rates[:, min(month, rates.shape[1] - 1)]
