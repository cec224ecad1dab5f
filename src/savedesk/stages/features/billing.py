"""Family billing: paying late, in part, or not at all.

What is owed and paid counts by bills, with what known corrections have left of them, however many months a bill covers:
a yearly bill that is overdue is in arrears with the whole of it. What changed on a bill is money per month
(``savedesk.domain.billed_months``).
"""

from __future__ import annotations

from typing import Any

import ibis

from savedesk.domain.payments import is_unpaid
from savedesk.stages.features.declaration import feature
from savedesk.stages.features.months import change, mean, months_true, ratio, window_of
from savedesk.stages.features.windows import HALF_YEAR_DAYS, YEAR_DAYS

CENTS = 100


def _recent(rows: Any, days: int) -> Any:
    return rows.as_of.delta(rows.billed_on, unit="day") <= days


def _unpaid(rows: Any) -> Any:
    """A bill of nothing, or a credit note, needs no payment."""
    return is_unpaid(rows) & (rows.total_due > 0)


def _overdue(rows: Any) -> Any:
    return (rows.due_on < rows.as_of) & _unpaid(rows)


@feature(
    "payments",
    unit="bills",
    empty=0,
    direction=1,
    reason="arrears",
    speaks=(1, None),
    en="{value:bill/bills} overdue[, {arrears_amount:,.2f} in all]",
)
def bills_overdue(rows: Any) -> Any:
    """Bills above zero past their due date that are not paid at as_of; one taken back or a credit note is none."""
    return _overdue(rows).sum().cast("float64")


@feature(
    "payments",
    unit="days",
    empty=0,
    direction=1,
    reason="arrears",
    speaks=(1, None),
    en="oldest unpaid bill {value:day/days} overdue",
)
def overdue_days(rows: Any) -> Any:
    """Days since the due date of the oldest bill that is overdue and unpaid."""
    return rows.as_of.delta(rows.due_on, unit="day").max(where=_overdue(rows)).cast("float64")


@feature(
    "payments",
    unit="days",
    window="6 months",
    direction=1,
    reason="arrears",
    speaks=(1, None),
    en="paid up to {value:day/days} late in 6 months",
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
)
def bills_late_6m(rows: Any) -> Any:
    """Bills of 6 months paid after their due date."""
    return (_recent(rows, HALF_YEAR_DAYS) & (rows.paid_on > rows.due_on)).sum().cast("float64")


@feature("payments", unit="bills", window="6 months", empty=0, direction=1)
def bills_paid_in_part_6m(rows: Any) -> Any:
    """Bills of 6 months of which less than the amount due was paid."""
    return (_recent(rows, HALF_YEAR_DAYS) & (rows.paid_amount < rows.total_due - 0.005)).sum().cast("float64")


@feature(
    "payments",
    unit="money",
    empty=0,
    direction=1,
    reason="arrears",
    speaks=(0.01, None),
    en="{value:,.2f} in arrears[, overdue for {overdue_days:day/days}]",
)
def arrears_amount(rows: Any) -> Any:
    """What is overdue and unpaid at as_of: whole bills less their corrections. In cents: the same on any engine."""
    cents = (rows.total_due * CENTS).round().cast("int64")
    return cents.sum(where=_overdue(rows)).cast("float64") / CENTS


@feature("payments", unit="days", window="6 months", direction=1)
def mean_days_late_6m(rows: Any) -> Any:
    """Mean days from the due date to payment among the bills paid of 6 months; negative is early."""
    counted = _recent(rows, HALF_YEAR_DAYS) & rows.paid_on.notnull() & rows.due_on.notnull()
    days = rows.paid_on.delta(rows.due_on, unit="day").sum(where=counted).cast("float64")
    return days / counted.sum().cast("float64").nullif(0)


@feature("payments", unit="days", direction=1)
def days_late_last(rows: Any) -> Any:
    """Days from the due date to payment of the newest bill that is paid; negative is early."""
    paid = rows.paid_on.notnull() & rows.due_on.notnull()
    return rows.paid_on.delta(rows.due_on, unit="day").cast("float64").argmax(rows.month, where=paid)


@feature("payments", unit="bills", window="12 months", empty=0, direction=1)
def bills_late_12m(rows: Any) -> Any:
    """Bills of 12 months paid after their due date."""
    return (_recent(rows, YEAR_DAYS) & (rows.paid_on > rows.due_on)).sum().cast("float64")


@feature("payments", unit="bills", empty=0, direction=1)
def bills_due(rows: Any) -> Any:
    """Bills above zero with a due date, reached or not, that are not paid at as_of."""
    return (rows.due_on.notnull() & _unpaid(rows)).sum().cast("float64")


@feature(
    "status_changes",
    unit="suspensions",
    window="12 months",
    empty=0,
    direction=1,
    reason="arrears",
    speaks=(1, None),
    en="suspended {value:time/times} for arrears in 12 months",
)
def suspensions_12m(events: Any) -> Any:
    """Suspensions for arrears within 12 months."""
    recent = events.as_of.delta(events.changed_on, unit="day") <= YEAR_DAYS
    return (recent & (events.status == "suspended_arrears")).sum().cast("float64")


@feature("status_changes", unit="days", direction=-1)
def days_since_suspension(events: Any) -> Any:
    """Days since the last suspension for arrears."""
    age = events.as_of.delta(events.changed_on, unit="day")
    return age.min(where=events.status == "suspended_arrears").cast("float64")


@feature(
    "bills",
    unit="changes",
    window="12 months",
    empty=0,
    direction=1,
    reason="billing",
    speaks=(1, None),
    en="changed the way of paying {value:time/times} in 12 months",
)
def payment_method_changes_12m(row: Any) -> Any:
    """Bills of 12 months paid in another way than the bill before; months without a bill break no chain of two."""
    ways = window_of(row, "payment_method", 1, 12)
    return months_true([now != ibis.coalesce(*ways[older:]) for older, now in enumerate(ways[:-1], start=1)])


@feature(
    "bills",
    unit="share",
    window="1 month against 3 before",
    direction=1,
    reason="billing",
    speaks=(0.1, None),
    en="last bill {value:.0%} higher than plan and use explain",
)
def bill_change_unexplained(row: Any) -> Any:
    """What plan fee and overage leave of the last bill, less its mean of 3 months before, over the mean bill then.

    All of them per month, so that a bill of several months is no change by itself.
    """
    rest = [row[f"vas_fee_{k}"] + row[f"other_fee_{k}"] - row[f"discount_{k}"] for k in range(1, 5)]
    return ratio(rest[0] - mean(rest[1:]), mean(window_of(row, "total_due", 2, 4)))


@feature("bills", unit="share", window="1 month against 3 before", direction=1)
def vas_change_1m(row: Any) -> Any:
    """Value-added services a month on the last bill against the mean of the 3 months before."""
    return change(row.vas_fee_1, mean(window_of(row, "vas_fee", 2, 4)))
