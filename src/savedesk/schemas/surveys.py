"""Surveys: answers on satisfaction, one row per answered process."""

from savedesk.schemas.complaints import CATEGORIES
from savedesk.schemas.table import Column, Table, known_on_column, subscriber_column

TABLE = Table(
    name="surveys",
    stage="ingest",
    grain="answer",
    lost="their features of surveys are unknown",
    key=("subscriber_id", "surveyed_on", "process"),
    columns=(
        subscriber_column(),
        Column("surveyed_on", "date", "day of the answer"),
        Column("process", "string", "what was asked about", allowed=(*CATEGORIES, "overall")),
        Column("score", "int64", "satisfaction, 10 is best", unit="points", low=1, high=10),
        Column("switch_intention", "boolean", "says they think of leaving", nullable=True),
        known_on_column("surveyed_on"),
    ),
)
