"""What the rhythm of the bills leaves open: what they cover is then taken from the gaps between them, and said so."""

from __future__ import annotations

from typing import Any

import ibis

from savedesk.domain.bill_periods import has_long_period, month_end, month_number
from savedesk.domain.billed_months import LONG
from savedesk.domain.usage_months import MONTHS_A_YEAR

_FEW = 0.001  # share of subscribers who stop being billed after the first month without an exit
_LATE = 2  # months after which a monthly bill would have been followed by another one
STEP = "next: select period_start and period_end in bills.sql, the days that each bill covers (docs/connect.md)"


def doubts(bills: Any, status_changes: Any, *, has_numbers: bool = True) -> list[str]:
    """Return a line each for what the bills, and what their periods, leave open.

    Args:
        bills: canonical table.
        status_changes: canonical table.
        has_numbers: whether the source gives bills numbers of their own.
    """
    ends = bills.aggregate(starts=bills.period_start.count(), ends=bills.period_end.count())
    (given,) = ends.to_pyarrow().to_pylist()
    has_periods = bool(given["starts"] or given["ends"])
    said = _of_rhythm(bills, status_changes, has_periods=has_periods)
    said += _of_periods(bills) if has_periods else []
    return said + (_listed_again(bills) if has_numbers else [])


def _listed_again(bills: Any) -> list[str]:
    """Return a line where one bill stands under several months: an open one that each month's file lists anew."""
    own = bills.filter(bills.corrects.isnull(), bills.bill_id != bills.billed_on.cast("string"))
    same = own.group_by("subscriber_id", "bill_id", "billed_on", "total_due").aggregate(months=own.month.nunique())
    again = same.filter(same.months > 1)
    who = again.subscriber_id.nunique()
    counted = again.aggregate(bills=again.count(), example=again.bill_id.min(), subscribers=who)
    (counts,) = counted.to_pyarrow().to_pylist()
    if not counts["bills"]:
        return []
    said = (
        f"bills: {counts['bills']:,} bills of {counts['subscribers']:,} subscribers, such as {counts['example']}, "
        "stand "
    )
    said += "under several months with one day and one amount, and are owed once for each; next: if a file lists open "
    return [f"{said}bills again, keep the first month of each in bills.sql (min(month) ... GROUP BY bill_id)"]


def _of_periods(bills: Any) -> list[str]:
    """Return a line each for periods of which one end is absent, and for plan fees that lack the period of others."""
    half, long = bills.period_start.isnull() != bills.period_end.isnull(), has_long_period(bills)
    counted = bills.aggregate(
        half=half.sum(), example=bills.subscriber_id.min(where=half), bills=bills.count(), long=long.sum()
    )
    (counts,) = counted.to_pyarrow().to_pylist()
    lines = []
    if counts["half"]:
        said = (
            f"bills: {counts['half']:,} of {counts['bills']:,} have one of period_start and period_end and not the "
            "other"
        )
        lines.append(f"{said}, such as one of {counts['example']}, so their period is not used; next: select both")
    return lines + (_lacking(bills) if counts["long"] else [])


def _lacking(bills: Any) -> list[str]:
    """Return a line for plan fees without a period, after the end of the longer periods that the subscriber had."""
    payers = bills.filter(has_long_period(bills)).select("subscriber_id").distinct()
    rows = bills.filter(bills.corrects.isnull()).semi_join(payers, "subscriber_id")
    until = ibis.ifelse(has_long_period(rows), rows.period_end, None)
    earlier = ibis.window(group_by="subscriber_id", order_by=rows.month, preceding=None, following=0)
    rows = rows.mutate(until=until.max().over(earlier))
    none = rows.period_start.isnull() & rows.period_end.isnull() & (rows.plan_fee > 0)
    rows = rows.filter((none & (month_end(rows.month) > rows.until)).fill_null(False))
    counted = rows.aggregate(subscribers=rows.subscriber_id.nunique(), example=rows.subscriber_id.min())
    (counts,) = counted.to_pyarrow().to_pylist()
    if not counts["subscribers"]:
        return []
    said = (
        f"bills: {counts['subscribers']:,} subscribers, such as {counts['example']}, have a bill with a period longer "
    )
    said += "than a month and a later plan fee without a period, so what that covers is taken from the gap before it"
    return [f"{said}; {STEP}"]


