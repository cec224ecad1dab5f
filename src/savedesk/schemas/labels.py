"""Labels: given outcomes of a snapshot source. Only cohort reads them: everything in here is known afterwards."""

from savedesk.schemas.table import Column, Table, subscriber_column

CHURN_TYPES = ("cancelled", "arrears", "dormant")

TABLE = Table(
    name="labels",
    stage="ingest",
    grain="subscriber x as_of",
    lost="they are scored, and nobody learns from them",
    key=("subscriber_id", "as_of"),
    columns=(
        subscriber_column(),
        Column("as_of", "date", "day on which the snapshot was taken"),
        Column(
            "churned",
            "boolean",
            "left in the outcome window; absent: scored, never trained on",
            nullable=True,
        ),
        Column("churn_type", "string", "how they left", nullable=True, allowed=CHURN_TYPES),
        Column("churned_on", "date", "day on which they left", nullable=True, may_be_future=True),
        Column("reason", "string", "reason given on leaving", nullable=True),
    ),
)
