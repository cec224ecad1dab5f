"""Values: what each subscriber brings and would still bring. The formulas are in docs/policy.md."""

from savedesk.schemas.table import Column, Table

TIERS = ("key", "core", "small")
UNPRICED = "none"  # the margin_source of a subscriber of whom no price is known
UNPRICED_SHARE = f"margin_from_{UNPRICED}"  # figure of the stage: their share at the newest as_of

TABLE = Table(
    name="values",
    stage="value",
    grain="subscriber x as_of",
    key=("subscriber_id", "as_of"),
    columns=(
        Column("subscriber_id", "string", "the line or service"),
        Column("as_of", "date", "day of the decision"),
        Column(
            "margin",
            "float64",
            "money that is left of a month's bill after discount, variable cost and expected bad debt",
            unit="money/month",
        ),
        Column(
            "margin_source",
            "string",
            "where the margin comes from: the operator's own valuation, the newest bills, the plan's fee, the "
            "segment's median, nowhere",
            allowed=("valuation", "bills", "plan_fee", "segment_median", UNPRICED),
        ),
        Column(
            "bad_debt_share",
            "float64",
            "share of a bill that is expected to stay unpaid: P(late), own and drawn towards the segment's, x "
            "P(unpaid after bad_debt_days | late), of everybody; 0 where no due dates are known",
            low=0,
            high=1,
        ),
        Column(
            "discounted_months",
            "float64",
            "sum over the months t of the horizon of S(t) / (1 + annual_discount_rate)^(t / 12), with S(t) the "
            "chance to be there given that they are there at the end of the outcome window",
            unit="months",
            low=0,
        ),
        Column(
            "remaining_value",
            "float64",
            "margin x discounted_months, or the operator's own remaining value: what they still bring over the horizon "
            "if they are kept through the outcome window",
            unit="money",
        ),
        Column(
            "value_at_risk",
            "float64",
            "churn_probability x remaining_value, not below 0",
            unit="money",
            low=0,
        ),
        Column(
            "tier",
            "string",
            "key: those who make the first key_value_share of all remaining value; core: the next up to "
            "core_value_share; small: the others",
            allowed=TIERS,
        ),
    ),
)


def unpriced_warning(share: float) -> str:
    """Return what the user must know where no price is known of a share of the subscribers; nothing where it is 0."""
    if not share:
        return ""
    who = "any subscriber" if share == 1 else f"{share:.1%} of the subscribers"
    return (
        f"no price is known of {who}: who has none counts as worth nothing and is given up; "
        "next: connect bills, plans or valuations (docs/connect.md)"
    )
