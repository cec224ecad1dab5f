"""Read the sheet that agents filled in: CSV or XLSX, in whatever encoding and date format a spreadsheet saved it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.datetime import from_excel
from openpyxl.utils.exceptions import InvalidFileException

from savedesk.contracts.outcomes import OUTCOME_COLUMNS
from savedesk.errors import DataContractError, MissingInputError
from savedesk.prioritise.spreadsheet import RISKY_STARTS

NEEDED = ("subscriber_id", "contacted_on", "outcome")
SEPARATORS = (",", ";", "\t")
DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00(?:\.0+)?)?)?")
PLAIN_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
SERIAL = re.compile(r"\d{5}(?:\.0+)?")  # days since 1899-12-30: a date cell that lost its format
UNREADABLE = (InvalidFileException, KeyError, ValueError, ParseError, EOFError, zipfile.BadZipFile, zlib.error)
FORMULA = "\x00formula:"  # before the text of a cell that is a formula


@dataclass(frozen=True)
class SheetRow:
    """One row that is not blank: its number in the file, and its cells as texts; absent ones are empty."""

    number: int
    cells: dict[str, str]

    def formulas(self) -> list[str]:
        """Return the columns whose cell is a formula."""
        return [name for name, text in self.cells.items() if text.startswith(FORMULA)]


def read_sheet(path: Path) -> list[SheetRow]:
    """Return the rows of the outcome sheet.

    Raises:
        MissingInputError: there is no such file.
        DataContractError: it is neither CSV nor XLSX, or has no sheet with the columns of outcomes.
    """
    if not path.is_file():
        raise MissingInputError("not there", where=str(path), next_step="give the csv or xlsx file that was filled in")
    raw = path.read_bytes()
    if zipfile.is_zipfile(io.BytesIO(raw)):
        return _xlsx(raw, path)
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


def _csv(raw: bytes, path: Path) -> list[SheetRow]:
    text = _decoded(raw, path)
    for separator in SEPARATORS:
        try:
            if _names(next(_filled(_lines(text, separator)), (0, []))[1]) is not None:
                return _table(_lines(text, separator, strict=True)) or []
        except csv.Error as error:
            raise DataContractError(
                f"not readable: {error}",
                where=str(path),
                allowed="a quote that opens a cell closes it, too",
                next_step="look for a cell that begins with a single double quote, or save it as xlsx",
            ) from error
    raise _no_columns(path)


def _lines(text: str, separator: str, *, strict: bool = False) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield number and cells of each line. Unless it is strict, a quote that is never closed swallows all below it."""
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


def _xlsx(raw: bytes, path: Path) -> list[SheetRow]:
    """Return the rows of the first sheet that has the columns, whatever it is named."""
    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=False)
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # the size that some programs write is wrong
            found = _table((number, [_text(cell) for cell in row]) for number, row in enumerate(sheet.iter_rows(), 1))
            if found is not None:
                return found
    except UNREADABLE as error:
        raise DataContractError(
            f"not an xlsx file, or a damaged one: {error}",
            where=str(path),
            allowed="csv or xlsx",
            next_step="save it as xlsx again",
        ) from error
    raise _no_columns(path)


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if getattr(cell, "data_type", "") == "f":
        return f"{FORMULA}{value}"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _table(lines: Iterable[tuple[int, Sequence[str]]]) -> list[SheetRow] | None:
    """Return the rows below the header; None where the first line that is not blank lacks a needed column."""
    filled = _filled(lines)
    _, header = next(filled, (0, []))
    names = _names(header)
    if names is None:
        return None
    places = {name: names.index(name) for name in OUTCOME_COLUMNS if name in names}
    made = []
    for number, row in filled:
        cells = {name: _bare(row[place]) if place < len(row) else "" for name, place in places.items()}
        made.append(SheetRow(number, dict.fromkeys(OUTCOME_COLUMNS, "") | cells))
    return made


def _names(header: Sequence[str]) -> list[str] | None:
    """Return the names of the columns; None where a needed one is not there."""
    names = [cell.strip().lower() for cell in header]
    return names if set(NEEDED) <= set(names) else None


def _bare(cell: str) -> str:
    """Return a cell without blanks around it, and without the apostrophe that keeps a text from being a formula."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(RISKY_STARTS) else text


def _filled(lines: Iterable[tuple[int, Sequence[str]]]) -> Iterator[tuple[int, Sequence[str]]]:
    return ((number, row) for number, row in lines if any(cell.strip() for cell in row))


def _no_columns(path: Path) -> DataContractError:
    return DataContractError(
        f"no sheet has the columns {', '.join(NEEDED)}",
        where=str(path),
        allowed=", ".join(OUTCOME_COLUMNS),
        next_step="fill in outcomes.csv, or the sheet for outcomes of list.xlsx, and keep its first line",
    )


def as_date(text: str) -> dt.date | None:
    """Return a day written year first in one of the usual ways, or as a spreadsheet counts days; None if it is none.

    Day first and month first look alike, so neither is guessed.
    """
    found = DATE.fullmatch(text) or PLAIN_DATE.fullmatch(text)
    try:
        if found:
            year, month, day = (int(part) for part in found.groups())
            return dt.date(year, month, day)
        if SERIAL.fullmatch(text):
            counted = from_excel(float(text))
            return counted.date() if isinstance(counted, dt.datetime) else None
    except (ValueError, OverflowError):
        return None
    return None
