"""Read a sheet of an xlsx file as text."""

from __future__ import annotations

import datetime as dt
import itertools
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl.utils.exceptions import InvalidFileException

from savedesk.contracts.quarantine import UNREADABLE
from savedesk.errors import DataContractError
from savedesk.ingest.csv_file import Rejected, TextRelation, checked_header, text_schema, with_place
from savedesk.ingest.source import RawFile

_BATCH = 20_000


def write_sheet(files: Sequence[Path], declared: RawFile, target: Path) -> TextRelation:
    """Write the sheet of one or more xlsx files as a parquet table of texts with ``_row`` and ``_file``.

    Raises:
        DataContractError: not an xlsx file, no such sheet, no header, or headers that differ.
    """
    relation: TextRelation | None = None
    writer: pq.ParquetWriter | None = None
    try:
        for path in files:
            rows = _rows(path, declared.sheet)
            names = declared.header if declared.header is not None else next(rows, (0, None))[1]
            if names is None:
                continue
            header = checked_header([name or "" for name in names], path.name)
            if relation is None or writer is None:
                relation = TextRelation(header)
                writer = pq.ParquetWriter(target, text_schema(header))
            elif header != relation.columns:
                raise DataContractError(
                    f"columns differ from those of {files[0].name}",
                    where=path.name,
                    next_step="declare it as another relation",
                )
            for batch in _batches(rows, relation, path.name):
                writer.write_batch(with_place(batch, relation, path.name))
    finally:
        if writer is not None:
            writer.close()
    return relation or TextRelation([])


def _batches(
    rows: Iterator[tuple[int, list[str | None]]], relation: TextRelation, file: str
) -> Iterator[pa.RecordBatch]:
    width = len(relation.columns)
    schema = pa.schema([(name, pa.string()) for name in relation.columns])
    while taken := list(itertools.islice(rows, _BATCH)):
        fitting = [cells + [None] * (width - len(cells)) for _, cells in taken if len(cells) <= width]
        relation.rejected += [
            Rejected(file, line, UNREADABLE, ",".join(cell or "" for cell in cells))
            for line, cells in taken
            if len(cells) > width
        ]
        columns = (
            [pa.array(column, pa.string()) for column in zip(*fitting, strict=True)]
            if fitting
            else [pa.array([], pa.string())] * width
        )
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _rows(path: Path, sheet: str | None) -> Iterator[tuple[int, list[str | None]]]:
    """Yield the line number and the cells of each row that is not blank, without blank cells at its end."""
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError, ValueError) as error:
        raise DataContractError(f"not an xlsx file: {error}", where=path.name, next_step="save it as .xlsx") from error
    try:
        name = sheet if sheet is not None else book.sheetnames[0]
        if name not in book.sheetnames:
            raise DataContractError(
                f"no sheet {name!r}",
                where=path.name,
                allowed=", ".join(book.sheetnames),
                next_step="set sheet: in source.yaml",
            )
        page = book[name]
        page.reset_dimensions()  # the size that some programs write is wrong
        for line, values in enumerate(page.iter_rows(values_only=True), start=1):
            cells = [_text(value) for value in values]
            while cells and cells[-1] is None:
                cells.pop()
            if cells:
                yield line, cells
    finally:
        book.close()


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ") if value.time() != dt.time() else value.date().isoformat()
    return str(value)
