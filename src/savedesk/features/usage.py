"""Family usage: how much the subscriber uses, and where that is going."""

from __future__ import annotations

from typing import Any

import ibis

from savedesk.features.declaration import feature
from savedesk.features.months import (
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


@feature("usage", unit="min", window="1 month")
def voice_min_1m(row: Any) -> Any:
    """Outgoing voice in the last month."""
    return row.voice_min_1


@feature("usage", unit="min", window="3 months")
def voice_min_3m(row: Any) -> Any:
    """Mean monthly voice of the last 3 months."""
    return mean(window_of(row, "voice_min", 1, 3))


@feature("usage", unit="min", window="12 months")
def voice_min_12m(row: Any) -> Any:
    """Mean monthly voice of the last 12 months."""
    return mean(window_of(row, "voice_min", 1, 12))


@feature("usage", unit="MB", window="1 month")
def data_mb_1m(row: Any) -> Any:
    """Mobile data of the last month."""
    return row.data_mb_1


@feature("usage", unit="MB", window="3 months")
def data_mb_3m(row: Any) -> Any:
    """Mean monthly mobile data of the last 3 months."""
    return mean(window_of(row, "data_mb", 1, 3))


@feature("usage", unit="MB", window="12 months")
def data_mb_12m(row: Any) -> Any:
    """Mean monthly mobile data of the last 12 months."""
    return mean(window_of(row, "data_mb", 1, 12))


@feature("usage", unit="messages", window="3 months")
def sms_3m(row: Any) -> Any:
    """Mean monthly messages of the last 3 months."""
    return mean(window_of(row, "sms", 1, 3))


@feature("usage", unit="GB", window="3 months")
def broadband_gb_3m(row: Any) -> Any:
    """Mean monthly fixed data of the last 3 months."""
    return mean(window_of(row, "broadband_gb", 1, 3))


@feature("usage", unit="min", window="6 months")
def roaming_min_6m(row: Any) -> Any:
    """Mean monthly voice abroad of the last 6 months."""
    return mean(window_of(row, "roaming_min", 1, 6))


@feature(
    "usage",
    unit="share",
    window="1 month against the 6 before",
    direction=-1,
    reason="usage_drop",
    speaks=(None, -0.1),
    en="voice use changed by {value:+.0%} against own average",
    zh="语音用量较自身均值变化 {value:+.0%}",
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
    en="data use changed by {value:+.0%} against own average",
    zh="流量较自身均值变化 {value:+.0%}",
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
    en="voice use of 3 months changed by {value:+.0%}",
    zh="近三个月语音用量变化 {value:+.0%}",
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
    en="voice use trends {value:+.0%} a month",
    zh="语音用量每月趋势 {value:+.0%}",
)
def usage_trend_6m(row: Any) -> Any:
    """Robust slope of monthly voice over 6 months, relative to its mean."""
    cells = window_of(row, "voice_min", 1, 6)
    return ratio(slope(cells), mean(cells))


@feature("usage", unit="share", window="6 months")
def usage_volatility_6m(row: Any) -> Any:
    """Standard deviation of monthly voice over its mean, 6 months."""
    cells = window_of(row, "voice_min", 1, 6)
    return ratio(deviation(cells), mean(cells))


@feature("usage", unit="months", window="12 months", direction=1)
def months_since_peak(row: Any) -> Any:
    """Months since the month of most voice; 0 is the last month."""
    cells = window_of(row, "voice_min", 1, 12)
    peak = greatest(cells)
    return ibis.cases(*[(cell == peak, float(lag)) for lag, cell in enumerate(cells)], else_=ibis.null("float64"))


@feature(
    "usage",
    unit="months",
    window="6 months",
    direction=1,
    reason="dormancy",
    speaks=(1, None),
    en="{value:.0f} of the last 6 months without a call",
    zh="近六个月有 {value:.0f} 个月无通话",
)
def zero_voice_months_6m(row: Any) -> Any:
    """Months without voice among the last 6."""
    return months_true([cell == 0 for cell in window_of(row, "voice_min", 1, 6)])


@feature(
    "usage",
    unit="months",
    window="6 months",
    direction=1,
    reason="dormancy",
    speaks=(1, None),
    en="no call for {value:.0f} month(s)",
    zh="已 {value:.0f} 个月无通话",
)
def silent_months(row: Any) -> Any:
    """Newest months in a row without voice and data."""
    voice, data = window_of(row, "voice_min", 1, 6), window_of(row, "data_mb", 1, 6)
    known = [v.notnull() | d.notnull() for v, d in zip(voice, data, strict=True)]
    none = [(v.fill_null(0) == 0) & (d.fill_null(0) == 0) for v, d in zip(voice, data, strict=True)]
    return streak([there & nothing for there, nothing in zip(known, none, strict=True)])


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
    en="active days changed by {value:+.0%} against own average",
    zh="活跃天数较自身均值变化 {value:+.0%}",
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
    en="share of calls to competitors' networks changed by {value:+.0%}",
    zh="网外通话占比变化 {value:+.0%}",
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
    en="calling circle changed by {value:+.0%} against own average",
    zh="通话圈较自身均值变化 {value:+.0%}",
)
def calling_circle_change_1m(row: Any) -> Any:
    """Distinct numbers of the last month against the mean of the 6 months before."""
    return change(row.distinct_called_1, mean(window_of(row, "distinct_called", 2, 7)))


@feature("usage", unit="months", window="12 months")
def months_of_use(row: Any) -> Any:
    """Months of the last 12 for which use is known."""
    return count(window_of(row, "voice_min", 1, 12))
