"""Use of each product: changes, trends, peaks, silence, and what the line is used for."""

from __future__ import annotations

from typing import Any

import ibis

from savedesk.stages.features.declaration import feature
from savedesk.stages.features.months import (
    change,
    count,
    deviation,
    greatest,
    mean,
    months_true,
    ratio,
    slope,
    streak,
    window_of,
)
from savedesk.stages.features.usage.patterns import YEAR, lag_of_peak

PRODUCTS = ("voice_min", "data_mb", "sms", "broadband_gb")


def _products(row: Any) -> list[tuple[Any, ...]]:
    """Return the use of each product in each of 12 months, newest month first."""
    return list(zip(*(window_of(row, name, 1, YEAR) for name in PRODUCTS), strict=True))


@feature("usage", unit="months", window="12 months", empty=0)
def months_of_use(row: Any) -> Any:
    """Months of the last 12 for which use is known."""
    return count([ibis.coalesce(*cells) for cells in _products(row)])


@feature(
    "usage",
    unit="share",
    window="3 months against the 3 before",
    direction=-1,
    reason="usage_drop",
    speaks=(None, -0.1),
    en="data use of 3 months fell by {value:abs .0%}",
)
def data_change_3m(row: Any) -> Any:
    """Mean mobile data of the last 3 months against the 3 before."""
    return change(mean(window_of(row, "data_mb", 1, 3)), mean(window_of(row, "data_mb", 4, 6)))


@feature("usage", unit="share", window="3 months against the 3 before", direction=-1)
def calls_change_3m(row: Any) -> Any:
    """Mean calls of the last 3 months against the 3 before."""
    return change(mean(window_of(row, "calls", 1, 3)), mean(window_of(row, "calls", 4, 6)))


@feature("usage", unit="share", window="3 months against the 3 before", direction=-1)
def sms_change_3m(row: Any) -> Any:
    """Mean messages of the last 3 months against the 3 before."""
    return change(mean(window_of(row, "sms", 1, 3)), mean(window_of(row, "sms", 4, 6)))


@feature(
    "usage",
    unit="share",
    window="3 months against the 3 before",
    direction=-1,
    reason="usage_drop",
    speaks=(None, -0.1),
    en="fixed data use fell by {value:abs .0%}",
)
def broadband_change_3m(row: Any) -> Any:
    """Mean fixed data of the last 3 months against the 3 before."""
    return change(mean(window_of(row, "broadband_gb", 1, 3)), mean(window_of(row, "broadband_gb", 4, 6)))


@feature("usage", unit="share", window="3 months against the 9 before", direction=-1)
def usage_change_12m(row: Any) -> Any:
    """Mean voice of the last 3 months against the 9 before."""
    return change(mean(window_of(row, "voice_min", 1, 3)), mean(window_of(row, "voice_min", 4, YEAR)))


@feature("usage", unit="share", window="3 months against the 9 before", direction=-1)
def data_change_12m(row: Any) -> Any:
    """Mean mobile data of the last 3 months against the 9 before."""
    return change(mean(window_of(row, "data_mb", 1, 3)), mean(window_of(row, "data_mb", 4, YEAR)))


@feature(
    "usage",
    unit="share a month",
    window="6 months",
    direction=-1,
    reason="usage_drop",
    speaks=(None, -0.02),
    en="data use falls by {value:abs .0%} a month",
)
def data_trend_6m(row: Any) -> Any:
    """Robust slope of monthly mobile data over 6 months, relative to its mean."""
    cells = window_of(row, "data_mb", 1, 6)
    return ratio(slope(cells, window_of(row, "lost", 1, 6)), mean(cells))


@feature("usage", unit="days a month", window="6 months", direction=-1)
def active_days_trend_6m(row: Any) -> Any:
    """Robust slope of the monthly days with use over 6 months."""
    return slope(window_of(row, "active_days", 1, 6), window_of(row, "lost", 1, 6))


@feature("usage", unit="numbers a month", window="6 months", direction=-1)
def calling_circle_trend_6m(row: Any) -> Any:
    """Robust slope of the monthly distinct numbers over 6 months."""
    return slope(window_of(row, "distinct_called", 1, 6), window_of(row, "lost", 1, 6))


@feature("usage", unit="share", window="6 months")
def data_volatility_6m(row: Any) -> Any:
    """Standard deviation of monthly mobile data over its mean, 6 months."""
    cells = window_of(row, "data_mb", 1, 6)
    return ratio(deviation(cells), mean(cells))


@feature("usage", unit="months", window="12 months", direction=1)
def data_months_since_peak(row: Any) -> Any:
    """Months since the month of most mobile data; 0 is the last month."""
    return lag_of_peak(window_of(row, "data_mb", 1, YEAR))


