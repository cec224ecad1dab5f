"""The day and type of every exit: cancellation, suspension for arrears, dormancy."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import ibis

from savedesk.contracts.usage import MEASURES
from savedesk.params.cohort import CohortParams
from savedesk.statuses import GONE, spans

PRIORITY = {"cancelled": 1, "arrears": 2, "dormant": 3}
DAYS_A_MONTH = 30


def exits(status_changes: Any, active_months: Any, params: CohortParams, known_until: dt.date) -> Any:
    """Return every exit: subscriber_id, churned_on, churn_type.

    ``cancelled``: the day of cancellation or port-out, unless the status changes again within ``allowed_gap_days``.
    ``arrears``: the day on which a suspension for arrears has lasted ``arrears_days``.
    ``dormant``: the day on which ``dormant_days`` have passed without use, counted in whole months.

    Args:
        status_changes: canonical table.
        active_months: see ``active_months``.
        params: section ``cohort``.
        known_until: first day of which nothing is known.
    """
    span = spans(status_changes)
    lasts = ibis.coalesce(span.until, ibis.date(known_until.year, known_until.month, known_until.day))
    stay = lasts.delta(span.changed_on, unit="day")
    cancelled = span.filter(span.status.isin(GONE), span.until.isnull() | (stay > params.allowed_gap_days))
    cancelled = cancelled.select("subscriber_id", churned_on=cancelled.changed_on, churn_type=ibis.literal("cancelled"))
    arrears = span.filter(span.status == "suspended_arrears", stay > params.arrears_days)
    reached = arrears.changed_on + ibis.interval(days=params.arrears_days)
    arrears = arrears.select("subscriber_id", churned_on=reached.cast("date"), churn_type=ibis.literal("arrears"))
    return cancelled.union(arrears).union(_dormancies(active_months, params))


def dormant_months(params: CohortParams) -> int:
    """Return how many whole months without use count as dormancy."""
    return math.ceil(params.dormant_days / DAYS_A_MONTH)


def active_months(usage: Any, first_month: dt.date, last_month: dt.date) -> Any:
    """Return subscriber_id, month and known_on for each month with any use, within the months given."""
    amount = sum((usage[column.name].fill_null(0) for column in MEASURES), start=ibis.literal(0.0))
    inside = usage.month.between(_date(first_month), _date(last_month))
    return usage.filter(inside, amount > 0).select("subscriber_id", "month", "known_on")


def _dormancies(active: Any, params: CohortParams) -> Any:
    """A gap of at least ``dormant_months`` between two months of use, or after the last one.

    A gap after the last month of use reaches dormancy whether or not the month is complete yet: the cohort uses labels
    only when they are ripe. Leaving for another reason first wins there as well.
    """
    months = dormant_months(params)
    order = ibis.window(group_by="subscriber_id", order_by="month")
    spaced = active.mutate(next_month=active.month.lead().over(order))
    gap = _months_between(spaced.next_month, spaced.month) - 1
    gaps = spaced.filter(spaced.next_month.isnull() | (gap >= months))
    onset = gaps.month + ibis.interval(months=1)
    reached = (onset + ibis.interval(days=params.dormant_days)).cast("date")
    return gaps.select("subscriber_id", churned_on=reached, churn_type=ibis.literal("dormant"))


def _months_between(later: Any, earlier: Any) -> Any:
    return (later.year() - earlier.year()) * 12 + later.month() - earlier.month()


def _date(day: dt.date) -> Any:
    return ibis.date(day.year, day.month, day.day)
