"""Contacts: past campaign contacts with their randomised arm and outcome."""

from savedesk.schemas.table import LARGEST, Column, Table, known_on_column, subscriber_column

TABLE = Table(
    name="contacts",
    stage="ingest",
    grain="contact",
    lost="their contact features are unknown, and within the quiet days they are left alone",
    key=("contact_id",),
    columns=(
        Column("contact_id", "string", "contact"),
        subscriber_column(),
        Column("contacted_on", "date", "day of the contact, or of the decision not to for a control"),
        Column("campaign_id", "string", "campaign", nullable=True),
        Column("channel", "string", "how the subscriber was reached", nullable=True),
        Column(
            "action",
            "string",
            "what was offered, or would have been to a control; teaches where it is one of prioritise.actions",
            nullable=True,
        ),
        Column("arm", "string", "randomised arm", allowed=("treated", "control")),
        Column("outcome", "string", "what the agent wrote down", nullable=True),
        Column("cost", "float64", "cost of contact and offer", unit="money", nullable=True, low=0, high=LARGEST),
        known_on_column("contacted_on"),
    ),
)
