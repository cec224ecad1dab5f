"""Family price_sensitivity: what the subscriber pays, how that changed, and how they reacted.

Every amount of a bill is money per month: the bill in force in a month, its corrections taken off, over the months that
it covers (``domain.billed_months``). So a yearly bill is no shock when it comes, and one for more is; shares are
those of the bill itself, whatever it covers; a streak counts months and not bills. A month without a bill is missing.
"""

from __future__ import annotations

from typing import Any

import ibis

from savedesk.stages.features.counted import counted, if_all_known
from savedesk.stages.features.declaration import feature
from savedesk.stages.features.months import (
    change,
    change_since,
    deviation,
    greatest,
    mean,
    median,
    months_true,
    ratio,
    streak,
    window_of,
)
from savedesk.stages.features.windows import HALF_YEAR_DAYS, YEAR_DAYS


@feature("bills", unit="money/month", window="1 month")
def bill_1m(row: Any) -> Any:
    """The last bill, per month that it covers."""
    return row.total_due_1


@feature("bills", unit="money/month", window="3 months")
def bill_3m(row: Any) -> Any:
    """Mean bill of the last 3 months, per month; of a longer bill the share of those months."""
    return mean(window_of(row, "total_due", 1, 3))


@feature("bills", unit="money/month", window="12 months")
def bill_12m(row: Any) -> Any:
    """Mean bill of the last 12 months, per month."""
    return mean(window_of(row, "total_due", 1, 12))


@feature(
    "bills",
    unit="share",
    window="1 month against the 5 before",
    direction=1,
    reason="bill_shock",
    speaks=(0.1, None),
    en="last bill[ of {bill_1m:,.2f}] is {value:.0%} above own median",
)
def bill_shock_1m(row: Any) -> Any:
    """Last bill against the median of the 5 months before, per month: the yearly bill is no shock, a dearer one is."""
    return change(row.total_due_1, median(window_of(row, "total_due", 2, 6)))


@feature(
    "bills",
    unit="share",
    window="6 months",
    direction=1,
    reason="bill_shock",
    speaks=(0.2, None),
    en="highest bill of 6 months {value:.0%} above own median",
)
def bill_shock_6m(row: Any) -> Any:
    """Highest of the bills of 6 months against their median, per month."""
    cells = window_of(row, "total_due", 1, 6)
    return change(greatest(cells), median(cells))


@feature(
    "bills",
    unit="share",
    window="3 months",
    direction=1,
    reason="bill_shock",
    speaks=(0.05, None),
    en="{value:.0%} of the bill is use beyond the allowance",
)
def overage_share_3m(row: Any) -> Any:
    """Overage over the bill, 3 months."""
    return ratio(mean(window_of(row, "overage_fee", 1, 3)), mean(window_of(row, "total_due", 1, 3)))


@feature(
    "bills",
    unit="months",
    window="6 months",
    empty=0,
    direction=1,
    reason="price",
    speaks=(2, None),
    en="use beyond the allowance {value:.0f} months in a row",
)
def overage_streak(row: Any) -> Any:
    """Newest months in a row with overage; a bill of several months counts for each of them."""
    return streak([cell > 0 for cell in window_of(row, "overage_fee", 1, 6)])


@feature("bills", unit="months", window="6 months", empty=0)
def overage_months_6m(row: Any) -> Any:
    """Months with overage among the last 6; a bill of several months counts for each of them."""
    return months_true([cell > 0 for cell in window_of(row, "overage_fee", 1, 6)])


@feature("bills", unit="share", window="3 months")
def discount_share_3m(row: Any) -> Any:
    """Discount over the fees before it, 3 months."""
    discount, due = mean(window_of(row, "discount", 1, 3)), mean(window_of(row, "total_due", 1, 3))
    return ratio(discount, discount + due)


@feature(
    "bills",
    unit="money/month",
    window="1 month against 3 months before",
    direction=1,
    reason="price",
    speaks=(0.01, None),
    en="discount fell by {value:,.2f}",
)
def discount_lost(row: Any) -> Any:
    """Mean discount of the months 2 to 4 less the last month's."""
    return mean(window_of(row, "discount", 2, 4)) - row.discount_1


@feature("bills", unit="share", window="3 months")
def vas_share_3m(row: Any) -> Any:
    """Value-added services over the bill, 3 months."""
    return ratio(mean(window_of(row, "vas_fee", 1, 3)), mean(window_of(row, "total_due", 1, 3)))


