"""An xlsx workbook as text: which of its sheets hold rows, what its cells say, and what a reader of them would miss.

Raw files and outcome sheets are read by it alike. A formula counts with the value that the spreadsheet stored; where it
stored none, the cell is marked, since an empty cell would be another thing. Hidden sheets, charts and empty sheets are
no data. Rows that a filter hides are.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import iterparse

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.utils.escape import unescape
from openpyxl.workbook.workbook import Workbook

from savedesk.stages.ingest.cells import number_text

FORMULA = "\x00formula:"  # before the text of a formula whose value is not stored
_SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_BLOCK = 1 << 20
_LONGEST_MARK = 30  # bytes
_PLACE = re.compile(r"([A-Z]+)([0-9]+)")


MEGABYTE = 1_000_000
_SMALL_MB = 10  # a part below this may be packed as tightly as it likes
_MOST_PACKED = 200  # times smaller than its content is no part that a spreadsheet has written; rows alike have 50


class BrokenBookError(Exception):
    """A file is no workbook, or a damaged one."""


@contextmanager
def _as_broken() -> Iterator[None]:
    try:
        yield
    except (PermissionError, MemoryError):  # it may be whole, and nobody can read it
        raise
    except Exception as error:  # a damaged archive makes zipfile, expat and openpyxl fail in any way that Python knows
        raise BrokenBookError(str(error)) from error


@dataclass(frozen=True)
class Sheet:
    """A sheet with rows: its name, and whether it is hidden."""

    name: str
    hidden: bool


class _Reader(ExcelReader):
    """openpyxl's own, which fails on sheets of charts without drawings; none of them has rows."""

    def read_chartsheet(self, sheet: Any, rel: Any) -> None:
        """Pass a sheet of charts over."""


class Book:
    """An open workbook.

    Args:
        source: path or open file.
        max_unpacked_mb: most that its content may come to: a small file can hold as much as fills the memory.
    """

    def __init__(self, source: Path | IO[bytes], max_unpacked_mb: int) -> None:
        """Open it.

        Raises:
            BrokenBookError: it is none, or unpacks to too much. Reading can raise it, too.
        """
        with _as_broken():
            _hold_size(source, max_unpacked_mb)
            reader = _Reader(source, read_only=True, data_only=True)
            reader.read()
            self._book: Workbook = reader.wb

    def close(self) -> None:
        """Close the file."""
        self._book.close()

    @property
    def counts_from_1904(self) -> bool:
        """Whether the number 1 is the second of January 1904, as spreadsheets of a Mac once had it."""
        return bool(self._book.epoch == CALENDAR_MAC_1904)

    def sheets(self) -> list[Sheet]:
        """Return the sheets that have a cell with a value, in their order."""
        filled = [page for page in self._book.worksheets if next(self.rows(page.title), None) is not None]
        return [Sheet(page.title, page.sheet_state != "visible") for page in filled]

    @property
    def names(self) -> list[str]:
        """The names of all sheets that can have rows."""
        return [page.title for page in self._book.worksheets]

    def rows(self, name: str) -> Iterator[tuple[int, list[str]]]:
        """Yield number and cells of each row that is not blank, without blank cells at its end."""
        with _as_broken():
            formulas = self._formulas_without_value(name)
            page = self._book[name]
            page.reset_dimensions()  # the size that some programs write is wrong
            lines = enumerate(page.iter_rows(values_only=True), start=1)
        while True:
            with _as_broken():
                line, values = next(lines, (0, ()))
            if not line:
                return
            cells = [_text(value) for value in values]
            if line in formulas:
                cells += [""] * (max(formulas[line]) + 1 - len(cells))
                for place, formula in formulas[line].items():
                    cells[place] = f"{FORMULA}={formula}"
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                yield line, cells

    def merged(self, name: str) -> list[str]:
        """Return the ranges of merged cells: all but the first cell of each are empty."""
        with _as_broken():
            return [str(element.get("ref")) for element in self._elements(name, rb"<(?:\w+:)?mergeCell ", "mergeCell")]

    def _formulas_without_value(self, name: str) -> dict[int, dict[int, str]]:
        """Return the formulas whose value is not stored, by row and place of the cell."""
        formulas: dict[int, dict[int, str]] = {}
        for cell in self._elements(name, rb"<(?:\w+:)?f[ >/]", "c"):
            formula, value = (_child(cell, tag) for tag in ("f", "v"))
            at = _PLACE.fullmatch(cell.get("r") or "")
            stored = value is not None and (value.text or cell.get("t") == "str")  # a text may be empty
            if formula is not None and not stored and at:
                formulas.setdefault(int(at[2]), {})[_column(at[1])] = formula.text or ""
        return formulas

    def _elements(self, name: str, mark: bytes, tag: str) -> Iterator[Any]:
        """Yield the elements of a sheet's XML, if it has the mark (a pattern) at all: parsing all of it is dear."""
        page: Any = self._book[name]
        part = page._worksheet_path  # noqa: SLF001 - openpyxl has no other way to the XML
        archive: zipfile.ZipFile = self._book._archive  # type: ignore[attr-defined]  # noqa: SLF001
        if not _holds(archive, part, mark):
            return
        with archive.open(part) as xml:
            for _, element in iterparse(xml):  # noqa: S314 - Python's expat limits what entities may grow to
                if element.tag in (f"{_SPREADSHEET}{tag}", f"{_STRICT}{tag}"):
                    yield element
                if element.tag.endswith("}row"):
                    element.clear()


def _hold_size(source: Path | IO[bytes], max_unpacked_mb: int) -> None:
    """Refuse an archive that would unpack to too much; it says so itself, and reading stops where it has lied."""
    with zipfile.ZipFile(source) as archive:
        parts = archive.infolist()
    whole = sum(part.file_size for part in parts)
    if whole > max_unpacked_mb * MEGABYTE:
        raise ValueError(
            f"it unpacks to {whole / MEGABYTE:,.0f} MB, and ingest.max_unpacked_mb in params.yaml allows "
            f"{max_unpacked_mb:,} MB"
        )
    for part in parts:
        if part.file_size > max(_SMALL_MB * MEGABYTE, _MOST_PACKED * part.compress_size):
            raise ValueError(
                f"{part.filename!r} is packed {part.file_size / max(part.compress_size, 1):,.0f} times smaller than it "
                "is, which no spreadsheet program does"
            )


def _holds(archive: zipfile.ZipFile, part: str, mark: bytes) -> bool:
    before = b""
    with archive.open(part) as xml:
        while block := xml.read(_BLOCK):
            if re.search(mark, before + block):
                return True
            before = block[-_LONGEST_MARK:]
    return False


def _child(element: Any, tag: str) -> Any:
    for space in (_SPREADSHEET, _STRICT):
        child = element.find(f"{space}{tag}")
        if child is not None:
            return child
    return None


def _column(letters: str) -> int:
    """Return the place of a column from 0: A is 0, AA is 26."""
    place = 0
    for letter in letters:
        place = 26 * place + ord(letter) - ord("A") + 1
    return place - 1


def _text(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ") if value.time() != dt.time() else value.date().isoformat()
    text = str(value)
    return str(unescape(text)) if "_x" in text else text  # _x000D_ is a line end
