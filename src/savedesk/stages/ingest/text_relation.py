"""Files of text as one relation: their columns brought together, their rows numbered, a sample kept for a look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from savedesk.errors import DataContractError
from savedesk.stages.ingest.parquet_file import hold_folder
from savedesk.stages.ingest.raw_file import RawFile

ROW, FILE = "_row", "_file"
_SAMPLE_ROWS = 20_000  # of a batch
_SAMPLE_BATCHES = 5
_FULL = {  # rows with the header, or of an export without it
    65_536: "an old spreadsheet holds",
    1_048_576: "a spreadsheet holds",
    30_001: "Power BI exports to csv",
    150_001: "Power BI exports to xlsx",
}


@dataclass(frozen=True)
class Rejected:
    """A line that could not be read: file, line number if known, rule and text."""

    file: str
    line: int | None
    rule: str
    text: str


@dataclass
class TextRelation:
    """What became of the files of one relation.

    Args:
        columns: their columns.
        rows: rows that could be read.
        rejected: lines that could not.
        notes: what the user should know about how they were read.
        sample: some of the rows, spread over the files.
        counts_from_1904: whether a workbook counts its days from 1904.
        warnings: what may be missing of them.
    """

    columns: list[str]
    rows: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    sample: list[pa.RecordBatch] = field(default_factory=list)
    counts_from_1904: bool = False
    warnings: list[str] = field(default_factory=list)


def without_header(batch: pa.RecordBatch, names: Sequence[str]) -> pa.RecordBatch:
    """Return the rows but those that are the header once more, as files have that were put one behind the other."""
    if not batch.num_rows or not names:
        return batch
    same: Any = pc.is_in(batch.column(0), pa.array([names[0], f"\ufeff{names[0]}"]))
    if not pc.any(same).as_py():
        return batch
    for place, name in list(enumerate(names))[1:]:
        same = pc.and_(same, pc.is_in(batch.column(place), pa.array([name, "", None])))
    return batch.filter(pc.invert(same))


def repeated(file: str, count: int) -> list[str]:
    """Return a note on rows that are the header once more."""
    return [f"{file}: the line of names is in it {count:,} times more, and left out each time"] if count else []


def full(file: str, rows: int) -> list[str]:
    """Return a warning where a file has just as many rows as a program can hold or export."""
    said = _FULL.get(rows) or _FULL.get(rows + 1)
    if said is None:
        return []
    step = "count the rows where it comes from; export to csv without a spreadsheet, or in parts"
    return [f"{file} has {rows:,} rows, just as many as {said}, so it may have been cut off; next: {step}"]


class TextWriter:
    """Writes the rows of one file after the other into one parquet table of texts with ``_row`` and ``_file``."""

    def __init__(self, first: str, declared: RawFile, target: Path) -> None:
        """Take the name of the first file, what source.yaml says about the files, and the place of the table."""
        self.relation = TextRelation([])
        self._first, self._declared, self._target = first, declared, target
        self._writer: pq.ParquetWriter | None = None
        self._path = Path()
        self._header: list[str] = []
        self._folders: dict[str, str | None] = {}  # columns that the folders add
        self._inside: dict[str, str | None] = {}  # columns of the file that the folders say as well
        self._batches, self._every = 0, 1

    def close(self) -> None:
        """End the table."""
        if self._writer is not None:
            self._writer.close()

    def begin(self, path: Path, header: Sequence[str], folders: Mapping[str, str | None], part: str = "") -> None:
        """Begin with a file, or a sheet of one.

        Raises:
            DataContractError: it has other columns than those before it.
        """
        self._path, self._header = path, list(header)
        inside = {name.lower() for name in header}
        self._folders = {column: said for column, said in folders.items() if column.lower() not in inside}
        self._inside = {column: said for column, said in folders.items() if column.lower() in inside}
        columns = [*self._header, *self._folders]
        if self._writer is None:
            self.relation.columns = [*columns, *(name for name in self._declared.optional if name not in columns)]
            self._writer = pq.ParquetWriter(self._target, text_schema(self.relation.columns))
        missing = sorted(set(self.relation.columns) - set(columns) - set(self._declared.optional))
        added = sorted(set(columns) - set(self.relation.columns))
        if missing or added:
            raise DataContractError(
                f"columns differ from those of {self._first}: missing {missing}, added {added}",
                where=f"{path.name}{part}",
                next_step="declare it as another relation in source.yaml, or list under optional: what some files lack",
            )

    def write(self, batch: pa.RecordBatch) -> None:
        """Write rows of the file that was begun."""
        relation = self.relation
        assert self._writer is not None  # noqa: S101 - a file was begun
        given = dict(zip(self._header, batch.columns, strict=True))
        for column, said in self._inside.items():
            name = next(name for name in self._header if name.lower() == column.lower())
            hold_folder(self._path, column, said, [value for value in pc.unique(given[name]).to_pylist() if value])
        given |= {
            column: pa.repeat(pa.scalar(said, pa.string()), batch.num_rows) for column, said in self._folders.items()
        }
        absent = pa.nulls(batch.num_rows, pa.string())
        numbers = pa.array(np.arange(relation.rows + 1, relation.rows + batch.num_rows + 1))
        texts: list[Any] = [given.get(name, absent) for name in relation.columns]
        rows = [*texts, numbers, pa.repeat(self._path.name, batch.num_rows)]
        placed = pa.RecordBatch.from_arrays(rows, schema=text_schema(relation.columns))
        relation.rows += batch.num_rows
        self._writer.write_batch(placed)
        self._keep_some(placed)

    def _keep_some(self, batch: pa.RecordBatch) -> None:
        """Keep rows for a look at how values are written, from batches that stay spread over all of them."""
        self._batches += 1
        if (self._batches - 1) % self._every or not batch.num_rows:
            return
        step = -(-batch.num_rows // _SAMPLE_ROWS)
        self.relation.sample.append(batch.take(pa.array(range(0, batch.num_rows, step), pa.int64())))
        if len(self.relation.sample) > _SAMPLE_BATCHES:
            self.relation.sample, self._every = self.relation.sample[::2], 2 * self._every


def text_schema(columns: Sequence[str]) -> pa.Schema:
    """Return the schema of a relation whose values are all text."""
    fields: list[pa.Field[Any]] = [pa.field(name, pa.string()) for name in columns]
    fields += [pa.field(ROW, pa.int64()), pa.field(FILE, pa.string())]
    return pa.schema(fields)
