"""Values: what each subscriber brings and would still bring."""

from savedesk.contracts.table import Column, Table

TIERS = ("key", "core", "small")

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
            allowed=("valuation", "bills", "plan_fee", "segment_median", "none"),
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
