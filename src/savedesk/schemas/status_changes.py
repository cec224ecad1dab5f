"""Status changes: from which churn of every type is derived."""

from savedesk.schemas.table import Column, Table, known_on_column, subscriber_column

STATUSES = ("active", "suspended_arrears", "suspended_other", "cancelled", "ported_out")

TABLE = Table(
    name="status_changes",
    stage="ingest",
    grain="event",
    lost="their status is unknown until one of a later day: no label, and not on the list",
    key=("subscriber_id", "changed_on", "status"),
    columns=(
        subscriber_column(),
        Column(
            "changed_on",
            "date",
            "first day of the new status; may lie ahead where it is known already, as a notice to leave is",
            may_be_future=True,
        ),
        Column("status", "string", "status from that day on", allowed=STATUSES),
        Column("reason", "string", "reason given; known only with the change", nullable=True),
        known_on_column("changed_on"),
    ),
)
