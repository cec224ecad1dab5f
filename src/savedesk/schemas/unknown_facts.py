"""Unknown facts: what the rows that were turned away, and the values that could not be read, would have spoken of.

Without them a month of use that lies in quarantine would look like a month of silence, and a lost complaint like none.
"""

from savedesk.schemas.table import Column, Table

TABLE = Table(
    name="unknown_facts",
    stage="ingest",
    grain="row turned away, or value that could not be read, of a subscriber, account or region",
    key=("table", "number"),
    columns=(
        Column("table", "string", "canonical table that lacks it"),
        Column("number", "int64", "1 is the first of its table", low=1),
        Column("subscriber_id", "string", "whose fact it was, as given; absent: of a region", nullable=True),
        Column("account_id", "string", "their payer, where a row of subscribers was turned away", nullable=True),
        Column("region", "string", "region of an incident or of the market", nullable=True),
        Column(
            "day",
            "date",
            "day or month that it spoke of; absent: that could not be read either, so it may be any",
            nullable=True,
            may_be_future=True,
        ),
        Column("column", "string", "the one value that is unknown; absent: the whole row", nullable=True),
        Column("rule", "string", "the rule that was broken, as in the quarantine"),
    ),
)
