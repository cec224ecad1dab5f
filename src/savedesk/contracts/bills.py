"""Bills: one row per subscriber and billed month."""

from typing import Any

from savedesk.contracts.table import LARGEST, Column, Identity, Table, known_on_column, subscriber_column

ROUNDING = 0.011  # money: two amounts rounded to cents may differ by this much


def _adds_up(t: Any) -> Any:
    fees = t.plan_fee + t.overage_fee + t.vas_fee + t.other_fee
    return (fees - t.discount - t.total_due).abs() <= ROUNDING


TABLE = Table(
    name="bills",
    stage="ingest",
    grain="subscriber x month",
    key=("subscriber_id", "month"),
    columns=(
        subscriber_column(),
        Column("month", "date", "first day of the billed month"),
        Column("billed_on", "date", "day of the bill"),
        Column("plan_fee", "float64", "fee of the plan", unit="money", low=0, high=LARGEST),
        Column("overage_fee", "float64", "use beyond the allowances", unit="money", low=0, high=LARGEST),
        Column("vas_fee", "float64", "value-added services", unit="money", low=0, high=LARGEST),
        Column(
            "other_fee",
            "float64",
            "everything else; corrections may be negative",
            unit="money",
            low=-LARGEST,
            high=LARGEST,
        ),
        Column("discount", "float64", "discount, as a positive amount", unit="money", low=0, high=LARGEST),
        Column("total_due", "float64", "amount of the bill", unit="money", low=-LARGEST, high=LARGEST),
        Column(
            "discount_until",
            "date",
            "last day of the discount, as agreed when the bill was made; absent without one, or where nobody says",
            nullable=True,
            may_be_future=True,
        ),
        Column("payment_method", "string", "how this bill is paid; absent where nobody says", nullable=True),
        Column("due_on", "date", "last day for payment", nullable=True, may_be_future=True),
        Column("paid_on", "date", "day of full payment; absent while unpaid", nullable=True, known_by="paid_on"),
        Column(
            "paid_amount",
            "float64",
            "amount paid",
            unit="money",
            nullable=True,
            low=0,
            high=LARGEST,
            known_by="paid_on",
        ),
        known_on_column("billed_on"),
    ),
    identities=(
        Identity("month_start", "month is the first day of a month", lambda t: t.month.day() == 1),
        Identity("adds_up", "plan_fee + overage_fee + vas_fee + other_fee - discount = total_due", _adds_up),
    ),
)
