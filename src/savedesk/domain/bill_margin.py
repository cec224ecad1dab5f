"""What a subscriber's bills leave a month: the newest bills known at as_of, what was received, variable cost."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any

import ibis

from savedesk.domain.bill_periods import month_number
from savedesk.domain.billed_months import (
    LONG,
    Shape,
    as_known,
    covered,
    monthly_money,
    tells_other_than_a_month,
)
from savedesk.domain.payments import is_unpaid
from savedesk.params.value import ValueParams

KEYS = ["subscriber_id", "as_of"]
AMOUNTS = ("total_due", "received")
Keep = Callable[[Any, str], Any]


def as_is(expression: Any, name: str) -> Any:  # noqa: ARG001 - an engine would use the name
    """Return an expression as it is: the way to keep none."""
    return expression


def newest_bills(
    people: Any, bills: Any, shape: Shape, until: Any, params: ValueParams, keep: Keep = as_is, lost: Any = None
) -> Any:
    """Return subscriber_id, as_of, mean_bill and mean_received (money/month) over the newest ``margin_months`` months.

    What a bill covers and which months count: see ``billed_months``. Only bills, and corrections of bills, known before
    as_of count. What was due more than ``bad_debt_days`` before as_of and is not paid by then was not received; of all
    other bills the whole amount is still expected. A source without due dates does not say who pays.

    Args:
        people: subscriber_id, as_of and activated_on.
        bills: canonical table; amounts are after discount.
        shape: see ``billed_months.shape_of``.
        until: see ``billed_months.complete_until``.
        params: section ``value``.
        keep: computes an expression under a name and returns the table.
        lost: see ``billed_months.lost_bills``; months of them count neither as paid nor as free.
    """
    whole = people if lost is None else people.anti_join(lost, "subscriber_id")
    simple = keep(_one_a_month(whole, bills, until, params), "margin_one_a_month")
    others = keep(people.anti_join(simple, KEYS), "margin_of_others")
    known = _received(as_known(bills, others, shape), params)
    money = monthly_money(covered(known, shape, others, until, AMOUNTS, lost=lost), params.margin_months)
    names = {"mean_bill": "total_due", "mean_received": "received"}
    return simple.union(money.select(*KEYS, **{new: money[old] for new, old in names.items()}))


def _received(known: Any, params: ValueParams) -> Any:
    lost = (is_unpaid(known) & (known.as_of.delta(known.due_on, unit="day") > params.bad_debt_days)).fill_null(False)
    return known.mutate(received=ibis.ifelse(lost, 0.0, known.total_due))


def _one_a_month(people: Any, bills: Any, until: Any, params: ValueParams) -> Any:
    """Return what ``newest_bills`` returns, of those with exactly one bill in each month and without corrections.

    A short way to what ``billed_months`` says of them: nearly all subscribers are so, and its windows are dear.
    """
    ids = people.select(*KEYS, since=people.activated_on.truncate("M"))
    known = ids.inner_join(bills, [ids.subscriber_id == bills.subscriber_id, bills.known_on < ids.as_of])
    known = known.filter((known.month >= known.since).fill_null(True))
    known = _received(known.mutate(odd=known.corrects.notnull() | tells_other_than_a_month(known)), params)
    order = ibis.window(group_by=KEYS, order_by=[ibis.desc("month")])
    ranked = known.select(
        *KEYS,
        "total_due",
        "received",
        "odd",
        number=month_number(known.month),
        place=ibis.row_number().over(order),
    )
    cells = {
        f"{amount}_{k}": ibis.ifelse(ranked.place == k, ranked[amount], None).max()
        for amount in AMOUNTS
        for k in range(params.margin_months)
    }
    oldest = ranked.number + ranked.place  # the same for all: one a month
    wide = ranked.group_by(KEYS).aggregate(
        **cells, bills=ranked.count(), last=ranked.number.max(), gaps=oldest.max() - oldest.min(), odd=ranked.odd.any()
    )
    wide = wide.filter((wide.bills > 1) & (wide.gaps == 0) & ~wide.odd)
    wide = wide.left_join(until, "as_of", rname="{name}_until")
    silent = (month_number(wide.complete_until) - wide["last"]).fill_null(0)
    wide = wide.mutate(silent=ibis.ifelse(silent > LONG, silent - 1, 0))
    time = ibis.least(wide.bills + wide.silent, params.margin_months).cast("float64")
    billed, received = (
        _added(
            [
                ibis.ifelse(wide.silent + k < params.margin_months, wide[f"{amount}_{k}"], None)
                for k in range(params.margin_months)
            ]
        )
        / time
        for amount in AMOUNTS
    )
    return wide.select(*KEYS, mean_bill=billed, mean_received=received)


def _added(cells: list[Any]) -> Any:
    """Return the sum in a fixed order: one over rows would depend on the order of the threads."""
    return functools.reduce(operator.add, [cell.fill_null(0.0) for cell in cells])


def margin_of_bills(billed: Any, received: Any, bad_debt: Any, params: ValueParams) -> Any:
    """Return the margin of bills (money/month): what is received, less expected bad debt, less the variable cost.

    Unpaid bills cause the variable cost as well.

    Args:
        billed: mean bill, or fee of a plan (money/month).
        received: what of it was received (money/month).
        bad_debt: share of it that is expected to stay unpaid, 0..1.
        params: section ``value``.
    """
    return received * (1 - bad_debt) - params.variable_cost_share * billed
