"""Where use is going: changes, trends and peaks of voice, silence, and the calling circle."""

from __future__ import annotations

from typing import Any

import ibis

from savedesk.stages.features.declaration import feature
from savedesk.stages.features.months import (
    change,
    deviation,
    greatest,
    mean,
    months_true,
    ratio,
    slope,
    streak,
    window_of,
)

YEAR = 12  # months


@feature(
    "usage",
    unit="share",
    window="1 month against the 6 before",
    direction=-1,
    reason="usage_drop",
    speaks=(None, -0.1),
    en="voice use {value:abs .0%} below own average[: {voice_min_1m:,.0f} min last month]",
)
def usage_change_1m(row: Any) -> Any:
    """Last month's voice against the mean of the 6 months before; -1 is a stop."""
    return change(row.voice_min_1, mean(window_of(row, "voice_min", 2, 7)))


@feature(
    "usage",
    unit="share",
    window="1 month against the 6 before",
    direction=-1,
    reason="usage_drop",
    speaks=(None, -0.1),
    en="data use {value:abs .0%} below own average[: {data_mb_1m:MB} last month]",
)
def data_change_1m(row: Any) -> Any:
    """Last month's mobile data against the mean of the 6 months before."""
    return change(row.data_mb_1, mean(window_of(row, "data_mb", 2, 7)))


@feature(
    "usage",
    unit="share",
    window="3 months against the 3 before",
    direction=-1,
    reason="usage_drop",
    speaks=(None, -0.1),
    en="voice use of 3 months fell by {value:abs .0%}",
)
def usage_change_3m(row: Any) -> Any:
    """Mean voice of the last 3 months against the 3 before."""
    return change(mean(window_of(row, "voice_min", 1, 3)), mean(window_of(row, "voice_min", 4, 6)))


@feature(
    "usage",
    unit="share a month",
    window="6 months",
    direction=-1,
    reason="usage_drop",
    speaks=(None, -0.02),
    en="voice use falls by {value:abs .0%} a month",
)
def usage_trend_6m(row: Any) -> Any:
    """Robust slope of monthly voice over 6 months, relative to its mean."""
    cells = window_of(row, "voice_min", 1, 6)
    return ratio(slope(cells, window_of(row, "lost", 1, 6)), mean(cells))


@feature("usage", unit="share", window="6 months")
def usage_volatility_6m(row: Any) -> Any:
    """Standard deviation of monthly voice over its mean, 6 months."""
    cells = window_of(row, "voice_min", 1, 6)
    return ratio(deviation(cells), mean(cells))


@feature("usage", unit="months", window="12 months", direction=1)
def months_since_peak(row: Any) -> Any:
    """Months since the month of most voice; 0 is the last month."""
    return lag_of_peak(window_of(row, "voice_min", 1, YEAR))


def lag_of_peak(cells: list[Any]) -> Any:
    """Return the lag of the largest cell; the newest of equals."""
    peak = greatest(cells)
    return ibis.cases(*[(cell == peak, float(lag)) for lag, cell in enumerate(cells)], else_=ibis.null("float64"))


@feature(
    "usage",
    unit="months",
    window="6 months",
    empty=0,
    direction=1,
    reason="dormancy",
    speaks=(1, None),
    en="{value:.0f} of the last 6 months without a call",
)
def zero_voice_months_6m(row: Any) -> Any:
    """Months without voice among the last 6."""
    return months_true([cell == 0 for cell in window_of(row, "voice_min", 1, 6)])


@feature(
    "usage",
    unit="months",
    window="6 months",
    empty=0,
    direction=1,
    reason="dormancy",
    speaks=(1, None),
    en="no call for {value:month/months}",
)
def silent_months(row: Any) -> Any:
    """Newest months in a row without voice and data; months that the source has lost are skipped."""
    voice, data = window_of(row, "voice_min", 1, 6), window_of(row, "data_mb", 1, 6)
    known = [v.notnull() | d.notnull() for v, d in zip(voice, data, strict=True)]
    none = [(v.fill_null(0) == 0) & (d.fill_null(0) == 0) for v, d in zip(voice, data, strict=True)]
    idle = [there & nothing for there, nothing in zip(known, none, strict=True)]
    return streak(idle, window_of(row, "lost", 1, 6))


@feature("usage", unit="days", window="1 month", direction=-1)
def active_days_1m(row: Any) -> Any:
    """Days with use in the last month."""
    return row.active_days_1


@feature(
    "usage",
    unit="share",
    window="1 month against the 6 before",
    direction=-1,
    reason="usage_drop",
    speaks=(None, -0.1),
    en="active days {value:abs .0%} below own average[: {active_days_1m:.0f} last month]",
)
def active_days_change_1m(row: Any) -> Any:
    """Active days of the last month against the mean of the 6 months before."""
    return change(row.active_days_1, mean(window_of(row, "active_days", 2, 7)))


@feature("usage", unit="share", window="3 months")
def offnet_share_3m(row: Any) -> Any:
    """Voice to competitors' networks over all voice, 3 months."""
    return ratio(mean(window_of(row, "offnet_min", 1, 3)), mean(window_of(row, "voice_min", 1, 3)))


@feature(
    "usage",
    unit="share of voice",
    window="3 months against the 3 before",
    direction=1,
    reason="competition",
    speaks=(0.05, None),
    en="calls to competitors' networks up by {value:.0%} of all calls[, to {offnet_share_3m:.0%}]",
)
def offnet_share_change(row: Any) -> Any:
    """Off-net share of the last 3 months less that of the 3 before."""
    now = ratio(mean(window_of(row, "offnet_min", 1, 3)), mean(window_of(row, "voice_min", 1, 3)))
    before = ratio(mean(window_of(row, "offnet_min", 4, 6)), mean(window_of(row, "voice_min", 4, 6)))
    return now - before


@feature("usage", unit="numbers", window="1 month", direction=-1)
def calling_circle_1m(row: Any) -> Any:
    """Distinct numbers called in the last month."""
    return row.distinct_called_1


@feature(
    "usage",
    unit="share",
    window="1 month against the 6 before",
    direction=-1,
    reason="usage_drop",
    speaks=(None, -0.1),
    en="calling circle {value:abs .0%} below own average",
)
def calling_circle_change_1m(row: Any) -> Any:
    """Distinct numbers of the last month against the mean of the 6 months before."""
    return change(row.distinct_called_1, mean(window_of(row, "distinct_called", 2, 7)))
