"""What a table or a file between two stages must look like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

Dtype = Literal["string", "int64", "float64", "boolean", "date"]
Expression = Callable[[Any], Any]


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Args:
        name: column name, with the unit in it where the meaning leaves it open.
        dtype: type in every engine. Money is float64, ids are strings, dates are dates.
        meaning: what a value says, in one line.
        unit: unit of the value; ``money`` is the operator's currency.
        nullable: whether a value may be absent.
        allowed: closed vocabulary; empty means any value.
        low: smallest allowed value.
        high: largest allowed value.
        references: table in whose key the value must be found.
        known_by: column with the date on which this value became known, if later than the row's ``known_on``.
        may_be_future: whether a date may lie after the day on which the data was extracted.
        default_from: column that supplies the value where a source gives none.
        absent_means: what an absent value says, where absence is a statement (no day of payment: unpaid). A value of
            such a column that cannot be read is not absent, so its row is turned away.
    """

    name: str
    dtype: Dtype
    meaning: str
    unit: str = ""
    nullable: bool = False
    allowed: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    references: str = ""
    known_by: str = ""
    may_be_future: bool = False
    default_from: str = ""
    absent_means: str = ""

    @property
    def may_be_unknown(self) -> bool:
        """Whether a value that cannot be read becomes unknown, while its row stays."""
        return self.nullable and not self.absent_means


@dataclass(frozen=True)
class Identity:
    """A condition across the columns of one row.

    Args:
        name: rule name, as it appears in the quarantine.
        meaning: the condition in words.
        holds: Ibis table -> boolean column, true where the condition holds; null counts as holding.
    """

    name: str
    meaning: str
    holds: Expression


@dataclass(frozen=True)
class Table:
    """A parquet table written by one stage.

    Args:
        name: table name, also its file name.
        stage: the stage that writes it.
        grain: what one row is.
        key: columns that together identify a row.
        columns: all columns, or those that are always there if ``open_columns``.
        identities: conditions across columns.
        open_columns: whether typed columns beyond ``columns`` may follow.
        partition_by: column by whose values the table is split into folders ``<column>=<value>`` (``part_name``).
        sorted_by: columns in whose order the rows are written; default: the key.
        lost: of a canonical table: what is unknown of whom where a row was turned away, as ``ingest`` ends with it.
    """

    name: str
    stage: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    identities: tuple[Identity, ...] = field(default=())
    open_columns: bool = False
    partition_by: str = ""
    sorted_by: tuple[str, ...] = ()
    lost: str = ""

    @property
    def day(self) -> str:
        """The column with the day or month that a row speaks of; empty where a table has none."""
        known = next((column for column in self.columns if column.name == "known_on"), None)
        return known.default_from if known else ""

    @property
    def path(self) -> str:
        """Location below the project root: a file, or a folder where the table is partitioned."""
        return f"data/{self.stage}/{self.name}" + ("" if self.partition_by else ".parquet")

    def part_name(self, value: object) -> str:
        """Return the place, below the table's, of the rows of one value of ``partition_by``."""
        return f"{self.partition_by}={value}/part.parquet"

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the declared columns, in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Return the declared column of that name."""
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True)
class File:
    """A file that is not a table: a model, a page, a spreadsheet.

    Args:
        name: short name, unique among all contracts.
        stage: the stage that writes it.
        path: location below the project root.
        meaning: what is in it.
    """

    name: str
    stage: str
    path: str
    meaning: str


Contract = Table | File

LARGEST = 1e12  # of an amount or a measure: above it lies a mistake of units, and cents would not be exact


def subscriber_column() -> Column:
    """Return the reference to a subscriber that fact tables share."""
    return Column("subscriber_id", "string", "the line or service", references="subscribers")


def known_on_column(default_from: str) -> Column:
    """Return the date on which the operator knew the fact; only ``known_on < as_of`` reaches a feature."""
    return Column("known_on", "date", "day on which the operator knew the fact", default_from=default_from)
