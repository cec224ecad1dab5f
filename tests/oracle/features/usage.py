"""Twins of the family usage."""

from tests.oracle.features.person import change, count, largest, mean, minus, peak, share, slope, spread, streak

LEVELS = {
    "voice_min": ("voice_min", (1, 3, 6, 12)),
    "data_mb": ("data_mb", (1, 3, 6, 12)),
    "sms": ("sms", (1, 3, 12)),
    "calls": ("calls", (1, 3, 12)),
    "broadband_gb": ("broadband_gb", (1, 3, 12)),
    "roaming_min": ("roaming_min", (1, 6)),
    "active_days": ("active_days", (1, 3)),
    "calling_circle": ("distinct_called", (1, 3, 12)),
}
PRODUCTS = ("voice_min", "data_mb", "sms", "broadband_gb")


def level(measure, span):
    return lambda p: mean(p.used(measure, 1, span))


def against_before(measure, now, before):
    return lambda p: change(mean(p.used(measure, 1, now)), mean(p.used(measure, now + 1, before)))


def trend(measure):
    return lambda p: share(slope(p.used(measure, 1, 6), p.lost(1, 6)), mean(p.used(measure, 1, 6)))


def offnet(p, first, last):
    return share(mean(p.used("offnet_min", first, last)), mean(p.used("voice_min", first, last)))


def ratio(measure, other):
    return lambda p: share(mean(p.used(measure, 1, 3)), mean(p.used(other, 1, 3)))


def idle(p, products, last):
    for month in zip(*(p.used(name, 1, last) for name in products), strict=True):
        yield any(cell is not None for cell in month) and all(cell in (0, None) for cell in month)


def uses(p, name, first, last):
    value = mean(p.used(name, first, last))
    return value is not None and value > 0


TWINS = {f"{name}_{span}m": level(measure, span) for name, (measure, spans) in LEVELS.items() for span in spans} | {
    "usage_change_1m": against_before("voice_min", 1, 7),
    "data_change_1m": against_before("data_mb", 1, 7),
    "active_days_change_1m": against_before("active_days", 1, 7),
    "calling_circle_change_1m": against_before("distinct_called", 1, 7),
    "usage_change_3m": against_before("voice_min", 3, 6),
    "data_change_3m": against_before("data_mb", 3, 6),
    "calls_change_3m": against_before("calls", 3, 6),
    "sms_change_3m": against_before("sms", 3, 6),
    "broadband_change_3m": against_before("broadband_gb", 3, 6),
    "usage_change_12m": against_before("voice_min", 3, 12),
    "data_change_12m": against_before("data_mb", 3, 12),
    "usage_trend_6m": trend("voice_min"),
    "data_trend_6m": trend("data_mb"),
    "active_days_trend_6m": lambda p: slope(p.used("active_days", 1, 6), p.lost(1, 6)),
    "calling_circle_trend_6m": lambda p: slope(p.used("distinct_called", 1, 6), p.lost(1, 6)),
    "usage_volatility_6m": lambda p: spread(p.used("voice_min", 1, 6)),
    "data_volatility_6m": lambda p: spread(p.used("data_mb", 1, 6)),
    "months_since_peak": lambda p: peak(p.used("voice_min", 1, 12)),
    "data_months_since_peak": lambda p: peak(p.used("data_mb", 1, 12)),
    "usage_against_peak": lambda p: change(p.used("voice_min", 1, 1)[0], largest(p.used("voice_min", 1, 12))),
    "data_against_peak": lambda p: change(p.used("data_mb", 1, 1)[0], largest(p.used("data_mb", 1, 12))),
    "zero_voice_months_6m": lambda p: float(p.used("voice_min", 1, 6).count(0)),
    "zero_voice_months_12m": lambda p: float(p.used("voice_min", 1, 12).count(0)),
    "zero_data_months_6m": lambda p: float(p.used("data_mb", 1, 6).count(0)),
    "silent_months": lambda p: streak(idle(p, ("voice_min", "data_mb"), 6), p.lost(1, 6)),
    "months_since_use": lambda p: streak(idle(p, PRODUCTS, 12), p.lost(1, 12)),
    "months_of_use": lambda p: count(
        month
        for month in zip(*(p.used(name, 1, 12) for name in PRODUCTS), strict=True)
        if any(cell is not None for cell in month)
    ),
    "active_day_share_1m": lambda p: share(p.used("active_days", 1, 1)[0], float((p.as_of - p.month(1)).days)),
    "offnet_share_1m": lambda p: offnet(p, 1, 1),
    "offnet_share_3m": lambda p: offnet(p, 1, 3),
    "offnet_share_12m": lambda p: offnet(p, 1, 12),
    "offnet_share_change": lambda p: minus(offnet(p, 1, 3), offnet(p, 4, 6)),
    "calling_circle_shrinkage": lambda p: change(
        mean(p.used("distinct_called", 1, 3)), largest(p.used("distinct_called", 1, 12))
    ),
    "products_used_3m": lambda p: count(name for name in PRODUCTS if uses(p, name, 1, 3)),
    "products_given_up": lambda p: count(
        name for name in PRODUCTS if uses(p, name, 4, 6) and mean(p.used(name, 1, 3)) == 0
    ),
    "data_per_minute_3m": ratio("data_mb", "voice_min"),
    "messages_per_call_3m": ratio("sms", "calls"),
    "minutes_per_call_3m": ratio("voice_min", "calls"),
    "roaming_months_12m": lambda p: count(
        cell for cell in p.used("roaming_min", 1, 12) if cell is not None and cell > 0
    ),
}
