"""Family billing: paying late, in part, or not at all."""

from __future__ import annotations

from typing import Any

from savedesk.features.declaration import feature
from savedesk.features.spans import HALF_YEAR_DAYS


def _recent(rows: Any, days: int) -> Any:
    return rows.as_of.delta(rows.billed_on, unit="day") <= days


@feature(
    "payments",
    unit="bills",
    empty=0,
    direction=1,
    reason="arrears",
    speaks=(1, None),
    en="{value:.0f} bill(s) overdue",
    zh="有 {value:.0f} 张账单逾期",
)
def bills_overdue(rows: Any) -> Any:
    """Bills past their due date that are not paid at as_of."""
    return ((rows.due_on < rows.as_of) & rows.paid_on.isnull()).sum().cast("float64")


@feature(
    "payments",
    unit="days",
    empty=0,
    direction=1,
    reason="arrears",
    speaks=(1, None),
    en="oldest unpaid bill {value:.0f} days overdue",
    zh="最久欠费已逾期 {value:.0f} 天",
)
def overdue_days(rows: Any) -> Any:
    """Days since the due date of the oldest bill that is overdue and unpaid."""
    late = (rows.due_on < rows.as_of) & rows.paid_on.isnull()
    return rows.as_of.delta(rows.due_on, unit="day").max(where=late).cast("float64")


@feature(
    "payments",
    unit="days",
    window="6 months",
    direction=1,
    reason="arrears",
    speaks=(1, None),
    en="paid up to {value:.0f} days late in 6 months",
    zh="近六个月最长延迟缴费 {value:.0f} 天",
)
def days_late_6m(rows: Any) -> Any:
    """Longest delay beyond the due date among the bills paid of 6 months; negative is early."""
    return rows.paid_on.delta(rows.due_on, unit="day").max(where=_recent(rows, HALF_YEAR_DAYS)).cast("float64")


@feature(
    "payments",
    unit="bills",
    window="6 months",
    empty=0,
    direction=1,
    reason="arrears",
    speaks=(1, None),
    en="{value:.0f} of the last bills paid late",
    zh="近期有 {value:.0f} 张账单逾期缴纳",
)
def bills_late_6m(rows: Any) -> Any:
    """Bills of 6 months paid after their due date."""
    return (_recent(rows, HALF_YEAR_DAYS) & (rows.paid_on > rows.due_on)).sum().cast("float64")


@feature("payments", unit="bills", window="6 months", empty=0, direction=1)
def bills_paid_in_part_6m(rows: Any) -> Any:
    """Bills of 6 months of which less than the amount due was paid."""
    return (_recent(rows, HALF_YEAR_DAYS) & (rows.paid_amount < rows.total_due - 0.005)).sum().cast("float64")
