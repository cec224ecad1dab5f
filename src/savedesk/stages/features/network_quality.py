"""Family network_quality: what the network did to the subscriber."""

from __future__ import annotations

from typing import Any

from savedesk.stages.features.declaration import feature
from savedesk.stages.features.months import change_since, mean, ratio, window_of
from savedesk.stages.features.windows import HALF_YEAR_DAYS


@feature(
    "usage",
    unit="share",
    window="3 months",
    direction=1,
    reason="network",
    speaks=(0.02, None),
    en="{value:.1%} of calls dropped or failed",
)
def dropped_share_3m(row: Any) -> Any:
    """Dropped over all calls, 3 months."""
    return ratio(mean(window_of(row, "dropped_calls", 1, 3)), mean(window_of(row, "calls", 1, 3)))


@feature(
    "region",
    unit="incidents",
    window="1 month",
    empty=0,
    direction=1,
    reason="network",
    speaks=(1, None),
    en="{value:network incident/network incidents} in the region last month",
)
def incidents_1m(row: Any) -> Any:
    """Network incidents in the region within a month."""
    return row.incidents_1m


@feature("region", unit="grade", window="3 months", empty=0, direction=1)
def incident_severity_3m(row: Any) -> Any:
    """Sum of the grades of the region's incidents within 3 months."""
    return row.severity_3m


@feature(
    "complaints",
    unit="complaints",
    window="6 months",
    empty=0,
    direction=1,
    reason="network",
    speaks=(1, None),
    en="{value:complaint/complaints} about the network in 6 months",
)
def network_complaints_6m(events: Any) -> Any:
    """Complaints about the network within 6 months."""
    recent = events.as_of.delta(events.opened_at, unit="day") <= HALF_YEAR_DAYS
    return (recent & (events.category == "network")).sum().cast("float64")


@feature("usage", unit="share", window="1 month", direction=1)
def dropped_share_1m(row: Any) -> Any:
    """Dropped over all calls, last month."""
    return ratio(row.dropped_calls_1, row.calls_1)


@feature("usage", unit="share of calls", window="3 months against the 3 before", direction=1)
def dropped_share_change(row: Any) -> Any:
    """Dropped share of the last 3 months less that of the 3 before."""
    now = ratio(mean(window_of(row, "dropped_calls", 1, 3)), mean(window_of(row, "calls", 1, 3)))
    before = ratio(mean(window_of(row, "dropped_calls", 4, 6)), mean(window_of(row, "calls", 4, 6)))
    return now - before


@feature("region", unit="incidents", window="3 months", empty=0, direction=1)
def incidents_3m(row: Any) -> Any:
    """Network incidents in the region within 3 months."""
    return row.incidents_3m


@feature("region", unit="days", direction=-1)
def days_since_incident(row: Any) -> Any:
    """Days since the region's last network incident began."""
    return row.as_of.delta(row.last_on, unit="day").cast("float64")


@feature(
    "usage",
    unit="share",
    window="3 months before and after",
    direction=-1,
    reason="network",
    speaks=(None, -0.1),
    en="voice use fell by {value:abs .0%} since the last network incident[, {days_since_incident:day/days} ago]",
)
def usage_change_since_incident(row: Any) -> Any:
    """Tolerance: mean voice from the month of the region's last incident on, against the 3 months before it."""
    return change_since(window_of(row, "voice_min", 1, 12), row.incident_lag)


@feature("usage", unit="share", window="3 months before and after", direction=-1)
def data_change_since_incident(row: Any) -> Any:
    """Tolerance: mean mobile data from the month of the region's last incident on, against the 3 months before it."""
    return change_since(window_of(row, "data_mb", 1, 12), row.incident_lag)
