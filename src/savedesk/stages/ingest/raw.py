"""Show each relation of a source to its SQL: all of its files, without words for nothing, with plain numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from savedesk.engine.base import Engine
from savedesk.errors import DataContractError
from savedesk.stages.ingest.csv_file import write_text
from savedesk.stages.ingest.delivered_twice import hold_apart
from savedesk.stages.ingest.doubts import Sampled
from savedesk.stages.ingest.guarded import bared, guarded_columns, guarded_note
from savedesk.stages.ingest.no_value import Counts, without_words
from savedesk.stages.ingest.numbers import rewritten
from savedesk.stages.ingest.odd_types import hold_types
from savedesk.stages.ingest.parquet_file import show_parquet, some_texts
from savedesk.stages.ingest.placement import Placed, placed
from savedesk.stages.ingest.raw_file import RawFile
from savedesk.stages.ingest.text_relation import Rejected, text_schema
from savedesk.stages.ingest.xlsx_file import write_sheet

_AS_GIVEN = "__raw_"  # before the name of a relation as its files have it


@dataclass(frozen=True)
class Relation:
    """A raw table that the SQL can read.

    Args:
        name: its name in the SQL.
        columns: its columns, without ``_row`` and ``_file``; none if the file is empty to the last byte.
        rows: rows that could be read.
        rejected: lines that could not.
        absent: words that were taken for no value, by column.
        notes: what the user should know about how the files were read.
        counts_from_1904: whether a workbook counts its days from 1904, so that a number in it may be two days.
        warnings: what may be missing of the files.
    """

    name: str
    columns: tuple[str, ...]
    rows: int
    rejected: tuple[Rejected, ...] = field(default=())
    absent: Counts = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    counts_from_1904: bool = False
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exposed:
    """A relation that the SQL sees, the files that it comes from, and some of its rows."""

    relation: Relation
    placed: Placed
    sampled: Sampled


@dataclass(frozen=True)
class Exposing:
    """What all relations of a source are read with.

    Args:
        folder: the raw folder.
        scratch: where the text of csv and xlsx files is written.
        engine: where the relations are shown.
        max_line_mb: longest line of a csv file.
        zone: the operator's time zone, if source.yaml says it.
        sql: the text of all SELECTs.
        follow_links: whether files may be links that lead out of the folder.
        max_unpacked_mb: most that a workbook may unpack to.
        names: columns that the SELECTs take for ids and names; see ``naming_columns``.
    """

    folder: Path
    scratch: Path
    engine: Engine
    max_line_mb: int
    zone: str | None = None
    sql: str = ""
    follow_links: bool = False
    max_unpacked_mb: int = 1000
    names: frozenset[str] = frozenset()

    def expose(self, name: str, declared: RawFile) -> Exposed:
        """Show the relation to SQL. Values of csv and xlsx files are text; parquet keeps its types.

        Raises:
            MissingInputError: no such file.
            DataContractError: another hash than declared, one file under two names, or files that cannot be read as one
                relation.
        """
        layout = placed(name, declared, self.folder)
        if not self.follow_links:
            self._hold_inside(layout)
        hold_apart(name, declared, layout, self.folder)
        if declared.kind == "parquet":
            return self._parquet(name, declared, layout)
        target = self.scratch / f"{name}.parquet"
        if declared.kind == "csv":
            read = write_text(layout.files, declared, target, self.max_line_mb, layout.folders)
        else:
            read = write_sheet(layout.files, declared, target, layout.folders, max_unpacked_mb=self.max_unpacked_mb)
        if not read.columns:
            pq.write_table(text_schema([]).empty_table(), target)
        sample = pa.Table.from_batches(read.sample, text_schema(read.columns))
        guards = guarded_columns(sample)
        counts = self._renamed(name, declared, bared(self.engine.show(f"{_AS_GIVEN}{name}", [target]), guards))
        relation = Relation(
            name,
            tuple(read.columns),
            read.rows,
            tuple(read.rejected),
            counts,
            (*read.notes, *guarded_note(name, guards)),
            read.counts_from_1904,
            tuple(read.warnings),
        )
        return Exposed(relation, layout, Sampled(name, declared, self.engine.connection.table(name), sample))

    def _hold_inside(self, layout: Placed) -> None:
        home = self.folder.resolve()
        for path in layout.files:
            if not path.resolve().is_relative_to(home):
                raise DataContractError(
                    f"leads out of the raw folder, to {path.resolve()}",
                    where=str(path),
                    next_step="copy the file into the raw folder, or set follow_links: true in source.yaml",
                )

    def _parquet(self, name: str, declared: RawFile, layout: Placed) -> Exposed:
        engine = self.engine
        damaged: tuple[type[Exception], ...] = (*engine.errors, pa.ArrowException, OSError)
        try:
            given = show_parquet(name, layout, declared, self.zone, engine, f"{_AS_GIVEN}{name}")
            hold_types(name, map(pq.read_schema, layout.files), self.sql)
            sample = some_texts(layout)
            guards = guarded_columns(sample)
            counts = self._renamed(name, declared, bared(given, guards))
            shown = engine.connection.table(name)
            rows, notes = int(shown.count().execute()), tuple(guarded_note(name, guards))
            relation = Relation(name, tuple(shown.columns), rows, absent=counts, notes=notes)
            return Exposed(relation, layout, Sampled(name, declared, shown, sample))
        except damaged as error:
            if isinstance(error, OSError) and error.errno is not None:  # of the system, and not of the file's content
                raise
            own = isinstance(error, engine.errors)
            raise DataContractError(
                f"not readable as parquet: {engine.problem(error).message if own else error}",
                where=layout.files[0].name,
                next_step="fetch the file again",
            ) from error

    def _renamed(self, name: str, declared: RawFile, given: Any) -> Counts:
        """Show a relation under its own name, without words for nothing and with plain numbers."""
        cleared = without_words(given, declared.null_values)
        table = cleared.table
        if declared.says_how_numbers_are_written:
            table = rewritten(table, declared, f"source.yaml: files.{name}", self.names)
        self.engine.rename(table, name)
        return cleared.counts