@feature(
    "plan_changes",
    unit="rises",
    window="6 months",
    empty=0,
    may_be_unknown=True,
    direction=1,
    reason="price",
    speaks=(1, None),
    en="{value:price rise/price rises} in 6 months",
)
def price_rises_6m(events: Any) -> Any:
    """Price rises by the operator within 6 months."""
    recent = events.as_of.delta(events.changed_on, unit="day") <= HALF_YEAR_DAYS
    return counted(recent & (events.initiated_by == "operator") & (events.new_fee > events.old_fee))


@feature(
    "plan_changes",
    unit="share",
    window="12 months",
    direction=1,
    reason="price",
    speaks=(0.01, None),
    en="highest price rise of 12 months {value:.0%}",
)
def price_rise_12m(events: Any) -> Any:
    """Highest relative price rise by the operator within 12 months; negative where it has only lowered the price."""
    recent = events.as_of.delta(events.changed_on, unit="day") <= YEAR_DAYS
    rise = ratio(events.new_fee - events.old_fee, events.old_fee)
    raised = recent & (events.initiated_by == "operator")
    return if_all_known(raised & (events.new_fee > events.old_fee), rise.max(where=raised))


@feature("plan_changes", unit="days", direction=-1)
def days_since_price_rise(events: Any) -> Any:
    """Days since the operator's last price rise."""
    rise = (events.initiated_by == "operator") & (events.new_fee > events.old_fee)
    return if_all_known(rise, events.as_of.delta(events.changed_on, unit="day").min(where=rise).cast("float64"))


@feature(
    "plan_changes",
    unit="downgrades",
    window="12 months",
    empty=0,
    may_be_unknown=True,
    direction=1,
    reason="price",
    speaks=(1, None),
    en="{value:downgrade/downgrades} in 12 months",
)
def downgrades_12m(events: Any) -> Any:
    """Changes to a cheaper plan by the subscriber within 12 months."""
    recent = events.as_of.delta(events.changed_on, unit="day") <= YEAR_DAYS
    return counted(recent & (events.initiated_by == "subscriber") & (events.new_fee < events.old_fee))


@feature(
    "complaints",
    unit="complaints",
    window="6 months",
    empty=0,
    direction=1,
    reason="price",
    speaks=(1, None),
    en="{value:complaint/complaints} about price in 6 months",
)
def price_complaints_6m(events: Any) -> Any:
    """Complaints about price within 6 months."""
    recent = events.as_of.delta(events.opened_at, unit="day") <= HALF_YEAR_DAYS
    return (recent & (events.category == "price")).sum().cast("float64")


@feature("bills", unit="share", window="3 months before and after")
def bill_change_3m(row: Any) -> Any:
    """Mean bill of the last 3 months against the 3 before."""
    return change(mean(window_of(row, "total_due", 1, 3)), mean(window_of(row, "total_due", 4, 6)))


@feature("bills", unit="share", window="1 month against 3 before", direction=1)
def fee_change_1m(row: Any) -> Any:
    """Plan fee a month of the last bill against the mean of the 3 months before; a price rise, or another plan."""
    fee = mean(window_of(row, "plan_fee", 2, 4))
    return ibis.ifelse(fee > 0, row.plan_fee_1 / fee.nullif(0) - 1, ibis.null("float64"))


@feature("bills", unit="money/month", window="6 months")
def bill_6m(row: Any) -> Any:
    """Mean bill of the last 6 months, per month."""
    return mean(window_of(row, "total_due", 1, 6))


@feature("bills", unit="share", window="6 months")
def bill_volatility_6m(row: Any) -> Any:
    """Standard deviation of what was billed a month over its mean, 6 months."""
    cells = window_of(row, "total_due", 1, 6)
    return ratio(deviation(cells), mean(cells))


@feature("bills", unit="share", window="12 months", direction=1)
def overage_share_12m(row: Any) -> Any:
    """Overage over the bill, 12 months."""
    return ratio(mean(window_of(row, "overage_fee", 1, 12)), mean(window_of(row, "total_due", 1, 12)))


@feature("bills", unit="money/month", window="3 months", direction=1)
def overage_3m(row: Any) -> Any:
    """Mean monthly overage of the last 3 months."""
    return mean(window_of(row, "overage_fee", 1, 3))


@feature("bills", unit="money/month", window="1 month")
def plan_fee_1m(row: Any) -> Any:
    """Plan fee on the last bill, per month that it covers."""
    return row.plan_fee_1


