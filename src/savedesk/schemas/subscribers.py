"""Subscribers: the only table that a source must have."""

from savedesk.schemas.table import Column, Identity, Table

SEGMENTS = ("key_account", "business", "consumer")

TABLE = Table(
    name="subscribers",
    stage="ingest",
    grain="subscriber",
    lost="they are not scored, and their other rows are turned away, too",
    key=("subscriber_id",),
    columns=(
        Column("subscriber_id", "string", "the line or service"),
        Column("account_id", "string", "payer; several subscribers may share one", default_from="subscriber_id"),
        Column("segment", "string", "market segment", nullable=True, allowed=SEGMENTS),
        Column("region", "string", "province or sales region", nullable=True),
        Column("city", "string", "city", nullable=True),
        Column("birth_year", "int64", "year of birth", unit="year", nullable=True, low=1900, high=2100),
        Column("activated_on", "date", "first day of service", nullable=True),
        Column(
            "plan_id",
            "string",
            "plan at extraction; features take the plan of the day from plan_changes",
            nullable=True,
        ),
        Column(
            "contract_start",
            "date",
            "first day of the contract at extraction; features take the contract of the day from contracts",
            nullable=True,
            may_be_future=True,
        ),
        Column("contract_end", "date", "last day of that contract", nullable=True, may_be_future=True),
        Column("payment_method", "string", "how bills are paid", nullable=True),
        Column("acquisition_channel", "string", "where the subscriber was won", nullable=True),
        Column("contact_allowed", "boolean", "consent to be contacted", nullable=True, absent_means="allowed"),
        Column("blocklisted", "boolean", "fraud or legal block", nullable=True, absent_means="no block"),
    ),
    identities=(
        Identity(
            "contract_order",
            "contract_start <= contract_end",
            lambda t: t.contract_start <= t.contract_end,
        ),
    ),
)
