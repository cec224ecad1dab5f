"""What a margin can come from: bills, who pays late, the operator's valuation, the plan."""

from __future__ import annotations

from typing import Any

import ibis

from savedesk.domain.bill_margin import KEYS, Keep, as_is, newest_bills
from savedesk.domain.billed_months import complete_until, lost_bills, shape_of
from savedesk.params.cohort import CohortParams
from savedesk.params.value import ValueParams
from savedesk.stages.value.bad_debt import late_bills, lost_when_late


def newest_valuation(people: Any, valuations: Any) -> Any:
    """Return the newest valuation known before as_of: given_margin (money/month) and given_value (money)."""
    known = people.inner_join(
        valuations, [people.subscriber_id == valuations.subscriber_id, valuations.known_on < people.as_of]
    )
    order = ibis.window(group_by=["subscriber_id", "as_of"], order_by=[ibis.desc("valued_on")])
    first = known.mutate(place=ibis.row_number().over(order)).filter(ibis._.place == 0)
    return first.select("subscriber_id", "as_of", given_margin=first.monthly_margin, given_value=first.remaining_value)


def with_margin_sources(
    people: Any, tables: dict[str, Any], params: ValueParams, windows: CohortParams, keep: Keep = as_is
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
