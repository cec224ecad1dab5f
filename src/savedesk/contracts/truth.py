"""Truth: what only a simulator can know. Only evaluate and tests may read it."""

from savedesk.contracts.table import Column, Table, subscriber_column

TABLE = Table(
    name="truth",
    stage="ingest",
    grain="subscriber x as_of",
    key=("subscriber_id", "as_of"),
    columns=(
        subscriber_column(),
        Column("as_of", "date", "month start"),
        Column(
            "churn_probability",
            "float64",
            "true P(churn in the outcome window) without contact",
            low=0,
            high=1,
        ),
        Column("cause", "string", "the strongest of the causes at work", nullable=True),
    ),
)
