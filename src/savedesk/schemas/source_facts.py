"""Facts about the source that later stages need; written by ingest from source.yaml."""

from savedesk.schemas.table import Column, File, Table

FILE = File(
    name="source_facts",
    stage="ingest",
    path="data/ingest/source_facts.json",
    meaning="name, title, kind, as_of of a snapshot, extracted_on, currency, origin, licence, what the source lacks, "
    "losses: tables of which something is unknown of many subscribers, and the truth's window of a simulated one",
)

KINDS = ("accepted", "repaired", "quarantined", "unreadable")
ACCEPTED, REPAIRED, QUARANTINED, UNREADABLE = KINDS

COUNTS = Table(
    name="ingest_counts",
    stage="ingest",
    grain="table x rule",
    key=("table", "rule"),
    columns=(
        Column("table", "string", "canonical table or raw file"),
        Column("rule", "string", "accepted, repaired, or the rule that was broken"),
        Column(
            "kind",
            "string",
            "accepted; repaired: accepted without a value that cannot be read; quarantined; unreadable: values of the "
            "repaired rows. Rows in = accepted + repaired + quarantined",
            allowed=KINDS,
        ),
        Column("rows", "int64", "rows; of unreadable: values", unit="rows", low=0),
        Column(
            "subscribers",
            "int64",
            "subscribers of whom something is unknown by this rule; absent where nothing is",
            unit="subscribers",
            nullable=True,
            low=0,
        ),
    ),
)
