"""Contracts: each one that a line has had, as it was agreed, so that a renewal is known from its own day on."""

from savedesk.schemas.table import Column, Identity, Table, known_on_column, subscriber_column

TABLE = Table(
    name="contracts",
    stage="ingest",
    grain="contract as agreed on one day",
    lost="their contract features are unknown",
    key=("subscriber_id", "contract_start", "known_on"),
    columns=(
        subscriber_column(),
        Column("contract_start", "date", "first day of the contract", may_be_future=True),
        Column(
            "contract_end",
            "date",
            "last day as agreed, never the day of an exit",
            nullable=True,
            absent_means="no end",
            may_be_future=True,
        ),
        known_on_column("contract_start"),
    ),
    identities=(
        Identity(
            "contract_order",
            "contract_start <= contract_end",
            lambda t: t.contract_start <= t.contract_end,
        ),
    ),
)