def _of_rhythm(bills: Any, status_changes: Any, *, has_periods: bool) -> list[str]:
    """Return a line each for bills months apart, one bill alone, several of a month, and fees among statements of 0.

    Args:
        bills: canonical table.
        status_changes: canonical table.
        has_periods: whether any bill has a period, or one of its ends.
    """
    newest = bills.month.max().execute()
    if newest is None or newest != newest:  # noqa: PLR0124 - pandas has NaT for no day
        return []
    rows = _by_subscriber(bills, has_periods=has_periods)
    left = status_changes.filter(status_changes.status != "active").select("subscriber_id").distinct()
    rows = rows.left_join(left, "subscriber_id")
    late = rows["last"] <= newest.year * MONTHS_A_YEAR + newest.month - _LATE
    alone = (rows.bills == 1) & ~rows.given & late & rows.subscriber_id_right.isnull()
    months = rows["last"] - rows["first"] + 1
    apart = (months - 1 > LONG * (rows.bills - 1)) & (rows.bills > 1) & ~rows.has_long
    counted = rows.aggregate(
        everybody=rows.count(),
        apart=apart.sum(),
        several=((rows.bills > months) & ~rows.has_long).sum(),
        among_nothing=(_among_nothing(rows) & ~rows.has_long).sum(),
        alone=alone.sum(),
    )
    (counts,) = counted.to_pyarrow().to_pylist()
    everybody, lines = f"{counts['everybody']:,}", []
    if counts["alone"] > _FEW * counts["everybody"]:
        said = (
            f"bills: {counts['alone']:,} of {everybody} subscribers have one bill, {_LATE} months or more before the "
        )
        lines.append(f"{said}newest of all, and no period, so what it covers is guessed from the time since; {STEP}")
    if counts["apart"]:
        said = f"bills: {counts['apart']:,} of {everybody} subscribers have bills that are months apart and no period"
        lines.append(f"{said}, so a bill is taken to cover the time since the one before; {STEP}")
    if counts["several"]:
        said = f"bills: {counts['several']:,} of {everybody} subscribers have more bills than months"
        lines.append(
            f"{said}, which are added up; next: if some replace others, leave the replaced ones out of bills.sql"
        )
    if counts["among_nothing"]:
        said = f"bills: {counts['among_nothing']:,} of {everybody} subscribers have a plan fee now and then"
        said += ", statements of 0 in the months between, and no period, so the fee is taken for that of one month"
        lines.append(f"{said}; {STEP}")
    return lines


def _by_subscriber(bills: Any, *, has_periods: bool) -> Any:
    month = month_number(bills.month)
    own = bills.corrects.isnull()
    fee, nothing = own & (bills.plan_fee > 0), own & (bills.total_due == 0)
    seen = {"has_long": has_long_period(bills).any(), "given": bills.period_end.notnull().any()}
    rows = bills.group_by("subscriber_id").aggregate(
        bills=own.sum(),
        first=month.min(),
        last=month.max(),
        nothing=nothing.sum(),
        fees=fee.sum(),
        first_fee=month.min(where=fee),
        last_fee=month.max(where=fee),
        **(seen if has_periods else {}),
    )
    return rows if has_periods else rows.mutate(**dict.fromkeys(seen, ibis.literal(False)))


def _among_nothing(rows: Any) -> Any:
    """Return whether a fee comes in so few months, with statements of nothing around it, that it is for more than one.

    Months that are free at the beginning, or once in a while, are fewer than those with a fee.
    """
    between = (rows.last_fee - rows.first_fee + 1 >= LONG * rows.fees) & (rows.fees > 1)
    single = (rows.fees == 1) & (rows.last_fee < rows["last"])
    return ((rows.nothing >= LONG * rows.fees) & (between | single)).fill_null(False)
