"""Facts about the source that later stages need; written by ingest from source.yaml."""

from savedesk.contracts.table import Column, File, Table

FILE = File(
    name="source_facts",
    stage="ingest",
    path="data/ingest/source_facts.json",
    meaning="name, title, kind, as_of of a snapshot, extracted_on, currency, origin, licence, what the source lacks",
)

COUNTS = Table(
    name="ingest_counts",
    stage="ingest",
    grain="table x rule",
    key=("table", "rule"),
    columns=(
        Column("table", "string", "canonical table or raw file"),
        Column("rule", "string", "accepted, or the rule that was broken"),
        Column("rows", "int64", "rows", unit="rows", low=0),
    ),
)
