"""Quarantine: every row that was turned away, as it was given, with the rule that it broke.

Beside it the rows that were accepted without a value that cannot be read.
"""

from savedesk.schemas.table import Column, Table

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

REPAIRED = Table(
    name="repaired",
    stage="ingest",
    grain="row accepted without one or more of its values",
    key=("table", "number"),
    columns=(
        Column("table", "string", "canonical table"),
        Column("number", "int64", "1 is the first of its table, in the order of rules and row", low=1),
        Column("rules", "string", "the rules that cost it a value, as `kind:column`, separated by commas"),
        Column("row", "string", "the row as it was given: a JSON object of texts"),
    ),
)
