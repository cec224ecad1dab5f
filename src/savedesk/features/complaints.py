"""Family complaints: what the subscriber complained about, and how it ended."""

from __future__ import annotations

from typing import Any

from savedesk.features.declaration import feature
from savedesk.features.spans import QUARTER_DAYS, YEAR_DAYS


def _age(events: Any) -> Any:
    return events.as_of.delta(events.opened_at, unit="day")


@feature(
    "complaints",
    unit="complaints",
    window="3 months",
    empty=0,
    direction=1,
    reason="complaint",
    speaks=(1, None),
    en="{value:.0f} complaint(s) in 3 months",
    zh="近三个月投诉 {value:.0f} 次",
)
def complaint_count_3m(events: Any) -> Any:
    """Complaints opened within 3 months."""
    return (_age(events) <= QUARTER_DAYS).sum().cast("float64")


@feature("complaints", unit="complaints", window="12 months", empty=0, direction=1)
def complaint_count_12m(events: Any) -> Any:
    """Complaints opened within 12 months."""
    return (_age(events) <= YEAR_DAYS).sum().cast("float64")


@feature(
    "complaints",
    unit="complaints",
    empty=0,
    direction=1,
    reason="complaint",
    speaks=(1, None),
    en="{value:.0f} complaint(s) still open",
    zh="有 {value:.0f} 个投诉未解决",
)
def complaints_open(events: Any) -> Any:
    """Complaints open at as_of."""
    return events.closed_at.isnull().sum().cast("float64")


@feature(
    "complaints",
    unit="days",
    empty=0,
    direction=1,
    reason="complaint",
    speaks=(1, None),
    en="oldest open complaint is {value:.0f} days old",
    zh="最久未解决投诉已 {value:.0f} 天",
)
def complaint_open_days(events: Any) -> Any:
    """Age of the oldest complaint open at as_of."""
    return _age(events).max(where=events.closed_at.isnull()).cast("float64")


@feature("complaints", unit="days", direction=-1)
def days_since_complaint(events: Any) -> Any:
    """Days since the last complaint."""
    return _age(events).min().cast("float64")


@feature("complaints", unit="days", window="12 months", direction=1)
def complaint_days_to_close(events: Any) -> Any:
    """Longest time to close among the complaints of 12 months."""
    return events.closed_at.delta(events.opened_at, unit="day").max(where=_age(events) <= YEAR_DAYS).cast("float64")


@feature(
    "complaints",
    unit="complaints",
    window="12 months",
    empty=0,
    direction=1,
    reason="complaint",
    speaks=(1, None),
    en="{value:.0f} complaint(s) reopened in 12 months",
    zh="近一年重开投诉 {value:.0f} 次",
)
def complaints_reopened_12m(events: Any) -> Any:
    """Complaints of 12 months that were reopened."""
    return ((_age(events) <= YEAR_DAYS) & events.reopened.fill_null(False)).sum().cast("float64")


@feature(
    "complaints",
    unit="complaints",
    window="12 months",
    empty=0,
    direction=1,
    reason="complaint",
    speaks=(1, None),
    en="{value:.0f} complaint(s) escalated in 12 months",
    zh="近一年升级投诉 {value:.0f} 次",
)
def complaints_escalated_12m(events: Any) -> Any:
    """Complaints of 12 months that went to a second level."""
    return ((_age(events) <= YEAR_DAYS) & events.escalated.fill_null(False)).sum().cast("float64")


@feature(
    "complaints",
    unit="complaints",
    window="12 months",
    empty=0,
    direction=1,
    reason="complaint",
    speaks=(1, None),
    en="{value:.0f} complaint(s) ended without satisfaction",
    zh="有 {value:.0f} 次投诉结果不满意",
)
def complaints_unsatisfied_12m(events: Any) -> Any:
    """Complaints of 12 months whose outcome did not content the subscriber."""
    return ((_age(events) <= YEAR_DAYS) & ~events.satisfied.fill_null(True)).sum().cast("float64")


@feature(
    "complaints",
    unit="complaints",
    window="12 months",
    empty=0,
    direction=1,
    reason="complaint",
    speaks=(1, None),
    en="{value:.0f} complaint(s) repeat an earlier cause",
    zh="有 {value:.0f} 次投诉原因重复",
)
def complaints_repeated_12m(events: Any) -> Any:
    """Complaints of 12 months beyond the first of their category."""
    recent = _age(events) <= YEAR_DAYS
    return recent.sum().cast("float64") - events.category.nunique(where=recent).cast("float64")
