"""Read the sheets of xlsx files as text: all of them, or none and the cause."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pyarrow as pa

from savedesk.errors import DataContractError
from savedesk.schemas.quarantine import UNREADABLE
from savedesk.stages.ingest.csv_file import checked_header
from savedesk.stages.ingest.raw_file import RawFile
from savedesk.stages.ingest.text_relation import Rejected, TextRelation, TextWriter, full, repeated, without_header
from savedesk.stages.ingest.workbook import FORMULA, Book, BrokenBookError

_BATCH = 20_000
_ALL = "*"


def write_sheet(
    files: Sequence[Path],
    declared: RawFile,
    target: Path,
    folders: Sequence[Mapping[str, str | None]] = (),
    *,
    max_unpacked_mb: int,
) -> TextRelation:
    """Write sheets of one or more xlsx files as a parquet table of texts with ``_row`` and ``_file``.

    Args:
        files: in the order in which they are read.
        declared: what source.yaml says about them.
        target: the parquet table.
        folders: for each file what its folders say, by column.
        max_unpacked_mb: most that a file may unpack to.

    Raises:
        DataContractError: not an xlsx file, no such sheet, several sheets of which none is named, no header, headers
            that differ, a formula without a stored value, or merged cells.
    """
    with closing(TextWriter(files[0].name, declared, target)) as writer:
        for place, path in enumerate(files):
            try:
                with closing(Book(path, max_unpacked_mb)) as book:
                    _write_book(book, path, declared, writer, folders[place] if folders else {})
            except BrokenBookError as error:
                step = "save it as .xlsx"
                raise DataContractError(f"not an xlsx file: {error}", where=path.name, next_step=step) from error
    return writer.relation


def _write_book(
    book: Book, path: Path, declared: RawFile, writer: TextWriter, folders: Mapping[str, str | None]
) -> None:
    writer.relation.counts_from_1904 |= book.counts_from_1904
    for name in _chosen(book, path, declared, writer.relation):
        part = f", sheet {name!r}"
        merged = book.merged(name)
        if merged:
            raise DataContractError(
                f"cells are merged, so that all but the first of them are empty: {', '.join(merged[:3])}",
                where=f"{path.name}{part}",
                next_step="unmerge them and fill each cell, or save the sheet as csv",
            )
        rows = _checked(book.rows(name), path, part)
        before = len(writer.relation.rejected) + writer.relation.rows
        names = declared.header if declared.header is not None else next(rows, (0, None))[1]
        if names is None:
            continue
        header, headers = checked_header(names, path.name), 0
        writer.begin(path, header, folders, part)
        for given in _batches(rows, len(names), writer.relation, path.name):
            batch = without_header(given, header)
            headers += given.num_rows - batch.num_rows
            writer.write(batch)
        writer.relation.notes += repeated(f"{path.name}{part}", headers)
        writer.relation.warnings += full(
            f"{path.name}{part}", len(writer.relation.rejected) + writer.relation.rows - before
        )


def _chosen(book: Book, path: Path, declared: RawFile, relation: TextRelation) -> list[str]:
    """Return the sheets to read, and note those that are hidden.

    Raises:
        DataContractError: a sheet that is named is not there, or several have rows and none is named.
    """
    if declared.sheets is not None and _ALL not in declared.sheets:
        absent = [name for name in declared.sheets if name not in book.names]
        if absent:
            raise DataContractError(
                f"no sheet {absent[0]!r}",
                where=path.name,
                allowed=", ".join(book.names),
                next_step="set sheet: in source.yaml",
            )
        return list(declared.sheets)
    filled = book.sheets()
    hidden = [sheet.name for sheet in filled if sheet.hidden]
    if hidden:
        relation.notes.append(f"{path.name}: hidden sheets are not read: {', '.join(hidden)}; sheet: can name them")
    shown = [sheet.name for sheet in filled if not sheet.hidden]
    if len(shown) > 1 and declared.sheets is None:
        raise DataContractError(
            f"{len(shown)} sheets have rows, and none is named: {', '.join(shown)}",
            where=path.name,
            allowed='the name of one, a list of names, or "*" for all, which must have the same header',
            next_step="set sheet: in source.yaml",
        )
    return shown


def _checked(rows: Iterator[tuple[int, list[str]]], path: Path, part: str) -> Iterator[tuple[int, list[str]]]:
    """Yield rows.

    Raises:
        DataContractError: a formula without a stored value: what it would give is not known.
    """
    for line, cells in rows:
        formula = next((cell for cell in cells if cell.startswith(FORMULA)), None)
        if formula is not None:
            raise DataContractError(
                f"row {line} has a formula without a stored value: {formula.removeprefix(FORMULA)[:60]}",
                where=f"{path.name}{part}",
                next_step="open and save it with a spreadsheet program, which stores the values, or export values",
            )
        yield line, cells


def _batches(
    rows: Iterator[tuple[int, list[str]]], width: int, relation: TextRelation, file: str
) -> Iterator[pa.RecordBatch]:
    schema = pa.schema([(str(number), pa.string()) for number in range(width)])
    while taken := list(itertools.islice(rows, _BATCH)):
        fitting = [cells + [""] * (width - len(cells)) for _, cells in taken if len(cells) <= width]
        relation.rejected += [
            Rejected(file, line, UNREADABLE, ",".join(cells)) for line, cells in taken if len(cells) > width
        ]
        columns = (
            [pa.array([cell or None for cell in column], pa.string()) for column in zip(*fitting, strict=True)]
            if fitting
            else [pa.array([], pa.string())] * width
        )
        yield pa.RecordBatch.from_arrays(columns, schema=schema)
