"""The day and type of every exit: cancellation, suspension for arrears, dormancy."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ibis

from savedesk.domain.statuses import GONE
from savedesk.params.cohort import CohortParams
from savedesk.schemas.usage import MEASURES

PRIORITY = {"cancelled": 1, "arrears": 2, "dormant": 3}


def exits(
    span: Any, active_months: Any, params: CohortParams, known_until: dt.date, usage_until: dt.date | None
) -> Any:
    """Return every exit: subscriber_id, churned_on, churn_type, known_on and until.

    ``known_on`` is the day on which its status was known (a silence has none), ``until`` the first day on which the
    subscriber was surely back (absent: it lasts).

    ``cancelled``: the day of cancellation or port-out, unless the status changes again within ``allowed_gap_days``.
    ``arrears``: ``arrears_days`` after the suspension began, if it is longer: who is back on that day never churned.
    ``dormant``: the day on which ``dormant_days`` have passed without use, counted from the first day of a month.

    Args:
        span: see ``statuses.spans``.
        active_months: see ``active_months``.
        params: section ``cohort``.
        known_until: first day of which nothing is known.
        usage_until: first day of whose month the use is not known; absent where no use is known at all.
    """
    stay = ibis.coalesce(span.until, _date(known_until)).delta(span.changed_on, unit="day")
    cancelled = span.filter(span.status.isin(GONE), span.until.isnull() | (stay > params.allowed_gap_days))
    cancelled = cancelled.select(
        "subscriber_id", "known_on", "until", churned_on=cancelled.changed_on, churn_type=ibis.literal("cancelled")
    )
    arrears = span.filter(span.status == "suspended_arrears", stay > params.arrears_days)
    reached = arrears.changed_on + ibis.interval(days=params.arrears_days)
    arrears = arrears.select(
        "subscriber_id", "known_on", "until", churned_on=reached.cast("date"), churn_type=ibis.literal("arrears")
    )
    left = cancelled.union(arrears) if "arrears" in params.churn_types else cancelled
    return left if usage_until is None else left.union(dormancies(active_months, params, usage_until))


def active_months(usage: Any, first_month: dt.date, until: dt.date) -> Any:
    """Return subscriber_id, month and known_on of each month with any use from ``first_month`` to before ``until``."""
    amount = sum((usage[column.name].fill_null(0) for column in MEASURES), start=ibis.literal(0.0))
    inside = (usage.month >= _date(first_month)) & (usage.month < _date(until))
    return usage.filter(inside, amount > 0).select("subscriber_id", "month", "known_on")


def dormancies(active: Any, params: CohortParams, usage_until: dt.date) -> Any:
    """Silences of ``dormant_days``, from the month after one of use to the start of the next, or of the unknown.

    Use in a month may have been on any of its days, so that only whole silent months count: February and March are 59
    days at most, whatever is used in April. Who is back in April is surely back from May on.
    """
    order = ibis.window(group_by="subscriber_id", order_by="month")
    onset = (active.month + ibis.interval(months=1)).cast("date")
    spaced = active.mutate(onset=onset, again=active.month.lead().over(order))
    silence = ibis.coalesce(spaced.again, _date(usage_until)).delta(spaced.onset, unit="day")
    silent = spaced.filter(silence >= params.dormant_days)
    return silent.select(
        "subscriber_id",
        known_on=ibis.null("date"),
        until=(silent.again + ibis.interval(months=1)).cast("date"),
        churned_on=(silent.onset + ibis.interval(days=params.dormant_days)).cast("date"),
        churn_type=ibis.literal("dormant"),
    )


def _date(day: dt.date) -> Any:
    return ibis.date(day.year, day.month, day.day)
