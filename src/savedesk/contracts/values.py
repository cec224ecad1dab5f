"""Values: what each subscriber brings and would still bring."""

from savedesk.contracts.table import Column, Table

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
        Column("margin", "float64", "money after variable cost", unit="money/month"),
        Column(
            "margin_source",
            "string",
            "where the margin comes from",
            allowed=("valuation", "bills", "plan_fee", "segment_median", UNPRICED),
        ),
        Column(
            "expected_months",
            "float64",
            "expected discounted months over the horizon if they stay now",
            unit="months",
            low=0,
        ),
        Column(
            "remaining_value",
            "float64",
            "expected discounted margin over the horizon if they stay now",
            unit="money",
        ),
        Column(
            "value_at_risk",
            "float64",
            "churn_probability x remaining_value, not below 0",
            unit="money",
            low=0,
        ),
        Column("tier", "string", "by share of total remaining value", allowed=TIERS),
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
