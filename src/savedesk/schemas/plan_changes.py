"""Plan changes: by the subscriber's wish, or the operator's (a price rise keeps the plan and changes the fee)."""

from savedesk.schemas.table import LARGEST, Column, Table, known_on_column, subscriber_column

TABLE = Table(
    name="plan_changes",
    stage="ingest",
    grain="event",
    lost="their features of plan changes are unknown",
    key=("subscriber_id", "changed_on", "initiated_by"),
    columns=(
        subscriber_column(),
        Column("changed_on", "date", "first day of the new plan or fee"),
        Column("old_plan_id", "string", "plan before", nullable=True),
        Column("new_plan_id", "string", "plan after", nullable=True),
        Column("old_fee", "float64", "fee before", unit="money/month", nullable=True, low=0, high=LARGEST),
        Column("new_fee", "float64", "fee after", unit="money/month", nullable=True, low=0, high=LARGEST),
        Column("initiated_by", "string", "who wanted it", allowed=("subscriber", "operator")),
        known_on_column("changed_on"),
    ),
)
