"""What a margin can come from: the newest bills known at as_of, the operator's valuation, the plan."""

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
    complete_until,
    covered,
    lost_bills,
    monthly_money,
    shape_of,
    tells_other_than_a_month,
)
from savedesk.params.cohort import CohortParams
from savedesk.params.value import ValueParams
from savedesk.stages.value.bad_debt import late_bills, lost_when_late

KEYS = ["subscriber_id", "as_of"]
AMOUNTS = ("total_due", "received")
Keep = Callable[[Any, str], Any]


def _as_is(expression: Any, name: str) -> Any:  # noqa: ARG001 - an engine would keep it under this name
    return expression


def newest_bills(
    people: Any, bills: Any, shape: Shape, until: Any, params: ValueParams, keep: Keep = _as_is, lost: Any = None
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
    unpaid = known.paid_on.isnull() | (known.paid_on >= known.as_of)
    lost = (unpaid & (known.as_of.delta(known.due_on, unit="day") > params.bad_debt_days)).fill_null(False)
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


def newest_valuation(people: Any, valuations: Any) -> Any:
    """Return the newest valuation known before as_of: given_margin (money/month) and given_value (money)."""
    known = people.inner_join(
        valuations, [people.subscriber_id == valuations.subscriber_id, valuations.known_on < people.as_of]
    )
    order = ibis.window(group_by=["subscriber_id", "as_of"], order_by=[ibis.desc("valued_on")])
    first = known.mutate(place=ibis.row_number().over(order)).filter(ibis._.place == 0)
    return first.select("subscriber_id", "as_of", given_margin=first.monthly_margin, given_value=first.remaining_value)


def with_margin_sources(
    people: Any, tables: dict[str, Any], params: ValueParams, windows: CohortParams, keep: Keep = _as_is
) -> Any:
    """Return people with everything that a margin can come from: bills, who pays late, valuation, plan fee, segment."""
    bills, subscribers = tables["bills"], tables["subscribers"]
    shape = shape_of(bills)
    begun = subscribers.select("subscriber_id", "activated_on")
    ids = people.select(*KEYS).left_join(begun, "subscriber_id", rname="{name}_master").select(*KEYS, "activated_on")
    master = subscribers.select("subscriber_id", "segment", "plan_id")
    fees = tables["plans"].select("plan_id", plan_fee=tables["plans"].monthly_fee)
    until = complete_until(bills, people, windows)
    lost = lost_bills(tables["unknown_facts"], bills)
    rows = people.left_join(newest_bills(ids, bills, shape, until, params, keep, lost), KEYS, rname="{name}_bill")
    rows = rows.left_join(late_bills(ids, bills, shape), KEYS, rname="{name}_late")
    rows = rows.left_join(lost_when_late(ids, bills, shape, params), "as_of", rname="{name}_lost")
    rows = rows.left_join(newest_valuation(ids, tables["valuations"]), KEYS, rname="{name}_valuation")
    rows = rows.left_join(master, "subscriber_id", rname="{name}_master").left_join(
        fees, "plan_id", rname="{name}_plan"
    )
    wanted = ["mean_bill", "mean_received", "bills_due", "bills_late", "lost_when_late"]
    return rows.select(*people.columns, *wanted, "given_margin", "given_value", "plan_fee", "segment")
