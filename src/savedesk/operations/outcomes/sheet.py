"""Read the sheet that agents filled in: csv, xlsx or parquet, by the rules of raw files (``stages.ingest.cells``)."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from savedesk.engine.damaged_file import DAMAGED_FILE
from savedesk.errors import DataContractError, MissingInputError
from savedesk.operations.outcomes.gateway import COLUMNS as GATEWAY_COLUMNS
from savedesk.operations.outcomes.gateway import renamed
from savedesk.operations.outcomes.row_checks import hold_refusal, whole, word_of
from savedesk.schemas.outcomes import ASKED_NOT_TO_CALL, OUTCOME_COLUMNS, OUTCOMES
from savedesk.stages.ingest.cells import (
    EXACT_IN_FLOATS,
    IN_IDS,
    NO_VALUE,
    SENTINEL_DAYS,
    SERIAL_DAY,
    day_of,
    number_text,
    trimmed,
    unguarded,
)
from savedesk.stages.ingest.workbook import FORMULA, MEGABYTE, Book, BrokenBookError, Sheet

NEEDED = ("subscriber_id", "contacted_on", "outcome")
SEPARATORS = (",", ";", "\t", "|")
_HINT = re.compile(r"sep=(.)\r?\n")  # the first line of a csv file that tells a spreadsheet the separator
LONGEST_CELL = 16_000_000  # characters; a note that is too long has a rule of its own
_DAY = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?:[ T].*)?")  # in any order
_LOOKED_AT = 5_000  # rows of a sheet without the columns
_NO_VALUE = frozenset((*NO_VALUE, *IN_IDS))
_GZIP, _PARQUET = b"\x1f\x8b", b"PAR1"


@dataclass(frozen=True)
class SheetRow:
    """One row that is not blank.

    Args:
        number: its number in the file or sheet.
        cells: its cells as texts; absent ones are empty.
        gateway: whether it is of a delivery file of a message gateway, in whose words status and day still are.
        sheet: the sheet that it is on, where several have outcomes.
    """

    number: int
    cells: dict[str, str]
    gateway: bool = False
    sheet: str = ""

    @property
    def place(self) -> str:
        """Where it is, in words."""
        return f"{self.number} of sheet {self.sheet!r}" if self.sheet else str(self.number)

    def formulas(self) -> list[str]:
        """Return the columns whose cell is a formula."""
        return [name for name, text in self.cells.items() if text.startswith(FORMULA)]


def read_sheet(path: Path, max_unpacked_mb: int = 1000) -> list[SheetRow]:
    """Return the rows of the outcome sheet.

    Args:
        path: csv, xlsx or parquet file.
        max_unpacked_mb: most that it may unpack to.

    Raises:
        MissingInputError: there is no such file.
        DataContractError: it is no csv, xlsx or parquet file, a sheet cannot be read in whole, or none has the columns
            of outcomes.
    """
    if not path.is_file():
        raise MissingInputError("not there", where=str(path), next_step="give the csv or xlsx file that was filled in")
    raw = path.read_bytes()
    if raw.startswith(_GZIP):
        raw = _unpacked(raw, path, max_unpacked_mb)
    if raw.startswith(_PARQUET):
        return _parquet(raw, path)
    if zipfile.is_zipfile(io.BytesIO(raw)):
        return _xlsx(raw, path, max_unpacked_mb)
    if raw[:8] == bytes.fromhex("d0cf11e0a1b11ae1"):
        raise DataContractError(
            "an old .xls file, or one with a password",
            where=str(path),
            allowed="csv or xlsx without a password",
            next_step="save it as xlsx",
        )
    if raw[:4] == b"PK\x03\x04":  # begins as xlsx does, and has no end
        raise DataContractError(
            "a damaged xlsx file", where=str(path), allowed="csv or xlsx", next_step="copy or save it once more"
        )
    return _csv(raw, path)


def _unpacked(raw: bytes, path: Path, max_unpacked_mb: int) -> bytes:
    step, most = "copy or export it once more", max_unpacked_mb * MEGABYTE
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as archive:
            content = archive.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataContractError(f"a damaged archive: {error}", where=str(path), next_step=step) from error
    if len(content) > most:
        raise DataContractError(
            "it unpacks to too much",
            where=str(path),
            allowed=f"{max_unpacked_mb:,} MB (ingest.max_unpacked_mb in params.yaml)",
            next_step=step,
        )
    return content


def _parquet(raw: bytes, path: Path) -> list[SheetRow]:
    """Return the rows of a parquet file, as the text that a csv file would have."""
    try:
        table = pq.read_table(io.BytesIO(raw))
    except (*DAMAGED_FILE, OSError) as error:
        step = "copy or export it once more"
        raise DataContractError(f"a damaged parquet file: {error}", where=str(path), next_step=step) from error
    columns = [[_parquet_text(value) for value in column.to_pylist()] for column in table.columns]
    lines = enumerate(zip(*columns, strict=True), start=2)
    rows = _table([(1, table.column_names), *((number, list(row)) for number, row in lines)], path)
    if rows is None:
        raise _no_columns(path, [table.column_names])
    return rows


def _parquet_text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) >= EXACT_IN_FLOATS:
        return number_text(value)
    if isinstance(value, bytes):  # as Impala wrote texts
        return value.decode("utf-8", errors="replace")
    whole = isinstance(value, float) and value.is_integer()
    return "" if value is None else str(int(value)) if whole else str(value)


def _csv(raw: bytes, path: Path) -> list[SheetRow]:
    text = _decoded(raw, path)
    hint = _HINT.match(text)
    body = text[hint.end() :] if hint else text
    for separator in (hint[1],) if hint else SEPARATORS:
        try:
            if _names(next(_filled(_lines(body, separator)), (0, []))[1]) is not None:
                _hold_bars(raw, text, separator, path)
                return _table(_lines(body, separator, strict=True), path) or []
        except csv.Error as error:
            raise DataContractError(
                f"not readable: {error}",
                where=str(path),
                allowed="a quote that opens a cell closes it, too",
                next_step="look for a cell that begins with a single double quote, or save it as xlsx",
            ) from error
    raise _no_columns(path, [_first(_lines(body, separator)) for separator in ((hint[1],) if hint else SEPARATORS)])


def _hold_bars(raw: bytes, text: str, separator: str, path: Path) -> None:
    """Stop where letters of another encoding, read as GB 18030, have swallowed separators behind them."""
    in_utf_16 = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    if separator == "|" and not in_utf_16 and raw.count(b"|") != text.count("|"):
        raise DataContractError(
            "neither UTF-8 nor GBK", where=str(path), next_step="save it as `CSV UTF-8` or as xlsx from the spreadsheet"
        )


def _first(lines: Iterable[tuple[int, Sequence[str]]]) -> Sequence[str]:
    """Return the first row that is not blank."""
    return next(_filled(lines), (0, []))[1]


def _lines(text: str, separator: str, *, strict: bool = False) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield number and cells of each line. Unless it is strict, a quote that is never closed swallows all below it."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict)
    return ((reader.line_num, row) for row in reader)


def _decoded(raw: bytes, path: Path) -> str:
    """Return the text: UTF-8 with or without BOM, UTF-16 with BOM, else GB 18030, of which GBK is a part."""
    marked = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "gb18030"]:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DataContractError(
        "neither UTF-8 nor GBK", where=str(path), next_step="save it as `CSV UTF-8` or as xlsx from the spreadsheet"
    )


def _xlsx(raw: bytes, path: Path, max_unpacked_mb: int) -> list[SheetRow]:
    """Return the rows of all sheets that have the columns, whatever they are named.

    Raises:
        DataContractError: damaged; or a sheet has outcomes that would be lost: without the columns, hidden or in merged
            cells.
    """
    try:
        with closing(Book(io.BytesIO(raw), max_unpacked_mb)) as book:
            headers = [_first(book.rows(sheet.name)) for sheet in book.sheets()]
            sheets = {sheet.name: _sheet(book, sheet, path) for sheet in book.sheets()}
    except BrokenBookError as error:
        raise DataContractError(
            f"not an xlsx file, or a damaged one: {error}",
            where=str(path),
            allowed="csv or xlsx",
            next_step="save it as xlsx again",
        ) from error
    outcome_sheets = {name: rows for name, rows in sheets.items() if rows is not None}
    if not outcome_sheets:
        raise _no_columns(path, headers)
    if len(outcome_sheets) == 1:
        return next(iter(outcome_sheets.values()))
    return [replace(row, sheet=name) for name, rows in outcome_sheets.items() for row in rows]


def _sheet(book: Book, sheet: Sheet, path: Path) -> list[SheetRow] | None:
    """Return the rows of a sheet; None where it has no outcomes."""
    where = f"{path}, sheet {sheet.name!r}"
    rows = _table(book.rows(sheet.name), path)
    if rows is None:
        row_number = next((number for number, row in islice(book.rows(sheet.name), _LOOKED_AT) if _tells(row)), None)
        if row_number is None:
            return None
        raise DataContractError(
            f"row {row_number} tells an outcome, but the first row has no columns {', '.join(NEEDED)}",
            where=where,
            next_step="copy the row of names from the first sheet to the top of this one",
        )
    if sheet.hidden and any(row.cells["outcome"] for row in rows):
        step = "show the sheet, or delete it if it does not count"
        raise DataContractError("a hidden sheet has outcomes", where=where, next_step=step)
    if merged := book.merged(sheet.name):
        raise DataContractError(
            f"cells are merged, so that all but the first of them are empty: {', '.join(merged[:3])}",
            where=where,
            next_step="unmerge them and fill each cell",
        )
    if book.counts_from_1904:  # the cell may have been counted from 1900 in another workbook
        rows = [_without_count(row) for row in rows]
    return [] if sheet.hidden else rows


def _tells(row: Sequence[str]) -> bool:
    """Return whether a row looks like an outcome: one of the words and a day, or a refusal and an id."""
    cells = [trimmed(cell) for cell in row if cell.strip()]
    words = {word_of(cell) for cell in cells}
    if words & set(OUTCOMES) and any(day_of(cell) or _DAY.fullmatch(cell) for cell in cells):
        return True
    return ASKED_NOT_TO_CALL in words and any(word_of(cell) not in OUTCOMES and " " not in cell for cell in cells)


def _without_count(row: SheetRow) -> SheetRow:
    day = row.cells["contacted_on"]
    if not re.fullmatch(SERIAL_DAY, day):
        return row
    return replace(row, cells=row.cells | {"contacted_on": f"{day} (days from 1904 or from 1900?)"})


def _table(lines: Iterable[tuple[int, Sequence[str]]], path: Path) -> list[SheetRow] | None:
    """Return the rows below the header; None where the first line that is not blank lacks a needed column."""
    filled = _filled(lines)
    _, header = next(filled, (0, []))
    names = _names(header)
    if names is None:
        return None
    gateway = not _has_needed(header)
    wanted = (*OUTCOME_COLUMNS, *(GATEWAY_COLUMNS if gateway else ()))
    repeated = next((name for name in wanted if names.count(name) > 1), None)
    if repeated is not None:
        raise DataContractError(
            f"two columns have the name {repeated!r} (upper and lower case are the same)",
            where=str(path),
            next_step="delete one of them, or give it another name",
        )
    places = {name: names.index(name) for name in wanted if name in names}
    rows = []
    for number, given in filled:
        row = whole(given, header, names, number, path)
        if not gateway:
            hold_refusal(row, header, places, number, path)
        cells = {name: _bare(row[place], name) if place < len(row) else "" for name, place in places.items()}
        rows.append(SheetRow(number, dict.fromkeys(OUTCOME_COLUMNS, "") | cells, gateway))
    return rows


def _names(header: Sequence[str]) -> list[str] | None:
    """Return the names of the columns; None where a needed one is not there."""
    names = [trimmed(cell).lower() for cell in header]
    return names if _has_needed(header) else renamed(names)


def _has_needed(header: Sequence[str]) -> bool:
    return set(NEEDED) <= {trimmed(cell).lower() for cell in header}


def _bare(cell: str, column: str) -> str:
    """Return what a cell says: without blanks, without the signs that keep a text from being a number or a formula.

    A word for no value says nothing, and so does a day that stands for none.
    """
    if cell.startswith(FORMULA):
        return cell
    text = trimmed(unguarded(trimmed(cell)))
    if text in (_NO_VALUE if column in OUTCOME_COLUMNS and column != "note" else NO_VALUE):
        return ""
    return "" if column == "contacted_on" and text[:10] in SENTINEL_DAYS else text


def _filled(lines: Iterable[tuple[int, Sequence[str]]]) -> Iterator[tuple[int, Sequence[str]]]:
    return ((number, row) for number, row in lines if any(cell.strip() for cell in row))


def _misspelt(headers: Iterable[Sequence[str]]) -> dict[str, str]:
    """Return the needed columns that a header writes otherwise, such as ``Subscriber ID``, by what it writes."""
    wanted = {name.replace("_", ""): name for name in NEEDED}
    misspelt: dict[str, str] = {}
    for cell in (trimmed(cell) for header in headers for cell in header):
        name = wanted.get(re.sub(r"[\W_]+", "", cell.lower()))
        if name and cell.lower() != name:
            misspelt[cell] = name
    return misspelt


def _no_columns(path: Path, headers: Iterable[Sequence[str]]) -> DataContractError:
    misspelt = _misspelt(headers)
    if misspelt:
        written = ", ".join(f"{cell!r} is not {name!r}" for cell, name in misspelt.items())
        return DataContractError(
            f"columns are spelled otherwise than in the sheet that was handed over: {written}",
            where=str(path),
            allowed=", ".join(OUTCOME_COLUMNS),
            next_step=f"write {', '.join(misspelt.values())} in the first line",
        )
    return DataContractError(
        f"no sheet has the columns {', '.join(NEEDED)}",
        where=str(path),
        allowed=", ".join(OUTCOME_COLUMNS) + "; of a message gateway recipient, sent_at, status",
        next_step="fill in outcomes.csv, or the sheet for outcomes of list.xlsx, and keep its first line",
    )
