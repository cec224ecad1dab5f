"""DuckDB: in this process, on one machine, spilling to disk above its memory limit. The default."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pandas as pd
import pyarrow as pa

from savedesk.engine.base import Engine
from savedesk.engine.spill import spill_folder
from savedesk.params.engine import EngineParams


class DuckdbEngine(Engine):
    """Ibis on DuckDB."""

    name = "duckdb"

    @property
    def threads(self) -> int:
        """How many threads it may use."""
        return int(self.connection.con.execute("SELECT current_setting('threads')").fetchone()[0])

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """What it raises where a statement or a file is wrong."""
        return (duckdb.Error,)

    def show(self, name: str, files: Sequence[Path | str]) -> Any:
        """Show parquet files under a name to SQL."""
        listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in files)
        source = f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"
        self.connection.raw_sql(f'CREATE OR REPLACE VIEW "{name}" AS SELECT * FROM {source}')  # noqa: S608 - own names
        return self.connection.table(name)

    def write_ordered(self, expression: Any, key: Sequence[str], path: Path) -> None:
        """Write one parquet file."""
        ordered = expression.order_by([ibis.asc(name) for name in key])
        ordered.to_parquet(str(path), compression="zstd")

    def repeatable(self, expression: Any, name: str) -> Callable[[], Any]:
        """Translate an expression once; computing it is one statement."""
        self.connection._run_pre_execute_hooks(expression)  # noqa: SLF001 - shows DuckDB what lies in this process
        statement = f'CREATE OR REPLACE TEMP TABLE "{name}" AS {self.connection.compile(expression)}'

        def compute() -> Any:
            self.connection.raw_sql(statement)
            return self.connection.table(name)

        return compute

    def map_frames(self, table: Any, function: Callable[[pd.DataFrame], pd.DataFrame], schema: ibis.Schema) -> Any:
        """Run the function on all rows at once: they fit one machine, or Spark is the engine."""
        made = pa.Table.from_pandas(function(table.to_pandas()), schema=schema.to_pyarrow(), preserve_index=False)
        return ibis.memtable(made)

    def taken(self, rows: pa.Table) -> Any:
        """Return rows of this process as an Ibis table."""
        return ibis.memtable(rows)

    def close(self) -> None:
        """Close the connection."""
        self.connection.disconnect()


@contextmanager
def open_duckdb(params: EngineParams) -> Iterator[DuckdbEngine]:
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
        engine = DuckdbEngine(connection)
        try:
            yield engine
        finally:
            engine.close()
