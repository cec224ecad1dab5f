"""What a bill covers: money per month, whatever the gap between two bills. The one place that says so.

- A correction counts from the day on which it became known, in the bill that it corrects (``folded``).
- A bill with a given period covers that: see ``bill_periods`` and ``given_cover``. Time between given periods that
  nobody has billed is a pause. All that follows is of bills without a period.
- Bills of one month are added up. A bill then covers the time since the subscriber's bill of an earlier month: whole
  months, or days where the subscriber pays by days (a month is skipped although fewer days have passed, or two bills of
  one month lie ``TWICE_DAYS`` apart: prepaid top-ups).
- A gap more than ``LONG`` times the rhythm beside it is a pause, unless the bill that ends it is as much larger: then
  it covers the gap. Months of a pause are months without a bill.
- The first bill covers as much as the next one. A bill that stands alone covers the shortest usual rhythm that can be,
  after as many months without a bill since the subscriber or the data began, or before the newest complete month.
- A line that has not been billed for more than ``LONG`` times what its last bill covers is no longer paying: the time
  beyond counts as months without a bill, but only up to the newest month of which everybody's bills are in.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis

from savedesk.domain.bill_periods import (
    MONTH_DAYS,
    has_long_period,
    has_odd_period,
    has_period,
    month_number,
    spread,
    without_nothing,
)
from savedesk.domain.given_cover import GIVEN, as_given, given_of, has_given
from savedesk.domain.usage_months import arrivals, complete_months
from savedesk.params.cohort import CohortParams
from savedesk.schemas.bills import MONEY

RHYTHMS = (1, 2, 3, 6, 12)  # months from one bill to the next; what operators offer
LONG = 1.5  # times the usual gap, from which on a gap is no longer a late bill
LARGER = 1.75  # times the bill beside it that a bill must be to cover a long gap; two bills differ by less
SKIPPED = 0.5  # months that a gap is shorter in days than in calendar months where a month was skipped
TWICE_DAYS = 23  # two bills of one calendar month so far apart are two payments, not the parts of one
NEWEST = 14  # months with a bill that are looked at: two yearly bills among monthly ones
EXACT = 10_000  # amounts are added up in parts of a unit of money, so that their order does not matter
PERIOD_COLUMNS = ("period_start", "period_end")
TEXTS = ("discount_until", "payment_method")
ID = "subscriber_id"


@dataclass(frozen=True)
class Shape:
    """What occurs in a table of bills; where it does not, nobody pays for looking after it.

    Args:
        corrections: whether there are corrections.
        periods: whether there are given periods.
    """

    corrections: bool
    periods: bool


def shape_of(bills: Any) -> Shape:
    """Return what occurs in the canonical table."""
    counted = bills.aggregate(corrections=bills.corrects.count(), periods=has_period(bills).sum())
    (row,) = counted.to_pyarrow().to_pylist()
    return Shape(bool(row["corrections"]), bool(row["periods"]))


def tells_other_than_a_month(bills: Any) -> Any:
    """Return whether a bill says that it covers other than one month."""
    return has_long_period(bills) | has_odd_period(bills)


def folded(known: Any, shape: Shape, by: Sequence[str] = (ID,), money: Sequence[str] = ("total_due",)) -> Any:
    """Return the bills without the corrections: each amount is what the known corrections have left of it.

    Beside the columns of the bills stands ``corrected``: whether a correction is known. A bill that no correction
    belongs to keeps its amounts to the last bit.

    Args:
        known: rows of the contract ``bills`` that were known at some date, or at several.
        shape: see ``shape_of``.
        by: columns that tell subscribers, and dates, apart.
        money: the amounts that are wanted.
    """
    if not shape.corrections:
        return known.mutate(corrected=ibis.literal(False))
    bills, notes = known.filter(known.corrects.isnull()), known.filter(known.corrects.notnull())
    keys = [*by, "month"]
    back = notes.group_by([*keys, "corrects"]).aggregate(
        **{f"{amount}_back": _exact(notes[amount]).sum() for amount in money}
    )
    same = [bills[key] == back[key] for key in keys] + [bills.bill_id == back.corrects]
    both = bills.left_join(back, same, rname="{name}_back")
    changed = both[f"{money[0]}_back"].notnull()
    left = {
        amount: ibis.ifelse(changed, both[amount] + both[f"{amount}_back"] / EXACT, both[amount]) for amount in money
    }
    return both.select(*[both[name] for name in bills.columns if name not in money], **left, corrected=changed)


def _exact(amount: Any) -> Any:
    return (amount * EXACT).round().cast("int64")


def as_known(bills: Any, people: Any, shape: Shape, money: Sequence[str] = ("total_due",)) -> Any:
    """Return the bills known before each as_of, after the corrections known by then; see ``folded``.

    Bills of months before that of the activation are not the subscriber's.

    Args:
        bills: canonical table.
        people: subscriber_id, as_of and activated_on (absent where nobody knows).
        shape: see ``shape_of``.
        money: the amounts that are wanted.
    """
    ids = people.select(ID, "as_of", since=people.activated_on.truncate("M"))
    known = ids.inner_join(bills, [ids[ID] == bills[ID], bills.known_on < ids.as_of])
    known = known.filter((known.month >= known.since).fill_null(True))
    return folded(known.select("as_of", *bills.columns), shape, [ID, "as_of"], money)


def lost_bills(unknown_facts: Any, bills: Any) -> Any:
    """Return subscriber_id and month of the bills, and corrections, of which nobody knows what they are a month.

    They were turned away, or they are there and their period could not be read.

    Args:
        unknown_facts: contract ``unknown_facts``. A row without a day may be of any month, and is left out.
        bills: canonical table.
    """
    facts = unknown_facts.filter(unknown_facts.table == "bills", unknown_facts.subscriber_id.notnull())
    facts = facts.filter(facts.day.notnull())
    away = facts.filter(facts.column.isnull())
    away = away.select(ID, month=away.day.truncate("M").cast("timestamp").cast("date"))
    unread = facts.filter(facts.column.isin(PERIOD_COLUMNS)).select(ID, "day")
    of_no_period = bills.filter(bills.corrects.isnull())
    same = [of_no_period[ID] == unread[ID], of_no_period.billed_on == unread.day]
    return away.union(of_no_period.semi_join(unread, same).select(ID, "month")).distinct()


def complete_until(bills: Any, dates: Any, params: CohortParams) -> Any:
    """Return as_of and complete_until: the newest month of which everybody's bills were in, as known before as_of.

    And oldest_month: where the bills begin. See ``usage_months.complete_months``.
    """
    arrived = arrivals(bills)
    return arrived_until(arrived, dates, params)


def arrived_until(arrived: Any, dates: Any, params: CohortParams) -> Any:
    """Return what ``complete_until`` returns, from ``usage_months.arrivals`` of the bills."""
    days = dates.select("as_of").distinct()
    newest = complete_months(arrived, days, params).group_by("as_of").aggregate(complete_until=ibis._.month.max())
    known = arrived.inner_join(days, arrived.known_on < days.as_of)
    oldest = known.group_by("as_of").aggregate(oldest_month=known.month.min())
    both = newest.inner_join(oldest, "as_of")
    return both.select("as_of", "complete_until", "oldest_month")


@dataclass(frozen=True)
class Covered:
    """Months with bills and what they cover, one row a subscriber, as_of and month.

    Args:
        rows: subscriber_id, as_of, month, the amounts, ``place`` (0 is the newest), ``at`` and ``since`` (when the
            cover ends and begins; months on a scale of their own), ``covers`` (months), ``holds`` (months after which
            the next bill is due), ``paused`` (whether months without a bill came before it), ``silent`` (months
            without a bill after the newest one).
        money: names of the amounts.
    """

    rows: Any
    money: tuple[str, ...]


def covered(
    known: Any,
    shape: Shape,
    people: Any,
    until: Any,
    money: Sequence[str] = MONEY,
    texts: Sequence[str] = (),
    lost: Any = None,
) -> Covered:
    """Return the newest ``NEWEST`` months with a bill before as_of, and what they cover.

    Args:
        known: the bills as known at each as_of, after ``folded``; with ``as_of``.
        shape: see ``shape_of``.
        people: subscriber_id, as_of and activated_on (absent where nobody knows).
        until: see ``complete_until``.
        money: amounts that are wanted.
        texts: what else is wanted, of the newest bill of the month.
        lost: subscriber_id and month of bills that there were and nobody can read. Such a month counts neither as paid
            nor as a month without a bill.
    """
    keys = [ID, "as_of"]
    single = ibis.literal(1, "int64")
    parts = spread(without_nothing(known), money) if shape.periods else known.mutate(due_after=single)
    months = _months(parts.filter(parts.month < parts.as_of), money, texts, shape.periods)
    if lost is not None:
        months = _with_lost(months, lost, people.select(*keys), money, texts)
    rows = _newest(months, keys)
    rows = rows.left_join(people.select(*keys, "activated_on"), keys, rname="{name}_of").drop(
        *[f"{key}_of" for key in keys]
    )
    rows = rows.left_join(until, "as_of", rname="{name}_until").drop("as_of_until")
    return Covered(_covers(_gaps(rows, keys), keys), tuple(money))


def _months(bills: Any, money: Sequence[str], texts: Sequence[str], periods: bool) -> Any:
    """Return one row a month with bills. A month whose bills were all taken back has none."""
    amounts = {
        amount: ibis.ifelse(
            bills.count() == 1, bills[amount].max(), _exact(bills[amount]).sum().cast("float64") / EXACT
        )
        for amount in money
    }
    newest = ibis.coalesce(bills.billed_on.cast("string"), "") + bills.bill_id
    said = {text: bills[text].argmax(newest, where=bills[text].notnull()) for text in texts}
    months = bills.group_by([ID, "as_of", "month"]).aggregate(
        **amounts,
        **said,
        first_on=bills.billed_on.min(),
        last_on=bills.billed_on.max(),
        due_after=bills.due_after.max(),
        corrected=bills.corrected.any(),
        **(given_of(bills) if periods else {}),
    )
    taken_back = months.corrected & (
        functools.reduce(operator.add, [months[amount].abs() for amount in money]) < 1 / EXACT
    )
    return months.filter(~taken_back.fill_null(False)).drop("corrected").mutate(lost=ibis.literal(False))


def _with_lost(months: Any, lost: Any, people: Any, money: Sequence[str], texts: Sequence[str]) -> Any:
    """Return the months with those of lost bills: of these no amount is known, whatever else was billed in them."""
    away = people.inner_join(lost.select(ID, "month"), ID)
    away = away.filter(away.month < away.as_of).select(ID, "as_of", "month")
    kinds = months.schema()
    unknown = [name for name in (*money, *texts, "first_on", "last_on", *GIVEN) if name in kinds]
    blank = {name: ibis.null(kinds[name]) for name in unknown}
    added = away.mutate(**blank, due_after=ibis.literal(1, "int64"), lost=ibis.literal(True))
    kept = months.anti_join(away, [ID, "as_of", "month"]).select(*months.columns)
    return kept.union(added.select(*months.columns))


def _newest(months: Any, keys: list[str]) -> Any:
    placed = months.mutate(
        place=ibis.row_number().over(ibis.window(group_by=keys, order_by=ibis.desc(months.month))),
        number=month_number(months.month),
    )
    return placed.filter(placed.place < NEWEST)


def _gaps(rows: Any, keys: list[str]) -> Any:
    """Add ``at`` (when the month's cover ends), ``gap`` to the month with a bill before, and that of its neighbours."""
    order = ibis.window(group_by=keys, order_by=rows.month)
    whole = rows.number - rows.number.lag().over(order)
    days = rows.last_on.delta(rows.last_on.lag().over(order), unit="day").cast("float64") / MONTH_DAYS
    rows = rows.mutate(whole=whole, days=days, undated=rows.last_on.isnull())
    skipped = (rows.whole > 1) & (rows.days <= rows.whole - SKIPPED)
    twice = rows.last_on.delta(rows.first_on, unit="day") >= TWICE_DAYS
    alike = ibis.window(group_by=keys)
    by_days = (skipped | twice).fill_null(False).any().over(alike) & ~rows.undated.any().over(alike)
    by_period = has_given(rows, keys, unless=by_days)
    rows = rows.mutate(by_days=by_days & ~by_period, by_period=by_period)
    day = rows.last_on.delta(ibis.date(1970, 1, 1), unit="day").cast("float64") / MONTH_DAYS
    end = rows.complete_until + ibis.interval(months=1)
    end_day = end.cast("date").delta(ibis.date(1970, 1, 1), unit="day").cast("float64") / MONTH_DAYS
    rows = rows.mutate(
        at=ibis.ifelse(rows.by_days, day, rows.number.cast("float64")),
        gap=ibis.ifelse(rows.by_days, rows.days, rows.whole.cast("float64")),
        known_until=ibis.ifelse(rows.by_days, end_day, month_number(rows.complete_until).cast("float64")),
    )
    order = ibis.window(group_by=keys, order_by=rows.month)
    return rows.mutate(
        gap_before=rows.gap.lag().over(order),
        gap_after=rows.gap.lead().over(order),
        bill_before=rows.total_due.lag().over(order),
        bill_after=rows.total_due.lead().over(order),
    )


def _covers(rows: Any, keys: list[str]) -> Any:
    by_newer = (rows.gap_after < rows.gap_before).fill_null(rows.gap_before.isnull())
    usual = ibis.ifelse(by_newer, rows.gap_after, rows.gap_before)
    beside = ibis.ifelse(by_newer, rows.bill_after, rows.bill_before)
    # As much larger as the gap is longer: nearer to that than to the usual amount, and clearly more than one bill.
    least = ibis.greatest((1 + rows.gap / usual) / 2, LARGER)
    larger = ((beside > 0) & (rows.total_due / beside.nullif(0) >= least)).fill_null(False)
    paused = ((rows.gap > LONG * usual) & ~larger).fill_null(False)
    rows = rows.mutate(paused=paused, own=ibis.ifelse(paused, usual, rows.gap))
    rows = rows.mutate(own_of_next=rows.own, billed_until=rows["at"])
    if "given" in rows.columns:
        rows = as_given(rows, keys)
    order = ibis.window(group_by=keys, order_by=rows.month)
    within = ibis.ifelse(rows.by_days, rows.last_on.delta(rows.first_on, unit="day").cast("float64") / MONTH_DAYS, 0.0)
    covers = ibis.coalesce(rows.own, ibis.coalesce(rows.own_of_next.lead().over(order), _alone(rows)) + within)
    rows = rows.mutate(covers=covers, paused_after=rows.paused.lead().over(order).fill_null(False))
    rows = rows.mutate(since=rows["at"] - rows.covers, holds=ibis.greatest(rows.covers, rows.due_after.cast("float64")))
    silent = rows.known_until - rows.billed_until
    over = (rows.place == 0) & (silent > LONG * rows.holds)
    return rows.mutate(silent=ibis.ifelse(over.fill_null(False), silent - rows.holds, 0.0))


def _alone(rows: Any) -> Any:
    """Return what a bill that stands alone covers: the shortest rhythm that the months without a bill leave."""
    begun = ibis.greatest(month_number(rows.activated_on) + 1, month_number(rows.oldest_month))
    before = ibis.ifelse(rows.activated_on.isnull(), 0, ibis.greatest(rows.number - begun, 0))
    after = (month_number(rows.complete_until) - rows.number).fill_null(0)
    after = ibis.ifelse(after > LONG, after, 0)  # one month is a late bill
    least = 1 + ibis.greatest(before, after)
    fitting = [(least <= months, ibis.literal(float(months))) for months in RHYTHMS]
    given = rows.given.notnull() if "given" in rows.columns else ibis.literal(False)
    return ibis.cases(((rows.due_after > 1) | given, ibis.literal(1.0)), *fitting, else_=float(RHYTHMS[-1]))


def shares_of_window(billed: Covered, months: int) -> Any:
    """Return the rows with the part of each amount that lies within the newest ``months`` of time.

    The time ends with the last bill, or later where the line is no longer billed. Of a bill that covers more, the part
    that lies within counts. ``time`` says how many months each subscriber has been billed for in it, months without a
    bill included and those of lost bills not.
    """
    rows, newest = billed.rows, ibis.window(group_by=[ID, "as_of"])
    top = rows["at"].max().over(newest) + rows.silent.max().over(newest)
    rows = rows.mutate(top=top, low=top - float(months), begun=rows.since.min().over(newest))
    part = ibis.greatest(ibis.least(rows["at"], rows.top) - ibis.greatest(rows.since, rows.low), 0.0)
    rows = rows.mutate(part=ibis.ifelse(rows.lost, 0.0, part), away=ibis.ifelse(rows.lost, part, 0.0))
    rows = rows.mutate(time=ibis.least(rows.top - rows.begun, float(months)) - rows.away.sum().over(newest))
    return rows.mutate(**{amount: rows[amount] * (rows.part / rows.covers) for amount in billed.money})


def monthly_money(billed: Covered, months: int) -> Any:
    """Return subscriber_id, as_of and each amount per month (money/month), over the newest ``months`` of time.

    See ``shares_of_window``. One cell a bill, added in a fixed order: a sum over rows would depend on the order of the
    threads.
    """
    rows, keys = shares_of_window(billed, months), [ID, "as_of"]
    places = range(min(NEWEST, months + 2))
    cells = {
        f"{amount}_{k}": ibis.ifelse(rows.place == k, rows[amount], None).max()
        for amount in billed.money
        for k in places
    }
    wide = rows.group_by(keys).aggregate(**cells, time=rows.time.max())
    sums = {amount: _added([wide[f"{amount}_{k}"] for k in places]) for amount in billed.money}
    return wide.select(*keys, **{amount: total / wide.time.nullif(0.0) for amount, total in sums.items()})


def _added(cells: list[Any]) -> Any:
    return functools.reduce(operator.add, [cell.fill_null(0.0) for cell in cells])


def rates_by_lag(billed: Covered, lags: int, texts: Sequence[str] = ()) -> Any:
    """Return one row a subscriber and as_of with ``<amount>_<lag>``, ``<text>_<lag>`` and ``present_<lag>``, lags 1...

    An amount is what was paid a month by the bill in force in the month that lies ``lag`` months before as_of: that of
    the newest month with a bill up to then, for as long as the next one is not due. A month beyond, and a month of a
    pause, has none. A text is that of the bill in force.
    """
    rows, keys = billed.rows, [ID, "as_of"]
    order = ibis.window(group_by=keys, order_by=rows.month)
    lag = month_number(rows.as_of) - rows.number
    until_next = rows.number.lead().over(order) - rows.number
    held = (rows.holds - 0.01).ceil().cast("int64")
    length = ibis.ifelse(rows.paused_after | until_next.isnull(), ibis.least(held, until_next), until_next)
    rows = rows.mutate(
        lag=lag, last=lag - ibis.coalesce(length, held)
    )  # in force at the lags lag, lag - 1, ... last + 1
    cells: dict[str, Any] = {}
    for k in range(1, lags + 1):
        here = (rows.lag >= k) & (rows["last"] < k)
        cells[f"present_{k}"] = here.any()
        cells |= {f"{amount}_{k}": ibis.ifelse(here, rows[amount] / rows.covers, None).max() for amount in billed.money}
        cells |= {f"{text}_{k}": ibis.ifelse(here, rows[text], None).max() for text in texts}
    return rows.group_by(keys).aggregate(**cells)
