"""Which months of usage are complete: while little of a month has arrived, a missing row says nothing."""

from __future__ import annotations

from typing import Any

import ibis

from savedesk.params.cohort import CohortParams

MONTHS_A_YEAR = 12


def arrivals(usage: Any) -> Any:
    """Return how many rows of usage became known when: month, known_on, rows. A small table.

    Args:
        usage: canonical table.
    """
    return usage.group_by("month", "known_on").aggregate(rows=usage.count())


def complete_months(arrived: Any, dates: Any, params: CohortParams) -> Any:
    """Return as_of and month of each complete month of usage, as known before each as_of.

    A month is complete once it has at least ``complete_month_share`` as many rows as the fullest of the
    ``complete_month_lookback`` months before it: a line or two that arrive early make no month. Who has no row in a
    complete month did not use anything; of a month that is not complete nobody can say so.

    Args:
        arrived: see ``arrivals``.
        dates: table with ``as_of``, one row a date.
        params: section ``cohort``.
    """
    counted = _known(arrived, dates)
    order = ibis.window(group_by="as_of", order_by="month", preceding=params.complete_month_lookback, following=0)
    most = counted.mutate(most=counted.rows.max().over(order))
    return most.filter(most.rows >= params.complete_month_share * most.most).select("as_of", "month")


def complete_lags(arrived: Any, dates: Any, params: CohortParams, months: int) -> Any:
    """Return as_of, oldest_month and ``complete_<lag>`` for the lags 1..months; no row where nothing was known.

    ``complete_1`` says whether the month before as_of is complete, as known before as_of, and ``oldest_month`` where
    the data begin. See ``complete_months``, and there for the other arguments.
    """
    complete, counted = complete_months(arrived, dates, params), _known(arrived, dates)
    year, month = complete.as_of.year() - complete.month.year(), complete.as_of.month() - complete.month.month()
    lag = year * MONTHS_A_YEAR + month
    flags = {f"complete_{k}": (lag == k).any() for k in range(1, months + 1)}
    oldest = counted.group_by("as_of").aggregate(oldest_month=counted.month.min())
    lags = complete.group_by("as_of").aggregate(**flags).inner_join(oldest, "as_of")
    return lags.select("as_of", "oldest_month", *flags)


def _known(arrived: Any, dates: Any) -> Any:
    """Return as_of, month and rows: how much of each month was known before each as_of."""
    days = dates.select("as_of")
    both = arrived.inner_join(days, [arrived.known_on < days.as_of, arrived.month < days.as_of])
    return both.group_by("as_of", "month").aggregate(rows=both.rows.sum())
