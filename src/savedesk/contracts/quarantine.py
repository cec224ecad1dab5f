"""Quarantine: every row that was turned away, as it was given, with the rule that it broke."""

from savedesk.contracts.table import Column, Table

UNREADABLE = "unreadable"  # a line with the wrong number of fields
UNDECODABLE = "encoding"  # a line with bytes that are no text in the file's encoding
SWALLOWED = "quotes"  # a line inside a quoted field of a file whose quotes do not add up

TABLE = Table(
    name="quarantine",
    stage="ingest",
    grain="row turned away",
    key=("table", "number"),
    columns=(
        Column("table", "string", "canonical table, or raw:<relation> for a line that could not be read"),
        Column("number", "int64", "1 is the first of its table, in the order of rule and row", low=1),
        Column("rule", "string", "the rule that it broke, as `kind:column`"),
        Column("row", "string", "the row as it was given: a JSON object of texts"),
    ),
)
