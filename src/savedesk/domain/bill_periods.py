"""Given periods of bills: whole months, or days that are not.

- A period of 28 to 31 days is a month, and so is one from the n-th to the day before the n-th of the next month. The
  day after the last one may stand for the last one.
- A longer one is spread: over its months in equal parts, or by days where it is not whole months.
- Any other one is odd: it covers its days. Days that begin or end with a calendar month are parts of that month, as
  operators share a fee out; all others are parts of ``MONTH_DAYS``.
- A statement of nothing without a period, of who pays by longer periods, says nothing and is left out.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from typing import Any

import ibis

from savedesk.domain.usage_months import MONTHS_A_YEAR
from savedesk.schemas.bills import LONGEST_PERIOD, MONEY

MONTH_DAYS = 365.25 / MONTHS_A_YEAR
MONTH = (28, 31)  # days that a month may have
SPREAD_DAYS = 45  # a period longer than this is more than a month's
ID = "subscriber_id"
PERIOD = ("begun", "ended", "odd")  # the days that a bill or its part covers, and whether they are no whole months


def month_number(day: Any) -> Any:
    """Return the number of a day's month: one more than that of the month before."""
    return (day.year() * MONTHS_A_YEAR + day.month()).cast("int64")


def has_period(bills: Any) -> Any:
    """Return whether a bill says which days it covers."""
    return bills.period_start.notnull() & bills.period_end.notnull()


def has_long_period(bills: Any) -> Any:
    """Return whether a bill says that it covers more than a month."""
    return (bills.period_end.delta(bills.period_start, unit="day") > SPREAD_DAYS).fill_null(False)


def has_odd_period(bills: Any) -> Any:
    """Return whether a bill says that it covers days that are no whole months."""
    first, last = bills.period_start, bills.period_end
    days = last.delta(first, unit="day") + 1
    same_day = ((last + ibis.interval(days=1)).day() == first.day()) | (last.day() == first.day())
    whole = days.between(*MONTH) | ((days > MONTH[1]) & same_day)
    return (~whole).fill_null(False)


def months_of(first: Any, last: Any) -> Any:
    """Return how many months the days from the first to the last one are."""
    calendar = month_number(last) - month_number(first) + _share(last, last.day()) - _share(first, first.day() - 1)
    of_calendar = (first.day() == 1) | ((last + ibis.interval(days=1)).day() == 1)
    return ibis.ifelse(of_calendar, calendar, days_of(first, last) / MONTH_DAYS)


def days_of(first: Any, last: Any) -> Any:
    """Return the number of days from the first to the last one, both of them included."""
    return (last.delta(first, unit="day") + 1).cast("float64")


def _share(day: Any, days: Any) -> Any:
    """Return what share of the day's month so many days are."""
    return days.cast("float64") / month_end(day).day().cast("float64")


def _month_begin(day: Any) -> Any:
    # Cast twice: Ibis takes a truncated date for a date, DuckDB makes it a timestamp.
    return day.truncate("M").cast("timestamp").cast("date")


def month_end(day: Any) -> Any:
    """Return the last day of a day's month."""
    return (_month_begin(day) + ibis.interval(months=1) - ibis.interval(days=1)).cast("timestamp").cast("date")


def without_nothing(known: Any) -> Any:
    """Return the bills without statements of nothing of those who pay by periods longer than a month."""
    nothing = functools.reduce(operator.and_, [known[amount] == 0 for amount in MONEY])
    silent = nothing & known.period_start.isnull() & known.period_end.isnull() & ~known.corrected
    by_long = has_long_period(known).any().over(ibis.window(group_by=[ID, "as_of"]))
    flagged = known.mutate(says_nothing=silent.fill_null(False) & by_long)
    return flagged.filter(~flagged.says_nothing).drop("says_nothing")


def spread(known: Any, money: Sequence[str]) -> Any:
    """Return the bills with a longer period as parts of its months; ``due_after`` says when the next is due.

    The day of a part says nothing of a rhythm by days, and is left out. The columns ``PERIOD`` are added.

    Args:
        known: bills.
        money: the amounts that are shared out.
    """
    known = known.mutate(is_odd=has_odd_period(known), is_long=has_long_period(known))
    by_days = known.is_odd & known.is_long
    names = [*known.drop("is_odd", "is_long").columns, "due_after", *PERIOD]
    whole = _in_equal_parts(known.filter(~by_days), known.filter(~by_days).is_long, money)
    both, part_end = has_period(whole), month_end(whole.month)
    whole = whole.mutate(
        begun=ibis.ifelse(both, ibis.ifelse(whole.parts > 1, whole.month, whole.period_start), None),
        ended=ibis.ifelse(both, ibis.ifelse(whole.parts > 1, part_end, whole.period_end), None),
        odd=whole.is_odd,
    )
    return whole.select(*names).union(_by_days(known.filter(by_days), money).select(*names))


def _in_equal_parts(known: Any, long: Any, money: Sequence[str]) -> Any:
    whole = month_number(known.period_end) - month_number(known.period_start)
    days = (known.period_end.day() - known.period_start.day() + 1).cast("float64") / MONTH_DAYS
    parts = ibis.least(ibis.greatest((whole + days).round().cast("int64"), 1), LONGEST_PERIOD)
    counted = known.mutate(parts=ibis.ifelse(long, parts, 1), first_month=known.period_start.truncate("M"))
    single = counted.filter(counted.parts == 1).mutate(due_after=ibis.literal(1, "int64"))
    several = counted.filter(counted.parts > 1)
    several = several.mutate(part=ibis.range(0, several.parts, 1).unnest())
    due = month_number(several.month) + several.parts - month_number(several.first_month) - several.part
    several = several.mutate(
        month=(several.first_month + several.part.as_interval("M")).cast("date"),
        billed_on=ibis.null("date"),
        due_after=ibis.greatest(due, 1),
        **{amount: several[amount] / several.parts.cast("float64") for amount in money},
    )
    names = [*known.columns, "parts", "due_after"]
    return single.select(*names).union(several.select(*names))


def _by_days(known: Any, money: Sequence[str]) -> Any:
    """Return a part for each calendar month that a long odd period touches: as much of it as lies in that month."""
    first, last = known.period_start, known.period_end
    touched = month_number(last) - month_number(first) + 1
    whole = month_number(last) - month_number(first) + _share(last, last.day()) - _share(first, first.day() - 1)
    counted = known.mutate(touched=touched, whole=whole, first_month=_month_begin(first))
    rows = counted.mutate(part=ibis.range(0, counted.touched, 1).unnest())
    rows = rows.mutate(part_month=(rows.first_month + rows.part.as_interval("M")).cast("timestamp").cast("date"))
    rows = rows.mutate(
        begun=ibis.greatest(rows.part_month, rows.period_start),
        ended=ibis.least(month_end(rows.part_month), rows.period_end),
    )
    rows = rows.mutate(share=months_of(rows.begun, rows.ended) / rows.whole)
    due = month_number(rows.month) + rows.whole.round().cast("int64") - month_number(rows.part_month)
    return rows.mutate(
        month=rows.part_month,
        billed_on=ibis.null("date"),
        due_after=ibis.greatest(due, 1),
        odd=ibis.literal(True),
        **{amount: rows[amount] * rows.share for amount in money},
    )
