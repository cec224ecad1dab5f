"""Complaints: one row per ticket, with its life cycle."""

from savedesk.schemas.table import Column, Identity, Table, known_on_column, subscriber_column

CATEGORIES = ("network", "new_service", "store", "hotline", "marketing", "billing", "price", "other")

TABLE = Table(
    name="complaints",
    stage="ingest",
    grain="ticket",
    lost="their complaint features are unknown, and they get no sales offer",
    key=("ticket_id",),
    columns=(
        Column("ticket_id", "string", "ticket"),
        subscriber_column(),
        Column("opened_at", "date", "day on which it was opened"),
        Column(
            "closed_at",
            "date",
            "day on which it was closed",
            nullable=True,
            absent_means="open",
            known_by="closed_at",
        ),
        Column("category", "string", "what it is about", allowed=CATEGORIES),
        Column("channel", "string", "how it came in", nullable=True),
        Column("escalated", "boolean", "went to a second level", nullable=True),
        Column("reopened", "boolean", "opened again after closing", nullable=True, known_by="closed_at"),
        Column("satisfied", "boolean", "subscriber content with the outcome", nullable=True, known_by="closed_at"),
        known_on_column("opened_at"),
    ),
    identities=(Identity("life_cycle", "opened_at <= closed_at", lambda t: t.opened_at <= t.closed_at),),
)
