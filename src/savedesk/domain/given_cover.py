"""Months with bills whose periods are given: they cover their days, and the time between them adds up.

A month's bills cover the days from the first to the last one that any of them names, but never more days than they name
together. Where one of them has no period, the gap to the bill before decides, as everywhere (``billed_months``).
"""

from __future__ import annotations

from typing import Any

import ibis

from savedesk.domain.bill_periods import MONTH, MONTH_DAYS, days_of, month_end, month_number, months_of

LEAST_PAUSE = 0.5  # months between two given periods, from which on they are months without a bill
GIVEN = ("given", "given_odd", "begun", "ended")


def given_of(bills: Any) -> dict[str, Any]:
    """Return what the bills of a month say that they cover, as aggregates: the columns ``GIVEN``.

    Args:
        bills: see ``bill_periods.spread``.
    """
    begun, ended = bills.begun.min(), bills.ended.max()
    days, named = days_of(begun, ended), days_of(bills.begun, bills.ended).sum()
    a_month = days.between(*MONTH) & ((ended + ibis.interval(days=1)).day() == begun.day())
    by_days = ibis.ifelse(a_month, 1.0, months_of(begun, ended)) * ibis.least(named / days, 1.0)
    any_odd, silent = bills.odd.any(), bills.begun.isnull().any()
    given = ibis.ifelse(silent, None, ibis.ifelse(any_odd, by_days, 1.0))
    return {"given": given, "given_odd": any_odd & ~silent, "begun": begun, "ended": ended}


def has_given(rows: Any, keys: list[str], unless: Any) -> Any:
    """Return whether given periods say what the subscriber's months cover.

    Those that are no whole months always do. Whole months do, ``unless`` the subscriber pays by days: packs of 28 to 31
    days are no months.
    """
    if "given" not in rows.columns:
        return ibis.literal(False)
    window = ibis.window(group_by=keys)
    odd = rows.given_odd.fill_null(False).any().over(window)
    return odd | (rows.given.notnull().any().over(window) & ~unless)


def as_given(rows: Any, keys: list[str]) -> Any:
    """Return the rows with what is given in the place of what the gaps say, of those ``by_period``.

    The months are laid end to end, backwards from the newest one: a month's cover begins where the one before it ends,
    but for pauses. So the time adds up, whatever the day on which a bill was made.
    """
    order = ibis.window(group_by=keys, order_by=rows.month)
    given_by_period = rows.by_period & rows.given.notnull()
    until = ibis.ifelse(rows.given.notnull(), rows.ended, month_end(rows.month)).lag().over(order)
    hole = _months_between(until, rows.begun)
    idle = ibis.ifelse(hole > LEAST_PAUSE, hole, 0.0)
    step = ibis.ifelse(given_by_period, rows.given + idle, rows.gap)
    rows = rows.mutate(
        own=ibis.ifelse(given_by_period, rows.given, rows.own),
        own_of_next=ibis.ifelse(given_by_period, rows.gap, rows.own),
        paused=ibis.ifelse(given_by_period, (idle > 0).fill_null(False), rows.paused),
        step=step.fill_null(0.0),
    )
    backwards = ibis.window(group_by=keys, order_by=ibis.desc(rows.month), preceding=None, following=0)
    newest = rows.number.max().over(ibis.window(group_by=keys)).cast("float64")
    since_newest = rows.step.sum().over(backwards) - rows.step
    until = ibis.ifelse(rows.given.notnull(), ibis.greatest(rows.number, month_number(rows.ended)), rows.number)
    return rows.mutate(
        at=ibis.ifelse(rows.by_period, newest - since_newest, rows["at"]),
        billed_until=ibis.ifelse(rows.by_period, until.cast("float64"), rows.billed_until),
    )


def _months_between(until: Any, begun: Any) -> Any:
    """Return how many months lie between two periods: whole ones where both leave off on the same day of a month."""
    next_day = until + ibis.interval(days=1)
    days = begun.delta(until, unit="day").cast("float64") - 1
    whole = month_number(begun) - month_number(next_day)
    return ibis.ifelse(next_day.day() == begun.day(), whole.cast("float64"), days / MONTH_DAYS)
