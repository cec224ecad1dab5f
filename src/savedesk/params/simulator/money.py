"""Groups ``plans``, ``billing`` and ``prices``: what they pay."""

from pydantic import Field

from savedesk.params.simulator.part import NotNegative, Part, Positive, Range, Share


class SimulatedPlan(Part):
    """One plan on sale. The fee is the list price; price rises add to it for those already on the plan."""

    plan_id: str = Field(description="id; text; invented")
    name: str = Field(description="name on the bill; text; invented")
    monthly_fee: NotNegative = Field(description="list price; money/month; invented")
    included_voice_min: NotNegative = Field(description="voice allowance; min/month; invented")
    included_data_mb: NotNegative = Field(description="data allowance; MB/month; invented")
    included_sms: NotNegative = Field(description="message allowance; messages/month; invented")
    price_per_min: NotNegative = Field(description="price beyond the allowance; money/min; invented")
    price_per_mb: NotNegative = Field(description="price beyond the allowance; money/MB; invented")
    price_per_sms: NotNegative = Field(description="price beyond the allowance; money/message; invented")


class BillingParams(Part):
    """What they pay, and when."""

    vas_share: Share = Field(description="lines with value-added services; share; assumed")
    vas_of_fee: NotNegative = Field(description="median fee of those, of the plan's fee; ratio; tuned")
    vas_sd: NotNegative = Field(description="its log sd; log; assumed")
    other_chance: Share = Field(description="a one-off charge or correction; share/month; assumed")
    other_sd: NotNegative = Field(description="its size; money; assumed")
    overage_cap: NotNegative = Field(description="most overage, in plan fees; ratio; assumed")
    discount_share: Share = Field(description="new lines with a discount; share; assumed")
    discount_rate: Share = Field(description="its size; share of the plan fee; assumed")
    discount_months: int = Field(ge=1, description="how long it runs at most; months; assumed")
    mean_bill_memory: Share = Field(description="persistence of the bill that they are used to; share/month; assumed")
    due_days: int = Field(ge=1, le=27, description="time to pay; days; assumed")
    late_share: Share = Field(description="bills paid late by the median payer; share; assumed")
    late_max: Share = Field(description="most of it; share; assumed")
    late_days: Positive = Field(description="mean delay of late payments; days; assumed")
    discipline_sd: NotNegative = Field(description="log sd of the payers' carelessness; log; tuned")
    skip_rate: Share = Field(description="the median payer stops paying; share/month; tuned")
    skip_rate_max: Share = Field(description="most of it; share/month; assumed")
    skip_bill_shock: NotNegative = Field(description="effect of bill shock on stopping; log per log; assumed")
    cure_rate: Share = Field(description="arrears of one bill paid in full; share/month; assumed")
    cure_decay: Share = Field(description="what is left of that chance with each further bill; ratio; assumed")
    unpaid_limit: int = Field(ge=2, le=12, description="unpaid bills from which a line is suspended; bills; assumed")
    suspend_chance: Share = Field(description="suspension at that limit; share/month; assumed")
    return_share: Share = Field(description="suspended lines that pay and return; share; assumed")
    return_days: int = Field(ge=1, le=28, description="longest time until that return; days; assumed")


class PriceParams(Part):
    """Price rises and plan changes."""

    rise_chance: Share = Field(description="a plan's fee rises for those on it; share/month; assumed")
    rise_range: Range = Field(description="smallest and largest rise; share of fee; assumed")
    rise_minimum_tenure: int = Field(ge=0, description="lines younger than this are spared; months; assumed")
    change_rate: Share = Field(description="subscribers who change plan; share/month; assumed")
    change_after_rise: NotNegative = Field(description="pull of recent rises on it; per share of fee; assumed")
    misfit_sd: NotNegative = Field(description="log error when a plan is chosen; log; assumed")
    misfit_notable: Share = Field(description="overspending that is worth a word; share of what is paid; assumed")
    wake_per_shock: NotNegative = Field(
        description="an unaware line wakes per unit of bill shock; share per log; assumed"
    )
