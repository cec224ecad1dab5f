"""Family complaints: what the subscriber complained about, and how it ended."""

from __future__ import annotations

from typing import Any

from savedesk.domain.open_complaints import is_open
from savedesk.stages.features.declaration import Feature, feature
from savedesk.stages.features.months import change_since, window_of
from savedesk.stages.features.windows import HALF_YEAR_DAYS, MONTH_DAYS, QUARTER_DAYS, YEAR_DAYS


def _age(events: Any) -> Any:
    return events.as_of.delta(events.opened_at, unit="day")


def _about(category: str, what: str) -> Feature:
    """Return the count of complaints of a category within 12 months.

    It weighs for the reason and has no sentence: what it would say, the count of all complaints says.
    """

    def about(events: Any) -> Any:
        return ((_age(events) <= YEAR_DAYS) & (events.category == category)).sum().cast("float64")

    about.__name__ = f"{category}_complaint_count_12m"
    about.__doc__ = f"Complaints about {what} within 12 months."
    declare = feature("complaints", unit="complaints", window="12 months", empty=0, direction=1, reason="complaint")
    return declare(about)


network_complaint_count_12m = _about("network", "the network")
new_service_complaint_count_12m = _about("new_service", "the set-up of a service")
store_complaint_count_12m = _about("store", "a store")
hotline_complaint_count_12m = _about("hotline", "the hotline")
marketing_complaint_count_12m = _about("marketing", "marketing")
billing_complaint_count_12m = _about("billing", "a bill")
other_complaint_count_12m = _about("other", "anything else")


@feature(
    "complaints",
    unit="complaints",
    window="3 months",
    empty=0,
    direction=1,
    reason="complaint",
    speaks=(1, None),
    en="{value:complaint/complaints} in 3 months",
)
def complaint_count_3m(events: Any) -> Any:
    """Complaints opened within 3 months."""
    return (_age(events) <= QUARTER_DAYS).sum().cast("float64")


@feature(
    "complaints",
    unit="complaints",
    window="12 months",
    empty=0,
    direction=1,
    reason="complaint",
    speaks=(1, None),
    en="{value:complaint/complaints} in 12 months",
)
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
    en="{value:complaint/complaints} still open[, the oldest for {complaint_open_days:day/days}]",
)
def complaints_open(events: Any) -> Any:
    """Complaints open at as_of."""
    return is_open(events, events.as_of).sum().cast("float64")


@feature(
    "complaints",
    unit="days",
    empty=0,
    direction=1,
    reason="complaint",
    speaks=(1, None),
    en="oldest open complaint is {value:day/days} old",
)
def complaint_open_days(events: Any) -> Any:
    """Age of the oldest complaint open at as_of."""
    return _age(events).max(where=is_open(events, events.as_of)).cast("float64")


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
    en="{value:complaint/complaints} reopened in 12 months",
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
    en="{value:complaint/complaints} escalated in 12 months",
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
    en="{value:complaint/complaints} ended without satisfaction",
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
    en="{value:complaint/complaints} with the cause of an earlier one",
)
def complaints_repeated_12m(events: Any) -> Any:
    """Complaints of 12 months beyond the first of their category."""
    recent = _age(events) <= YEAR_DAYS
    return recent.sum().cast("float64") - events.category.nunique(where=recent).cast("float64")


@feature("complaints", unit="complaints", window="1 month", empty=0, direction=1)
def complaint_count_1m(events: Any) -> Any:
    """Complaints opened within a month."""
    return (_age(events) <= MONTH_DAYS).sum().cast("float64")


@feature("complaints", unit="complaints", window="6 months", empty=0, direction=1)
def complaint_count_6m(events: Any) -> Any:
    """Complaints opened within 6 months."""
    return (_age(events) <= HALF_YEAR_DAYS).sum().cast("float64")


@feature("complaints", unit="days", window="12 months", direction=1)
def complaint_mean_days_to_close(events: Any) -> Any:
    """Mean time to close of the complaints of 12 months that are closed."""
    closed = (_age(events) <= YEAR_DAYS) & events.closed_at.notnull()
    days = events.closed_at.delta(events.opened_at, unit="day").sum(where=closed).cast("float64")
    return days / closed.sum().cast("float64").nullif(0)


@feature("complaints", unit="flag", window="12 months", direction=-1)
def last_complaint_satisfied(events: Any) -> Any:
    """1 if the outcome of the last complaint of 12 months with a known one contented the subscriber, else 0."""
    known = (_age(events) <= YEAR_DAYS) & events.satisfied.notnull()
    return events.satisfied.cast("float64").argmax(_order(events), where=known)


@feature("complaints", unit="category", window="12 months", dtype="string")
def last_complaint_category(events: Any) -> Any:
    """What the last complaint of 12 months was about."""
    return events.category.argmax(_order(events), where=_age(events) <= YEAR_DAYS)


@feature("complaints", unit="complaints", window="12 months", empty=0, direction=-1)
def complaints_satisfied_12m(events: Any) -> Any:
    """Complaints of 12 months whose outcome contented the subscriber."""
    return ((_age(events) <= YEAR_DAYS) & events.satisfied.fill_null(False)).sum().cast("float64")


@feature("complaints", unit="complaints", window="6 months", empty=0, direction=1)
def complaints_slow_6m(events: Any) -> Any:
    """Complaints of 6 months that took longer than a month to close, or have been open for longer."""
    ended = events.closed_at.fill_null(events.as_of)
    slow = ended.delta(events.opened_at, unit="day") > MONTH_DAYS
    return ((_age(events) <= HALF_YEAR_DAYS) & slow).sum().cast("float64")


@feature(
    "usage",
    unit="share",
    window="3 months before and after",
    direction=-1,
    reason="complaint",
    speaks=(None, -0.1),
    en="voice use fell by {value:abs .0%} since the last complaint[, {days_since_complaint:day/days} ago]",
)
def usage_change_since_complaint(row: Any) -> Any:
    """Mean voice from the month of the last complaint on, against the 3 months before it."""
    return change_since(window_of(row, "voice_min", 1, 12), row.complaint_lag)


@feature("usage", unit="share", window="3 months before and after", direction=-1)
def data_change_since_complaint(row: Any) -> Any:
    """Mean mobile data from the month of the last complaint on, against the 3 months before it."""
    return change_since(window_of(row, "data_mb", 1, 12), row.complaint_lag)


def _order(events: Any) -> Any:
    """Return the order of complaints in time; of one day, by ticket, so that the last is the same on every engine."""
    return events.opened_at.cast("string") + events.ticket_id
