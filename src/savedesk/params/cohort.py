"""Section ``cohort``: the windows around each as_of, what churn means, which months are known, and the folds."""

import datetime as dt
from typing import ClassVar, Literal

from pydantic import Field, field_validator

from savedesk.params.section import Section
from savedesk.schemas.labels import CHURN_TYPES

MONTH_DAYS = 30


class CohortParams(Section):
    """Windows, churn types, eligibility, folds, and when a month is known (docs/cohort.md)."""

    key: ClassVar[str] = "cohort"
    FEWEST: ClassVar[int] = 30  # subscribers of whom a rate says something about an operator
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
    churn_types: tuple[str, ...] = Field(min_length=1)
    doubtful_monthly_churn: float = Field(gt=0, le=1)
    doubtful_type_share: float = Field(gt=0, le=1)
    doubtful_early_share: float = Field(ge=0, le=1)
    snapshot_folds: int = Field(ge=2, le=20)
    seed: int = Field(ge=0)

    @field_validator("churn_types")
    @classmethod
    def _types_exist(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if CHURN_TYPES[0] not in given or len(set(given)) < len(given) or not set(given) <= set(CHURN_TYPES):
            message = (
                f"churn_types is {', '.join(given)}; allowed: {CHURN_TYPES[0]}, since who cancels has left, and what "
                f"counts as churn beside it ({', '.join(CHURN_TYPES[1:])}), each once"
            )
            raise ValueError(message)
        return given

    @property
    def switched_off(self) -> tuple[str, ...]:
        """The churn types that do not count as churn here."""
        return tuple(name for name in CHURN_TYPES if name not in self.churn_types)

    def monthly(self, share: float) -> float:
        """Return a share of subscribers that leaves in the outcome window as the share that would leave in 30 days."""
        return float(1 - (1 - min(share, 1.0)) ** (MONTH_DAYS / self.outcome_days))
