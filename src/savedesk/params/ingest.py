"""Section ``ingest``: how much dirt a raw table may hold, whose an id is, and what no operator has."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from savedesk.params.section import Section


class PlausibleParams(BaseModel):
    """What no operator has: above these figures ingest warns, and stops where the figure would decide the list."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    least_rows: int = Field(ge=1)
    account_lines: int = Field(ge=1)
    account_share: float = Field(gt=0, le=1)
    value_share: float = Field(gt=0, le=1)
    tenure_years: int = Field(ge=1)
    age_years: int = Field(ge=1)
    ahead_years: int = Field(ge=1)
    same_day_share: float = Field(gt=0, le=1)
    same_year_share: float = Field(gt=0, le=1)
    migration_share: float = Field(gt=0, le=1)
    month_rows_share: float = Field(gt=0, lt=1)


class IngestParams(Section):
    """Limits of the quarantine, the gap after which an id is another subscriber, and what is implausible."""

    key: ClassVar[str] = "ingest"
    max_quarantined_share: float = Field(ge=0, le=1)
    max_newest_month_share: float = Field(ge=0, le=1)
    max_touched_subscribers_share: float = Field(ge=0, le=1)
    max_value_share: float = Field(ge=0, le=1)
    max_extreme_share: float = Field(ge=0, le=1)
    extreme_quantile: float = Field(gt=0, lt=1)
    repeat_from_share: float = Field(ge=0, le=1)
    max_text_length: int = Field(ge=1)
    max_line_mb: int = Field(ge=1, le=1024)
    max_unpacked_mb: int = Field(ge=1)
    reuse_gap_days: int = Field(ge=0, le=3650)
    plausible: PlausibleParams
