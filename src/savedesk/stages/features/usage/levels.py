"""How much is used: the mean month of each measure over spans of months."""

from __future__ import annotations

from typing import Any

from savedesk.stages.features.declaration import Feature, feature
from savedesk.stages.features.months import mean, window_of


def _level(measure: str, months: int, unit: str, what: str, name: str = "") -> Feature:
    """Return the mean month of a measure over the last ``months``: null where nothing is known of them."""

    def level(row: Any) -> Any:
        return mean(window_of(row, measure, 1, months))

    level.__name__ = f"{name or measure}_{months}m"
    span = "the last month" if months == 1 else f"the mean of the last {months} months"
    level.__doc__ = f"{what} a month, {span}."
    return feature("usage", unit=unit, window="1 month" if months == 1 else f"{months} months")(level)


voice_min_1m = _level("voice_min", 1, "min", "Outgoing voice")
voice_min_3m = _level("voice_min", 3, "min", "Outgoing voice")
voice_min_6m = _level("voice_min", 6, "min", "Outgoing voice")
voice_min_12m = _level("voice_min", 12, "min", "Outgoing voice")
data_mb_1m = _level("data_mb", 1, "MB", "Mobile data")
data_mb_3m = _level("data_mb", 3, "MB", "Mobile data")
data_mb_6m = _level("data_mb", 6, "MB", "Mobile data")
data_mb_12m = _level("data_mb", 12, "MB", "Mobile data")
sms_1m = _level("sms", 1, "messages", "Messages")
sms_3m = _level("sms", 3, "messages", "Messages")
sms_12m = _level("sms", 12, "messages", "Messages")
calls_1m = _level("calls", 1, "calls", "Calls")
calls_3m = _level("calls", 3, "calls", "Calls")
calls_12m = _level("calls", 12, "calls", "Calls")
broadband_gb_1m = _level("broadband_gb", 1, "GB", "Fixed data")
broadband_gb_3m = _level("broadband_gb", 3, "GB", "Fixed data")
broadband_gb_12m = _level("broadband_gb", 12, "GB", "Fixed data")
roaming_min_1m = _level("roaming_min", 1, "min", "Voice abroad")
roaming_min_6m = _level("roaming_min", 6, "min", "Voice abroad")
active_days_3m = _level("active_days", 3, "days", "Days with use")
calling_circle_3m = _level("distinct_called", 3, "numbers", "Distinct numbers called", "calling_circle")
calling_circle_12m = _level("distinct_called", 12, "numbers", "Distinct numbers called", "calling_circle")
