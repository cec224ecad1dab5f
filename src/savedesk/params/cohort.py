"""Section ``cohort``: the windows around each as_of, what churn means, which months are known, and the folds."""

import datetime as dt
from typing import ClassVar, Literal

from pydantic import Field

from savedesk.params.section import Section


class CohortParams(Section):
    """Windows, churn types, eligibility, folds, and when a month is known (docs/cohort.md)."""

    key: ClassVar[str] = "cohort"
    as_of: Literal["newest"] | dt.date
    score_only: bool
    observation_months: int = Field(ge=1, le=60)
    minimum_history_months: int = Field(ge=1, le=60)
    lead_days: int = Field(ge=0, le=120)
    outcome_days: int = Field(ge=1, le=365)
    allowed_gap_days: int = Field(ge=0, le=365)
    arrears_days: int = Field(ge=1, le=365)
    dormant_days: int = Field(ge=28, le=365)
    minimum_tenure_days: int = Field(ge=0, le=3650)
    test_as_of_dates: int = Field(ge=1, le=24)
    train_as_of_dates: int = Field(ge=1, le=120)
    folds: int = Field(ge=2, le=20)
    complete_month_share: float = Field(gt=0, le=1)
    complete_month_lookback: int = Field(ge=1, le=24)
    prompt_usage_share: float = Field(gt=0, le=1)
    snapshot_folds: int = Field(ge=2, le=20)
    seed: int = Field(ge=0)
