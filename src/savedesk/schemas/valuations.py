"""Valuations: what the operator itself says a subscriber is worth; it wins over what bills imply."""

from savedesk.schemas.table import LARGEST, Column, Table, known_on_column, subscriber_column

TABLE = Table(
    name="valuations",
    stage="ingest",
    grain="subscriber x day",
    lost="an older valuation counts, else their bills",
    key=("subscriber_id", "valued_on"),
    columns=(
        subscriber_column(),
        Column("valued_on", "date", "day of the valuation"),
        Column("monthly_margin", "float64", "margin", unit="money/month", low=-LARGEST, high=LARGEST, nullable=True),
        Column(
            "remaining_value",
            "float64",
            "margin over the rest of the life",
            unit="money",
            low=-LARGEST,
            high=LARGEST,
            nullable=True,
        ),
        known_on_column("valued_on"),
    ),
)
