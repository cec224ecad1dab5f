"""The one seam between Savedesk and the engine that holds its tables: Ibis on DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis

from savedesk.contracts.table import Column, Table
from savedesk.params.engine import EngineParams
from savedesk.spill import spill_folder

IBIS_TYPES = {
    "string": "string",
    "int64": "int64",
    "float64": "float64",
    "boolean": "boolean",
    "date": "date",
}


@dataclass(frozen=True)
class Engine:
    """An open connection. Expressions made from its tables run lazily in it and spill to disk above its limit."""

    connection: Any

    @property
    def threads(self) -> int:
        """Return how many threads it may use."""
        return int(self.connection.con.execute("SELECT current_setting('threads')").fetchone()[0])

    def read(self, contract: Table, path: Path) -> Any:
        """Return the parquet table at ``path`` as an Ibis expression."""
        if contract.partition_by:
            return self.connection.read_parquet(str(path / "**" / "*.parquet"), hive_partitioning=False)
        return self.connection.read_parquet(str(path))

    def write(self, expression: Any, contract: Table, path: Path) -> int:
        """Write an expression to one parquet file, ordered by the contract's key; return its number of rows.

        The order makes the same rows the same bytes, whatever order the engine produced them in.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        ordered = expression.order_by([ibis.asc(name) for name in contract.key])
        ordered.to_parquet(str(path), compression="zstd")
        return int(self.connection.read_parquet(str(path)).count().execute())

    def materialise(self, expression: Any, name: str) -> Any:
        """Compute an expression once, keep it as a temporary table of the connection and return that."""
        return self.connection.create_table(name, expression, temp=True, overwrite=True)

    def repeatable(self, expression: Any, name: str) -> Callable[[], Any]:
        """Translate an expression once and return a function that computes it anew, as the temporary table ``name``.

        For an expression over materialised tables whose rows change between the calls: translating a wide expression
        into SQL takes longer than running it.
        """
        statement = f"CREATE OR REPLACE TEMP TABLE {name} AS {self.connection.compile(expression)}"

        def compute() -> Any:
            self.connection.raw_sql(statement)
            return self.connection.table(name)

        return compute

    def empty(self, columns: tuple[Column, ...]) -> Any:
        """Return a table of these columns without rows."""
        schema = ibis.schema({column.name: IBIS_TYPES[column.dtype] for column in columns})
        return ibis.memtable([], schema=schema)

    def sql(self, text: str) -> Any:
        """Run one statement and return the engine's own cursor; for the SQL of a source folder only."""
        return self.connection.raw_sql(text)


@contextmanager
def open_engine(params: EngineParams) -> Iterator[Engine]:
    """Open DuckDB in memory, with its spill folder removed afterwards."""
    with spill_folder() as spill:
        connection = ibis.duckdb.connect(
            threads=params.threads,
            memory_limit=f"{params.memory_limit_gb}GB",
            temp_directory=str(spill),
        )
        connection.raw_sql("SET autoinstall_known_extensions = false")
        connection.raw_sql("SET autoload_known_extensions = false")
        connection.raw_sql("SET enable_progress_bar = false")
        try:
            yield Engine(connection)
        finally:
            connection.disconnect()
