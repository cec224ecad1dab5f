"""Attributes: any typed extra columns of a source; they pass through as features."""

from typing import Literal, get_args

from savedesk.schemas.table import Column, Table, subscriber_column

Family = Literal[  # in this order their columns stand in the feature table
    "usage",
    "tenure",
    "price_sensitivity",
    "complaints",
    "billing",
    "network_quality",
    "competition",
    "contact_history",
    "satisfaction",
    "attributes",
]
FAMILIES: tuple[str, ...] = get_args(Family)

TABLE = Table(
    name="attributes",
    stage="ingest",
    grain="subscriber",
    lost="their attributes are unknown",
    key=("subscriber_id",),
    columns=(subscriber_column(),),
    open_columns=True,
)

DICTIONARY = Table(
    name="attribute_dictionary",
    stage="ingest",
    grain="attribute",
    key=("name",),
    columns=(
        Column("name", "string", "column of attributes"),
        Column("dtype", "string", "type", allowed=("string", "int64", "float64", "boolean")),
        Column("family", "string", "feature family it belongs to", allowed=FAMILIES),
        Column("unit", "string", "unit", nullable=True),
        Column("meaning", "string", "what a value says"),
        Column("direction", "int64", "1 risk rises with it, -1 falls, 0 unknown", low=-1, high=1),
        Column("reason", "string", "reason that it speaks for; absent if nobody can act on it", nullable=True),
        Column("speaks_from", "float64", "smallest value of which the sentence makes sense", nullable=True),
        Column("speaks_to", "float64", "largest value of which the sentence makes sense", nullable=True),
        Column("sentence_en", "string", "what an agent reads; {value} stands for the value", nullable=True),
        Column("sentence_zh", "string", "the same in Chinese", nullable=True),
    ),
)