@feature("usage", unit="share", window="12 months", direction=-1)
def usage_against_peak(row: Any) -> Any:
    """Last month's voice against the best of 12 months; 0 is the peak itself."""
    return change(row.voice_min_1, greatest(window_of(row, "voice_min", 1, YEAR)))


@feature("usage", unit="share", window="12 months", direction=-1)
def data_against_peak(row: Any) -> Any:
    """Last month's mobile data against the best of 12 months; 0 is the peak itself."""
    return change(row.data_mb_1, greatest(window_of(row, "data_mb", 1, YEAR)))


@feature("usage", unit="months", window="12 months", empty=0, direction=1)
def zero_voice_months_12m(row: Any) -> Any:
    """Months without voice among the last 12."""
    return months_true([cell == 0 for cell in window_of(row, "voice_min", 1, YEAR)])


@feature("usage", unit="months", window="6 months", empty=0, direction=1)
def zero_data_months_6m(row: Any) -> Any:
    """Months without mobile data among the last 6."""
    return months_true([cell == 0 for cell in window_of(row, "data_mb", 1, 6)])


@feature(
    "usage",
    unit="months",
    window="12 months",
    empty=0,
    direction=1,
    reason="dormancy",
    speaks=(1, None),
    en="nothing used for {value:month/months}",
)
def months_since_use(row: Any) -> Any:
    """Newest months in a row without voice, data, messages and fixed data, at most 12; lost months are skipped."""
    idle = []
    for cells in _products(row):
        known = [cell.notnull() for cell in cells]
        none = [(cell == 0).fill_null(True) for cell in cells]
        idle.append((known[0] | known[1] | known[2] | known[3]) & none[0] & none[1] & none[2] & none[3])
    return streak(idle, window_of(row, "lost", 1, YEAR))


@feature("usage", unit="share of days", window="1 month", direction=-1)
def active_day_share_1m(row: Any) -> Any:
    """Days with use over the days of the last month."""
    return row.active_days_1 / (row.as_of - ibis.interval(days=1)).day().cast("float64")


@feature("usage", unit="share", window="1 month")
def offnet_share_1m(row: Any) -> Any:
    """Voice to competitors' networks over all voice, last month."""
    return ratio(row.offnet_min_1, row.voice_min_1)


@feature("usage", unit="share", window="12 months")
def offnet_share_12m(row: Any) -> Any:
    """Voice to competitors' networks over all voice, 12 months."""
    return ratio(mean(window_of(row, "offnet_min", 1, YEAR)), mean(window_of(row, "voice_min", 1, YEAR)))


@feature(
    "usage",
    unit="share",
    window="3 months against the best of 12",
    direction=-1,
    reason="usage_drop",
    speaks=(None, -0.2),
    en="calling circle {value:abs .0%} below its largest",
)
def calling_circle_shrinkage(row: Any) -> Any:
    """Mean distinct numbers of 3 months against the best month of 12."""
    return change(mean(window_of(row, "distinct_called", 1, 3)), greatest(window_of(row, "distinct_called", 1, YEAR)))


@feature("usage", unit="products", window="3 months", empty=0, direction=-1)
def products_used_3m(row: Any) -> Any:
    """How many of voice, mobile data, messages and fixed data were used in 3 months."""
    return months_true([mean(window_of(row, name, 1, 3)) > 0 for name in PRODUCTS])


@feature("usage", unit="products", window="3 months against the 3 before", empty=0, direction=1)
def products_given_up(row: Any) -> Any:
    """Products used in the months 4 to 6 and not in the last 3."""
    return months_true(
        [(mean(window_of(row, name, 4, 6)) > 0) & (mean(window_of(row, name, 1, 3)) == 0) for name in PRODUCTS]
    )


@feature("usage", unit="MB a minute", window="3 months")
def data_per_minute_3m(row: Any) -> Any:
    """Mobile data for each minute of voice, 3 months: what the line is for."""
    return ratio(mean(window_of(row, "data_mb", 1, 3)), mean(window_of(row, "voice_min", 1, 3)))


@feature("usage", unit="messages a call", window="3 months")
def messages_per_call_3m(row: Any) -> Any:
    """Messages for each call, 3 months."""
    return ratio(mean(window_of(row, "sms", 1, 3)), mean(window_of(row, "calls", 1, 3)))


@feature("usage", unit="min", window="3 months")
def minutes_per_call_3m(row: Any) -> Any:
    """Length of a call, 3 months."""
    return ratio(mean(window_of(row, "voice_min", 1, 3)), mean(window_of(row, "calls", 1, 3)))


@feature("usage", unit="months", window="12 months", empty=0)
def roaming_months_12m(row: Any) -> Any:
    """Months with voice abroad among the last 12."""
    return months_true([cell > 0 for cell in window_of(row, "roaming_min", 1, YEAR)])
