"""What a margin can come from: the newest bills known at as_of, the operator's valuation, the plan."""

from __future__ import annotations

import functools
import operator
from typing import Any

import ibis

from savedesk.params.value import ValueParams
from savedesk.value.bad_debt import late_bills, lost_when_late


def newest_bills(people: Any, bills: Any, params: ValueParams) -> Any:
    """Return subscriber_id, as_of, mean_bill and mean_received (money/month) of the newest ``margin_months`` bills.

    Only bills known before as_of count. What was due more than ``bad_debt_days`` before as_of and is not paid by then
    was not received; of all other bills the whole amount is still expected. A source without due dates does not say who
    pays.

    Args:
        people: subscriber_id and as_of.
        bills: canonical table; amounts are after discount.
        params: section ``value``.
    """
    known = people.inner_join(bills, [people.subscriber_id == bills.subscriber_id, bills.known_on < people.as_of])
    unpaid = known.paid_on.isnull() | (known.paid_on >= known.as_of)
    lost = (unpaid & (known.as_of.delta(known.due_on, unit="day") > params.bad_debt_days)).fill_null(False)
    order = ibis.window(group_by=["subscriber_id", "as_of"], order_by=[ibis.desc("month")])
    ranked = known.select(
        "subscriber_id",
        "as_of",
        billed=known.total_due,
        received=ibis.ifelse(lost, 0.0, known.total_due),
        place=ibis.row_number().over(order),
    )
    # One cell a bill, added in a fixed order: a sum over rows would depend on the order of the threads.
    cells = {
        f"{amount}_{k}": ranked[amount].max(where=ranked.place == k)
        for amount in ("billed", "received")
        for k in range(params.margin_months)
    }
    wide = ranked.filter(ranked.place < params.margin_months).group_by(["subscriber_id", "as_of"]).aggregate(**cells)
    billed, received = (
        _mean([wide[name] for name in cells if name.startswith(kind)]) for kind in ("billed", "received")
    )
    return wide.select("subscriber_id", "as_of", mean_bill=billed, mean_received=received)


def _mean(amounts: list[Any]) -> Any:
    total = functools.reduce(operator.add, [amount.fill_null(0.0) for amount in amounts])
    return total / functools.reduce(operator.add, [amount.notnull().cast("float64") for amount in amounts])


def newest_valuation(people: Any, valuations: Any) -> Any:
    """Return the newest valuation known before as_of: given_margin (money/month) and given_value (money)."""
    known = people.inner_join(
        valuations, [people.subscriber_id == valuations.subscriber_id, valuations.known_on < people.as_of]
    )
    order = ibis.window(group_by=["subscriber_id", "as_of"], order_by=[ibis.desc("valued_on")])
    first = known.mutate(place=ibis.row_number().over(order)).filter(ibis._.place == 0)
    return first.select("subscriber_id", "as_of", given_margin=first.monthly_margin, given_value=first.remaining_value)


def with_margin_sources(people: Any, tables: dict[str, Any], params: ValueParams) -> Any:
    """Return people with everything that a margin can come from: bills, who pays late, valuation, plan fee, segment."""
    keys = ["subscriber_id", "as_of"]
    ids, bills = people.select(*keys), tables["bills"]
    master = tables["subscribers"].select("subscriber_id", "segment", "plan_id")
    fees = tables["plans"].select("plan_id", plan_fee=tables["plans"].monthly_fee)
    rows = people.left_join(newest_bills(ids, bills, params), keys, rname="{name}_bill")
    rows = rows.left_join(late_bills(ids, bills), keys, rname="{name}_late")
    rows = rows.left_join(lost_when_late(ids, bills, params), "as_of", rname="{name}_lost")
    rows = rows.left_join(newest_valuation(ids, tables["valuations"]), keys, rname="{name}_valuation")
    rows = rows.left_join(master, "subscriber_id", rname="{name}_master").left_join(
        fees, "plan_id", rname="{name}_plan"
    )
    wanted = ["mean_bill", "mean_received", "bills_due", "bills_late", "lost_when_late"]
    return rows.select(*people.columns, *wanted, "given_margin", "given_value", "plan_fee", "segment")