@feature("bills", unit="months", window="12 months", empty=0)
def discount_months(row: Any) -> Any:
    """Newest months in a row with a discount, at most 12; a bill of several months counts for each of them."""
    return streak([cell > 0 for cell in window_of(row, "discount", 1, 12)])


@feature(
    "bills",
    unit="days",
    reason="price",
    speaks=(0, 92),
    en="discount ends in {value:day/days}",
)
def days_to_discount_end(row: Any) -> Any:
    """Days from as_of to the end of the discount on the last bill; negative once it is over."""
    return row.discount_until_1.delta(row.as_of, unit="day").cast("float64")


@feature(
    "bills",
    unit="share",
    window="3 months before and after",
    reason="price",
    speaks=(0.02, None),
    en="bill rose by {value:.0%} since the last price rise",
)
def bill_after_price_rise(row: Any) -> Any:
    """Mean bill from the month of the operator's last price rise on, against the 3 months before it."""
    return change_since(window_of(row, "total_due", 1, 12), row.rise_lag)


@feature(
    "usage",
    unit="share",
    window="3 months before and after",
    direction=-1,
    reason="price",
    speaks=(None, -0.1),
    en="voice use fell by {value:abs .0%} since the last price rise",
)
def usage_after_price_rise(row: Any) -> Any:
    """Mean voice from the month of the operator's last price rise on, against the 3 months before it."""
    return change_since(window_of(row, "voice_min", 1, 12), row.rise_lag)


@feature(
    "usage",
    unit="share",
    window="3 months before and after",
    direction=-1,
    reason="price",
    speaks=(None, -0.1),
    en="data use fell by {value:abs .0%} since the last price rise",
)
def data_after_price_rise(row: Any) -> Any:
    """Mean mobile data from the month of the operator's last price rise on, against the 3 months before it."""
    return change_since(window_of(row, "data_mb", 1, 12), row.rise_lag)


@feature(
    "plan_fit",
    unit="share",
    window="3 months",
    direction=1,
    reason="price",
    speaks=(0.1, None),
    en="pays {value:.0%} more than the plan that fits would cost[: {plan_fit_saving_3m:,.2f} a month too much]",
)
def plan_overspend_3m(row: Any) -> Any:
    """Plan fee and overage against what the cheapest plan on sale would have cost for the same use, 3 months."""
    return change(row.paid, row.cheapest)


@feature("plan_fit", unit="money/month", window="3 months", direction=1)
def plan_fit_saving_3m(row: Any) -> Any:
    """What the cheapest plan on sale would have saved a month, 3 months; negative: the own plan is cheaper still."""
    return row.paid - row.cheapest


@feature(
    "bills",
    unit="share",
    window="3 months",
    direction=1,
    reason="price",
    speaks=(0.3, None),
    en="bill {value:.0%} above the median of the segment",
)
def bill_against_segment(row: Any) -> Any:
    """Mean bill of 3 months against the median of those in the cohort of the same segment."""
    return change(mean(window_of(row, "total_due", 1, 3)), row.segment_bill)


@feature("plan_changes", unit="upgrades", window="12 months", empty=0, may_be_unknown=True)
def upgrades_12m(events: Any) -> Any:
    """Changes to a dearer plan by the subscriber within 12 months."""
    recent = events.as_of.delta(events.changed_on, unit="day") <= YEAR_DAYS
    return counted(recent & (events.initiated_by == "subscriber") & (events.new_fee > events.old_fee))


@feature("plan_changes", unit="rises", window="12 months", empty=0, may_be_unknown=True, direction=1)
def price_rises_12m(events: Any) -> Any:
    """Price rises by the operator within 12 months."""
    recent = events.as_of.delta(events.changed_on, unit="day") <= YEAR_DAYS
    return counted(recent & (events.initiated_by == "operator") & (events.new_fee > events.old_fee))


@feature("complaints", unit="complaints", window="12 months", empty=0, direction=1)
def price_complaints_12m(events: Any) -> Any:
    """Complaints about price within 12 months."""
    recent = events.as_of.delta(events.opened_at, unit="day") <= YEAR_DAYS
    return (recent & (events.category == "price")).sum().cast("float64")


@feature(
    "bills",
    unit="money/month",
    window="1 month",
    direction=1,
    reason="competition",
    speaks=(0.01, None),
    en="a competitor's plan would cost {value:,.2f} a month less",
)
def fee_above_competitor(row: Any) -> Any:
    """Plan fee of the last bill less the competitor's comparable fee in the region; negative: ours is cheaper."""
    return row.plan_fee_1 * (1 - row.price_index)
