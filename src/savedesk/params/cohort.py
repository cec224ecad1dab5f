"""Section ``cohort``: the windows around each as_of, what churn means, and the folds."""

import datetime as dt
from typing import ClassVar, Literal

from pydantic import Field

from savedesk.params.section import Section


class CohortParams(Section):
    """Windows, churn types, eligibility and folds (DESIGN section 5)."""

    key: ClassVar[str] = "cohort"
    as_of: Literal["newest"] | dt.date
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
    snapshot_folds: int = Field(ge=2, le=20)
    seed: int = Field(ge=0)
