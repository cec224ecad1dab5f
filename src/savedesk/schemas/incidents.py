"""Incidents: network faults per region."""

from savedesk.schemas.table import Column, Identity, Table, known_on_column

TABLE = Table(
    name="incidents",
    stage="ingest",
    grain="event",
    lost="features of incidents are unknown in those regions",
    key=("region", "started_at"),
    columns=(
        Column("region", "string", "province or sales region"),
        Column("started_at", "date", "first day"),
        Column("ended_at", "date", "last day", nullable=True, known_by="ended_at", absent_means="it lasts"),
        Column("severity", "int64", "1 is slight, 3 is an outage", unit="grade", low=1, high=3),
        known_on_column("started_at"),
    ),
    identities=(Identity("duration", "started_at <= ended_at", lambda t: t.started_at <= t.ended_at),),
)
