"""DuckDB: in this process, on one machine, spilling to disk above its memory limit. The default."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pandas as pd
import pyarrow as pa

from savedesk.engine.base import Engine, Problem
from savedesk.engine.spill import spill_folder
from savedesk.params.engine import EngineParams

_WORDS = re.compile(
    r"^(Binder|Catalog|Parser|Conversion|Invalid Input|Out of Range|Not implemented) Error: ", re.IGNORECASE
)
_PLACE = "__file"  # where a row lies, while folders make columns
BATCH_ROWS = 100_000  # rows that a function of a frame is given at a time


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _local(column: str, zone: str) -> str:
    name = _quoted(column)
    return f"timezone('{zone}', CAST({name} AS TIMESTAMP WITH TIME ZONE)) AS {name}"


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

    def show(
        self,
        name: str,
        files: Sequence[Path | str],
        folders: Sequence[str] = (),
        zones: Mapping[str, str] | None = None,
    ) -> Any:
        """Show parquet files under a name to SQL."""
        listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in files)
        options = "union_by_name = true, hive_partitioning = false, binary_as_string = true" + (
            f", filename = '{_PLACE}'" if folders else ""
        )
        columns = f"* EXCLUDE ({_PLACE})" if folders else "*"
        moments = [_local(column, zone) for column, zone in (zones or {}).items()]
        columns += f" REPLACE ({', '.join(moments)})" if moments else ""
        for column in folders:
            said = f"regexp_extract({_PLACE}, '.*/{re.escape(column)}=([^/]*)/', 1)"
            columns += f", url_decode({said}) AS {_quoted(column)}"
        source = f"read_parquet([{listed}], {options})"
        self.connection.raw_sql(f"CREATE OR REPLACE VIEW {_quoted(name)} AS SELECT {columns} FROM {source}")  # noqa: S608 - own names
        return self.connection.table(name)

    def show_parts(self, name: str, files: Sequence[Path | str], by: str) -> Any:
        """Let DuckDB read the folders' names: it then opens the files of the wanted dates alone."""
        listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in files)
        above = {part.partition("=")[0] for path in files for part in Path(path).parts if "=" in part} - {by}
        source = f"read_parquet([{listed}], union_by_name = true, hive_partitioning = true)"
        own = f"DESCRIBE SELECT * FROM read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"  # noqa: S608
        held = {str(row[0]) for row in self.connection.con.execute(own).fetchall()} if above else set()
        if above & held:  # a folder above the project would take a column's place
            return self.show(name, files, [by])
        dropped = f"* EXCLUDE ({', '.join(map(_quoted, sorted(above)))})" if above else "*"
        self.connection.raw_sql(f"CREATE OR REPLACE VIEW {_quoted(name)} AS SELECT {dropped} FROM {source}")  # noqa: S608
        return self.connection.table(name)

    def names_of(self, select: str) -> list[str]:
        """Return the names of a SELECT's columns; a view would give the second of two a name of its own."""
        return [str(row[0]) for row in self.connection.con.execute(f"DESCRIBE {select}").fetchall()]

    def problem(self, error: Exception) -> Problem:
        """Return what DuckDB says, without the word for its kind of error."""
        lines = str(error).splitlines() or [type(error).__name__]
        message = _WORDS.sub("", lines[0])
        if re.search(r"^Referenced column|does not have a column", message):
            return Problem("column", message)
        if isinstance(error, duckdb.CatalogException) and message.startswith("Table with name"):
            return Problem("table", message)
        if isinstance(error, duckdb.ConversionException | duckdb.InvalidInputException):
            return Problem("value", message)
        return Problem("other", message)

    def define(self, statement: str) -> None:
        """Make a macro."""
        self.connection.raw_sql(statement)

    def query(self, name: str, select: str) -> Any:
        """Make a view of a SELECT."""
        self.connection.raw_sql(f'CREATE OR REPLACE VIEW "{name}" AS {select}')
        return self.connection.table(name)

    def numbered(self, expression: Any, column: str, name: str) -> Any:
        """Number the rows from 1 while they are copied; a window over all of them would be dearer."""
        rows = self.connection.compile(expression)
        numbers = f'SELECT row_number() OVER () AS "{column}", * FROM ({rows})'  # noqa: S608 - compiled by Ibis
        self.connection.raw_sql(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {numbers}')
        return self.connection.table(name)

    def write_csv(self, expression: Any, path: Path) -> None:
        """Write one file, in the order of the expression."""
        expression.to_csv(str(path))

    def write_ordered(self, expression: Any, key: Sequence[str], path: Path) -> None:
        """Write one parquet file."""
        ordered = expression.order_by([ibis.asc(name) for name in key])
        ordered.to_parquet(str(path), compression="zstd")

    def repeated(self, table: Any, key: Sequence[str]) -> dict[str, Any] | None:
        """Compare neighbours: what is written in the order of its key has the rows of a key side by side.

        Whether the rows are in that order is seen on the way; where they are not, all keys are counted.
        """
        own = ", ".join(_quoted(name) for name in key)
        before = ", ".join(f"lag({_quoted(name)}) OVER () AS b{place}" for place, name in enumerate(key))
        self.connection._run_pre_execute_hooks(table)  # noqa: SLF001 - shows DuckDB what lies in this process
        rows = self.connection.compile(table.select(*key))
        pairs = f"SELECT ({own}) AS own, ({', '.join(f'b{k}' for k in range(len(key)))}) AS before"
        compared = f"{pairs} FROM (SELECT {own}, {before} FROM ({rows})) WHERE b0 IS NOT NULL"  # noqa: S608
        not_rising = self.connection.con.execute(f"SELECT 1 FROM ({compared}) WHERE own <= before LIMIT 1").fetchone()  # noqa: S608
        return super().repeated(table, key) if not_rising else None

    def repeatable(self, expression: Any, name: str) -> Callable[[], Any]:
        """Translate an expression once; computing it is one statement."""
        self.connection._run_pre_execute_hooks(expression)  # noqa: SLF001 - shows DuckDB what lies in this process
        statement = f'CREATE OR REPLACE TEMP TABLE "{name}" AS {self.connection.compile(expression)}'

        def compute() -> Any:
            self.connection.raw_sql(statement)
            return self.connection.table(name)

        return compute

    def map_frames(self, table: Any, function: Callable[[pd.DataFrame], pd.DataFrame], schema: ibis.Schema) -> Any:
        """Run the function on one batch of rows after the other, so that only what it makes is held."""
        arrow = schema.to_pyarrow()
        with self.connection.to_pyarrow_batches(table, chunk_size=BATCH_ROWS) as batches:
            parts = [
                pa.Table.from_pandas(function(batch.to_pandas()), schema=arrow, preserve_index=False)
                for batch in batches
                if batch.num_rows
            ]
        return ibis.memtable(pa.concat_tables(parts) if parts else arrow.empty_table())

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
        connection.raw_sql("SET TimeZone = 'UTC'")  # not that of the machine, on which a day would then depend
        connection.raw_sql("SET autoinstall_known_extensions = false")
        connection.raw_sql("SET autoload_known_extensions = false")
        with contextlib.suppress(duckdb.InvalidInputException):  # a notebook without ipywidgets cannot show one anyway
            connection.raw_sql("SET enable_progress_bar = false")
        # SQL sees tables and views, never a variable of this program
        connection.raw_sql("SET python_enable_replacements = false")
        engine = DuckdbEngine(connection)
        try:
            yield engine
        finally:
            engine.close()
