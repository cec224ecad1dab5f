"""What the pipeline asks of an engine; all else is Ibis, and the same on both."""

from __future__ import annotations

import abc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import ibis
import pandas as pd
import pyarrow as pa

from savedesk.schemas.table import Column, Table

ARROW_TYPES: dict[str, pa.DataType] = {
    "string": pa.string(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}


@dataclass(frozen=True)
class Problem:
    """What is wrong with a statement or a file.

    Args:
        kind: an unknown ``column`` or ``table``, a ``value`` that cannot be reckoned with, or something else.
        message: the engine's own words, in one line.
    """

    kind: Literal["column", "table", "value", "other"]
    message: str


class Engine(abc.ABC):
    """An open connection. Expressions made from its tables run lazily in it and spill to disk above its limit.

    Args:
        connection: Ibis connection.
    """

    name: str

    def __init__(self, connection: Any) -> None:
        """Take an open Ibis connection."""
        self.connection = connection

    @property
    @abc.abstractmethod
    def threads(self) -> int:
        """How many threads it may use on this machine."""

    @property
    @abc.abstractmethod
    def errors(self) -> tuple[type[Exception], ...]:
        """What it raises where a statement or a file is wrong."""

    @abc.abstractmethod
    def show(
        self,
        name: str,
        files: Sequence[Path | str],
        folders: Sequence[str] = (),
        zones: Mapping[str, str] | None = None,
    ) -> Any:
        """Show parquet files, or patterns of files, under a name to SQL; return them as an Ibis table.

        Args:
            name: name in SQL.
            files: files, or patterns of files.
            folders: columns that folders named ``column=value`` make, as text.
            zones: by column the time zone in which an instant becomes a local time without a zone.
        """

    def show_parts(self, name: str, files: Sequence[Path | str], by: str) -> Any:
        """Show the parts of a partitioned table; the column ``by`` comes from the names of their folders."""
        return self.show(name, files, [by])

    @abc.abstractmethod
    def names_of(self, select: str) -> list[str]:
        """Return the names of a SELECT's columns as it gives them, even if two are the same."""

    def rename(self, expression: Any, name: str) -> Any:
        """Show an expression under a name to SQL; return it as an Ibis table."""
        self.connection._run_pre_execute_hooks(expression)  # noqa: SLF001 - shows the engine what lies in this process
        return self.query(name, str(self.connection.compile(expression)))

    @abc.abstractmethod
    def problem(self, error: Exception) -> Problem:
        """Return what one of ``errors`` says."""

    @abc.abstractmethod
    def define(self, statement: str) -> None:
        """Run a statement in the engine's own dialect that makes a function for ``query``."""

    @abc.abstractmethod
    def query(self, name: str, select: str) -> Any:
        """Show a SELECT in the engine's own dialect under a name to SQL; return it as an Ibis table.

        A value that cannot be cast is an error, now or when the rows are computed.
        """

    @abc.abstractmethod
    def numbered(self, expression: Any, column: str, name: str) -> Any:
        """Compute an expression once, as the temporary table ``name``, with a number that no other row has.

        The numbers rise in the order of the rows as the engine holds them; they need not be consecutive.
        """

    @abc.abstractmethod
    def write_csv(self, expression: Any, path: Path) -> None:
        """Write an expression as one csv file with a header."""

    @abc.abstractmethod
    def write_ordered(self, expression: Any, key: Sequence[str], path: Path) -> None:
        """Write an expression as parquet at ``path``, ordered by the key."""

    @abc.abstractmethod
    def repeatable(self, expression: Any, name: str) -> Callable[[], Any]:
        """Translate an expression once and return a function that computes it anew, as the temporary table ``name``.

        For an expression over materialised tables whose rows change between the calls: translating a wide expression
        into SQL takes longer than running it.
        """

    @abc.abstractmethod
    def map_frames(self, table: Any, function: Callable[[pd.DataFrame], pd.DataFrame], schema: ibis.Schema) -> Any:
        """Return the rows that a function of a pandas frame makes of a table, batch by batch where the data lies.

        Args:
            table: Ibis table.
            function: frame of some of the rows -> frame with the columns of ``schema``.
            schema: columns that come out.
        """

    @abc.abstractmethod
    def close(self) -> None:
        """Let go of everything."""

    def read(self, contract: Table, path: Path) -> Any:
        """Return the parquet table at ``path``, a file or a folder of files, as an Ibis table.

        Of a partitioned table the column that names the folders comes from their names: the files do not hold it, so
        that pandas, Polars and DuckDB open the whole folder without a setting.
        """
        files = [path / "**" / "*.parquet" if path.is_dir() else path]
        by = contract.partition_by
        if not by:
            return self.show(f"read_{contract.name}", files)
        rows = self.show_parts(f"read_{contract.name}", files, by)
        own = rows.mutate(**{by: rows[by].cast(contract.column(by).dtype)})
        extra = [name for name in own.columns if name not in contract.column_names]
        return own.select(*[name for name in contract.column_names if name in own.columns], *extra)

    def write(self, expression: Any, contract: Table, path: Path) -> int:
        """Write an expression, ordered by the contract's key; return its number of rows.

        The order makes the same rows the same bytes, whatever order the engine produced them in. A partition lies in
        the folder that ``Table.part_name`` says, and does not hold the column that names it.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        own = expression.drop(contract.partition_by) if contract.partition_by else expression
        self.write_ordered(own, [name for name in contract.sorted_by or contract.key if name in own.columns], path)
        return int(self.read(contract, path).count().execute())

    def repeated(self, table: Any, key: Sequence[str]) -> dict[str, Any] | None:
        """Return a key that occurs more than once in a table, or None."""
        keys = table.group_by(list(key)).having(table.count() > 1).aggregate(rows=table.count())
        repeats: list[dict[str, Any]] = keys.limit(1).to_pyarrow().to_pylist()
        return repeats[0] if repeats else None

    def materialise(self, expression: Any, name: str) -> Any:
        """Compute an expression once, keep it as a temporary table of the connection and return that."""
        return self.repeatable(expression, name)()

    @abc.abstractmethod
    def taken(self, rows: pa.Table) -> Any:
        """Return rows of this process as an Ibis table."""

    def empty(self, columns: Sequence[Column]) -> Any:
        """Return a table of these columns without rows."""
        schema = pa.schema([(column.name, ARROW_TYPES[column.dtype]) for column in columns])
        return self.taken(schema.empty_table())
