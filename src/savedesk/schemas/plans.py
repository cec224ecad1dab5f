"""Plans: fee, allowances and prices beyond them."""

from savedesk.schemas.table import LARGEST, Column, Table

TABLE = Table(
    name="plans",
    stage="ingest",
    grain="plan",
    key=("plan_id",),
    columns=(
        Column("plan_id", "string", "plan"),
        Column("name", "string", "name on the bill", nullable=True),
        Column(
            "on_sale_from", "date", "first day on sale", nullable=True, may_be_future=True, absent_means="always was"
        ),
        Column("on_sale_until", "date", "last day on sale", nullable=True, may_be_future=True, absent_means="still is"),
        Column("monthly_fee", "float64", "fee", unit="money/month", low=0, high=LARGEST),
        Column(
            "included_voice_min",
            "float64",
            "voice allowance",
            unit="min/month",
            nullable=True,
            absent_means="none",
            low=0,
            high=LARGEST,
        ),
        Column(
            "included_data_mb",
            "float64",
            "data allowance",
            unit="MB/month",
            nullable=True,
            absent_means="none",
            low=0,
            high=LARGEST,
        ),
        Column(
            "included_sms",
            "float64",
            "message allowance",
            unit="messages/month",
            nullable=True,
            absent_means="none",
            low=0,
            high=LARGEST,
        ),
        Column(
            "price_per_min",
            "float64",
            "price beyond the allowance",
            unit="money/min",
            nullable=True,
            absent_means="none",
            low=0,
            high=LARGEST,
        ),
        Column(
            "price_per_mb",
            "float64",
            "price beyond the allowance",
            unit="money/MB",
            nullable=True,
            absent_means="none",
            low=0,
            high=LARGEST,
        ),
        Column(
            "price_per_sms",
            "float64",
            "price beyond the allowance",
            unit="money/message",
            nullable=True,
            absent_means="none",
            low=0,
            high=LARGEST,
        ),
    ),
)
