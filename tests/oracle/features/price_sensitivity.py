"""Twins of the family price_sensitivity."""

from tests.oracle.features.competition import index
from tests.oracle.features.person import (
    change,
    count,
    days,
    largest,
    mean,
    median,
    minus,
    share,
    spread,
    streak,
)


def bill(span):
    return lambda p: mean(p.billed("total_due", 1, span))


def of_bill(column, span):
    return lambda p: share(mean(p.billed(column, 1, span)), mean(p.billed("total_due", 1, span)))


def changes(p, who, days_back, dearer):
    for row in p.changes:
        fees = row["new_fee"], row["old_fee"]
        meant = row["initiated_by"] == who and p.age(row["changed_on"]) <= days_back and None not in fees
        if meant and fees[0] != fees[1] and (fees[0] > fees[1]) == dearer:
            yield row


def highest_rise(p):
    rises = [
        share(row["new_fee"] - row["old_fee"], row["old_fee"])
        for row in p.changes
        if row["initiated_by"] == "operator" and p.age(row["changed_on"]) <= 366
        if None not in (row["new_fee"], row["old_fee"])
    ]
    return largest(rises)


def fee_change(p):
    before = mean(p.billed("plan_fee", 2, 4))
    now = p.billed("plan_fee", 1, 1)[0]
    return None if before is None or now is None or before <= 0 else now / before - 1


def paid(p):
    both = zip(p.billed("plan_fee", 1, 3), p.billed("overage_fee", 1, 3), strict=True)
    return mean([fee + over for fee, over in both if fee is not None and over is not None])


def cheapest(p):
    use = {name: mean(p.used(name, 1, 3)) for name in ("voice_min", "data_mb", "sms")}
    if use["voice_min"] is None and use["data_mb"] is None:
        return None
    prices = {"voice_min": "price_per_min", "data_mb": "price_per_mb", "sms": "price_per_sms"}

    def cost(plan):
        beyond = (
            max((use[n] or 0) - (plan[f"included_{n}"] or 0), 0) * (plan[price] or 0) for n, price in prices.items()
        )
        return plan["monthly_fee"] + sum(beyond)

    return min((cost(plan) for plan in p.world.plans), default=None)


def discount_end(p):
    until = p.billed("discount_until", 1, 1)[0]
    return None if until is None else float((until - p.as_of).days)


def price_complaints(p, days_back):
    return count(row for row in p.tickets if row["category"] == "price" and p.age(row["opened_at"]) <= days_back)


def above_competitor(p):
    fee = p.billed("plan_fee", 1, 1)[0]
    return None if fee is None or index(p) is None else fee * (1 - index(p))


def discount_share(p):
    discount, due = mean(p.billed("discount", 1, 3)), mean(p.billed("total_due", 1, 3))
    return None if discount is None or due is None else share(discount, discount + due)


TWINS = {
    "bill_1m": bill(1),
    "bill_3m": bill(3),
    "bill_6m": bill(6),
    "bill_12m": bill(12),
    "bill_shock_1m": lambda p: change(p.billed("total_due", 1, 1)[0], median(p.billed("total_due", 2, 6))),
    "bill_shock_6m": lambda p: change(largest(p.billed("total_due", 1, 6)), median(p.billed("total_due", 1, 6))),
    "overage_share_3m": of_bill("overage_fee", 3),
    "overage_share_12m": of_bill("overage_fee", 12),
    "overage_3m": lambda p: mean(p.billed("overage_fee", 1, 3)),
    "overage_streak": lambda p: streak(cell is not None and cell > 0 for cell in p.billed("overage_fee", 1, 6)),
    "overage_months_6m": lambda p: count(1 for cell in p.billed("overage_fee", 1, 6) if cell is not None and cell > 0),
    "discount_share_3m": discount_share,
    "discount_lost": lambda p: minus(mean(p.billed("discount", 2, 4)), p.billed("discount", 1, 1)[0]),
    "discount_months": lambda p: streak(cell is not None and cell > 0 for cell in p.billed("discount", 1, 12)),
    "days_to_discount_end": discount_end,
    "vas_share_3m": of_bill("vas_fee", 3),
    "price_rises_6m": lambda p: count(changes(p, "operator", 184, dearer=True)),
    "price_rises_12m": lambda p: count(changes(p, "operator", 366, dearer=True)),
    "price_rise_12m": highest_rise,
    "days_since_price_rise": lambda p: days(p.age(row["changed_on"]) for row in p.rises),
    "downgrades_12m": lambda p: count(changes(p, "subscriber", 366, dearer=False)),
    "upgrades_12m": lambda p: count(changes(p, "subscriber", 366, dearer=True)),
    "price_complaints_6m": lambda p: price_complaints(p, 184),
    "price_complaints_12m": lambda p: price_complaints(p, 366),
    "bill_change_3m": lambda p: change(mean(p.billed("total_due", 1, 3)), mean(p.billed("total_due", 4, 6))),
    "fee_change_1m": fee_change,
    "bill_volatility_6m": lambda p: spread(p.billed("total_due", 1, 6)),
    "plan_fee_1m": lambda p: p.billed("plan_fee", 1, 1)[0],
    "bill_after_price_rise": lambda p: p.since_rise(p.billed("total_due", 1, 12)),
    "usage_after_price_rise": lambda p: p.since_rise(p.used("voice_min", 1, 12)),
    "data_after_price_rise": lambda p: p.since_rise(p.used("data_mb", 1, 12)),
    "plan_overspend_3m": lambda p: change(paid(p), cheapest(p)),
    "plan_fit_saving_3m": lambda p: minus(paid(p), cheapest(p)),
    "bill_against_segment": lambda p: change(bill(3)(p), p.world.segment_bill.get(p.subscriber["segment"])),
    "fee_above_competitor": above_competitor,
}
