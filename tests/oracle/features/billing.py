"""Twins of the family billing."""

import itertools
from decimal import Decimal

from tests.oracle.features.person import change, count, days, mean, newest, share


def unpaid(p):
    return [b for b in p.bills if b["paid_on"] is None and b["total_due"] > 0]


def overdue(p):
    return [b for b in unpaid(p) if b["due_on"] is not None and b["due_on"] < p.as_of]


def late(p, days_back):
    for bill in p.bills:
        if p.age(bill["billed_on"]) <= days_back and bill["paid_on"] is not None and bill["due_on"] is not None:
            yield float((bill["paid_on"] - bill["due_on"]).days)


def last_delay(p):
    bill = newest((b for b in p.bills if b["paid_on"] is not None and b["due_on"] is not None), "month")
    return None if bill is None else float((bill["paid_on"] - bill["due_on"]).days)


def in_part(p):
    return count(
        b
        for b in p.bills
        if p.age(b["billed_on"]) <= 184 and b["paid_amount"] is not None and b["paid_amount"] < b["total_due"] - 0.005
    )


def suspensions(p):
    return [row["changed_on"] for row in p.statuses if row["status"] == "suspended_arrears"]


def method_changes(p):
    named = [method for method in p.billed("payment_method", 1, 12) if method is not None]
    return float(sum(now != before for now, before in itertools.pairwise(named)))


def unexplained(p):
    columns = [p.billed(name, 1, 4) for name in ("vas_fee", "other_fee", "discount")]
    rest = [None if None in cells else cells[0] + cells[1] - cells[2] for cells in zip(*columns, strict=True)]
    before = mean(rest[1:])
    gap = None if rest[0] is None or before is None else rest[0] - before
    return share(gap, mean(p.billed("total_due", 2, 4)))


TWINS = {
    "bills_overdue": lambda p: count(overdue(p)),
    "overdue_days": lambda p: float(max((p.age(b["due_on"]) for b in overdue(p)), default=0)),
    "days_late_6m": lambda p: max(late(p, 184), default=None),
    "mean_days_late_6m": lambda p: mean(late(p, 184)),
    "days_late_last": last_delay,
    "bills_late_6m": lambda p: count(delay for delay in late(p, 184) if delay > 0),
    "bills_late_12m": lambda p: count(delay for delay in late(p, 366) if delay > 0),
    "bills_paid_in_part_6m": in_part,
    "arrears_amount": lambda p: float(sum((Decimal(f"{b['total_due']:.2f}") for b in overdue(p)), Decimal(0))),
    "bills_due": lambda p: count(b for b in unpaid(p) if b["due_on"] is not None),
    "suspensions_12m": lambda p: count(day for day in suspensions(p) if p.age(day) <= 366),
    "days_since_suspension": lambda p: days(p.age(day) for day in suspensions(p)),
    "payment_method_changes_12m": method_changes,
    "bill_change_unexplained": unexplained,
    "vas_change_1m": lambda p: change(p.billed("vas_fee", 1, 1)[0], mean(p.billed("vas_fee", 2, 4))),
}
