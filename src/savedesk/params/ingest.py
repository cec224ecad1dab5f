"""Section ``ingest``: how much dirt a raw table may hold, whose an id is, and what no operator has."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from savedesk.params.section import Section


class PlausibleParams(BaseModel):
    """What no operator has: above these figures ingest warns, and stops where the figure would decide the list."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    least_rows: int = Field(default=20, ge=1, description="rows or lines that it takes to call a share odd; assumed")
    account_lines: int = Field(
        default=20,
        ge=1,
        description="lines of one account that are no household (segment consumer, or none); lines; assumed: 4 "
        "persons with 5 lines each",
    )
    account_share: float = Field(
        default=0.05,
        gt=0,
        le=1,
        description="share of all lines on such an account above which the stage stops; assumed",
    )
    value_share: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="share of a month's bills, of its use or of all value that one subscriber has; a total has a "
        "half; arithmetic",
    )
    tenure_years: int = Field(
        default=80,
        ge=1,
        description="years of service that no subscriber has reached; years; assumed: a line that was inherited once",
    )
    age_years: int = Field(default=110, ge=1, description="years that no subscriber has reached; years; assumed")
    ahead_years: int = Field(
        default=5,
        ge=1,
        description="years after the data were taken in which notices and contracts end; years; assumed: contracts "
        "run 3 at most",
    )
    same_day_share: float = Field(
        default=0.1, gt=0, le=1, description="share of a table's rows on one and the same day; share; assumed"
    )
    same_year_share: float = Field(
        default=0.2,
        gt=0,
        le=1,
        description="share of subscribers born in one and the same year; share; no cohort of 80 has a tenth",
    )
    migration_share: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="share of a day's exits that were activated anew that day with the same account, region, plan, "
        "...; share; assumed",
    )
    month_rows_share: float = Field(
        default=0.5,
        gt=0,
        lt=1,
        description="share of the rows of the fullest of the three months before below which a month counts as not "
        "delivered; share; assumed",
    )


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
    plausible: PlausibleParams = Field(default=PlausibleParams(), description="what no operator has")
