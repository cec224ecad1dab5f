"""Read csv files as text without losing a line: what cannot be read is returned, not dropped.

Arrow's reader is used because DuckDB's was seen to lose good lines around malformed ones without a word.
"""

from __future__ import annotations

import csv
import io
import re
import zlib
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from savedesk.engine.damaged_file import DAMAGED_FILE
from savedesk.errors import DataContractError
from savedesk.schemas.quarantine import SWALLOWED, UNDECODABLE, UNREADABLE
from savedesk.stages.ingest.cells import trimmed
from savedesk.stages.ingest.quoting import quotes_add_up
from savedesk.stages.ingest.raw_file import RawFile
from savedesk.stages.ingest.text_relation import (
    FILE,
    ROW,
    Rejected,
    TextRelation,
    TextWriter,
    full,
    repeated,
    text_schema,
    without_header,
)
from savedesk.stages.ingest.transcode import MARKED, Utf8Stream, open_utf8, shown

_MEGABYTE = 1 << 20
_NO_NAME = re.compile(r"[+-]?[\d.,]+|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*")
_NAMES = re.compile(  # of columns: no cell of a row
    r"id|(subscriber|customer|cust|account|line|plan)[ _-]?(id|no|number|name)?|msisdn|imsi|mobile|"
    r"phone([ _-]?number)?|region|area|city|segment|month|date|day|amount|status|name|birth[ _-]?year|tenure|"
    r"activated[ _-]?on",
    re.IGNORECASE,
)
_HINT = re.compile("sep=", re.IGNORECASE)  # tells a spreadsheet the separator; no header
_STRAY_QUOTES = (
    "{file}: its quotes do not add up, so a text may have been read with signs that are not its own, such as a "
    "backslash before a quote; next: export it with quotes doubled inside a text"
)
_LINE_END = "[\r\n]"
_LINES = re.compile(r"\r\n|\r|\n")


def checked_header(names: Sequence[str], file: str) -> list[str]:
    """Return column names: trimmed, and ``column_3`` where the third is blank.

    Raises:
        DataContractError: two columns have one name, or the line holds values rather than names.
    """
    header = [trimmed(name) or f"column_{number}" for number, name in enumerate(names, start=1)]
    if 2 * sum(bool(_NO_NAME.fullmatch(name)) for name in header) > len(header):
        raise DataContractError(
            f"the first line holds values, not column names: {', '.join(header)[:80]}",
            where=file,
            next_step="add a first line with names, or list them under header: in source.yaml",
        )
    lowered = [name.lower() for name in header]
    repeated = next((name for name in header if lowered.count(name.lower()) > 1), None)
    if repeated is not None:
        raise DataContractError(
            f"two columns have the name {repeated!r} (upper and lower case are the same)",
            where=file,
            next_step="rename one of them in the file",
        )
    return header


def names_again(first: Sequence[str], header: Sequence[str], file: str) -> list[str]:
    """Return a warning where a file whose names are given under ``header:`` seems to have a line of names of its own.

    Args:
        first: cells of its first line.
        header: the names that are given.
        file: its name.
    """
    named = any(_NAMES.fullmatch(cell.strip()) for cell in first)
    if len(first) != len(header) or not named or any(re.search(r"[0-9]", cell) for cell in first):
        return []
    step = "take header: away, or that line, if it holds names; it is read as a row"
    said = f"{file}: the first line looks like names of columns ({', '.join(first)[:80]}), and header: is given"
    return [f"{said}; next: {step}"]


def write_text(
    files: Sequence[Path],
    declared: RawFile,
    target: Path,
    max_line_mb: int,
    folders: Sequence[Mapping[str, str | None]] = (),
) -> TextRelation:
    """Write csv files as one parquet table of texts with ``_row`` and ``_file``, and say what could not be read.

    Args:
        files: in the order in which they are read.
        declared: what source.yaml says about them.
        target: the parquet table.
        max_line_mb: longest line.
        folders: for each file what its folders say, by column.

    Raises:
        DataContractError: no header, headers that differ, a line that is too long, or a broken archive.
    """
    with closing(TextWriter(files[0].name, declared, target)) as writer:
        for place, path in enumerate(files):
            part = _File(path, declared, max_line_mb)
            if part.header is None:
                continue
            writer.begin(path, part.header, folders[place] if folders else {})
            before = writer.relation.rows
            for batch in part.batches():
                writer.write(batch)
            writer.relation.warnings += full(path.name, writer.relation.rows - before + len(part.rejected))
            writer.relation.rejected += part.rejected
            writer.relation.notes += part.notes
            writer.relation.warnings += part.warnings
    return writer.relation


class _File:
    """One csv file: its header at once, its rows on demand, its unreadable lines afterwards."""

    def __init__(self, path: Path, declared: RawFile, max_line_mb: int) -> None:
        self._path, self._declared, self._max_line_mb = path, declared, max_line_mb
        self.rejected: list[Rejected] = []
        self.notes: list[str] = []
        self.warnings: list[str] = []
        self.header, self._skip, self._has_rows = self._begin()

    def _open(self) -> Utf8Stream:
        return open_utf8(self._path, self._declared.encoding)

    def _begin(self) -> tuple[list[str] | None, int, bool]:
        """Return the column names (none in an empty file), the lines to skip and whether any line follows."""
        lines = self._lines()
        quoting: Any = csv.QUOTE_MINIMAL if self._declared.quote else csv.QUOTE_NONE
        reader = csv.reader(
            lines, delimiter=self._declared.separator, quotechar=self._declared.quote or None, quoting=quoting
        )
        if self._declared.header is not None:
            first = next((row for row in reader if row), [])
            self.warnings += names_again(first, self._declared.header, self._path.name)
            return checked_header(self._declared.header, self._path.name), 0, bool(first)
        try:
            names = next((row for row in reader if row and not _HINT.match(row[0])), None)
        except csv.Error as error:
            raise DataContractError(
                f"the first line is no header: {error}", where=self._path.name, next_step="add one"
            ) from error
        if names is None:
            return None, 0, False
        if any(re.search(MARKED, name) for name in names):
            raise DataContractError(
                f"the header is not {self._declared.encoding}: {shown(', '.join(names))[:80]}",
                where=self._path.name,
                next_step="set encoding: in source.yaml (gb18030, latin-1, cp1252, utf-16)",
            )
        return checked_header(names, self._path.name), reader.line_num, any(line.strip() for line in lines)

    def _lines(self) -> Iterator[str]:
        text = io.TextIOWrapper(io.BufferedReader(_Raw(self._open())), encoding="utf-8", newline="")
        try:
            yield from text
        except (EOFError, zlib.error, OSError, UnicodeError) as error:
            raise self._broken(error) from error
        finally:
            text.close()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows as text."""
        if not self._has_rows:
            return
        trusted = not self._declared.quote or self._quotes_add_up()
        stream = self._open()
        headers = 0
        try:
            for given in self._reader(stream):
                batch = without_header(given, self.header or [])
                headers += given.num_rows - batch.num_rows
                readable = self._without(batch, MARKED, UNDECODABLE) if stream.marked else batch
                yield readable if trusted else self._without(readable, _LINE_END, SWALLOWED)
        except (*DAMAGED_FILE, OSError, EOFError, zlib.error, UnicodeError) as error:
            raise self._broken(error) from error
        finally:
            stream.close()
        if stream.last not in ("\n", "\r", ""):
            self.notes.append(f"{self._path.name} has no line end behind its last line, so it may have been cut off")
        self.notes += repeated(self._path.name, headers)
        if not trusted:
            self.notes.append(_STRAY_QUOTES.format(file=self._path.name))
            self.rejected = _lines_of(self.rejected, self._declared.quote, self._last_line())

    def _last_line(self) -> str:
        """Return the last line that is not blank."""
        return next(iter(deque((line.strip() for line in self._lines() if line.strip()), maxlen=1)), "")

    def _quotes_add_up(self) -> bool:
        stream = self._open()
        try:
            return quotes_add_up(stream, self._declared.separator, self._declared.quote)
        except (OSError, EOFError, zlib.error, UnicodeError) as error:
            raise self._broken(error) from error
        finally:
            stream.close()

    def _reader(self, stream: Utf8Stream) -> Any:
        names = self.header or []
        read = pacsv.ReadOptions(
            block_size=self._max_line_mb * _MEGABYTE, use_threads=False, column_names=names, skip_rows=self._skip
        )
        parse = pacsv.ParseOptions(
            delimiter=self._declared.separator,
            quote_char=self._declared.quote or False,
            newlines_in_values=bool(self._declared.quote),
            invalid_row_handler=self._reject,
        )
        convert = pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
        return pacsv.open_csv(pa.PythonFile(stream, mode="r"), read, parse, convert)  # type: ignore[arg-type]

    def _reject(self, row: Any) -> Literal["skip"]:
        rule = UNDECODABLE if re.search(MARKED, row.text) else UNREADABLE
        self.rejected.append(Rejected(self._path.name, row.number, rule, shown(row.text)))
        return "skip"

    def _without(self, batch: pa.RecordBatch, pattern: str, rule: str) -> pa.RecordBatch:
        """Take out the rows in which a value matches, and keep them as rejected."""
        bad: Any = pa.scalar(False)
        for column in batch.columns:
            bad = pc.or_(bad, pc.match_substring_regex(column, pattern))
        if not batch.num_rows or not pc.any(bad).as_py():
            return batch
        for row in batch.filter(bad).to_pylist():
            text = self._declared.separator.join(row.values())
            self.rejected.append(Rejected(self._path.name, None, rule, shown(text)))
        return batch.filter(pc.invert(bad))

    def _broken(self, error: Exception) -> DataContractError:
        if "straddling" in str(error) or "block size" in str(error):
            return DataContractError(
                f"a line is longer than {self._max_line_mb} MB, or a quote is never closed",
                where=self._path.name,
                next_step="mend the line, set quote: in source.yaml, or raise ingest.max_line_mb",
            )
        step = "set encoding: in source.yaml, or fetch the file again"
        if not isinstance(error, UnicodeError):
            return DataContractError(f"not readable: {error}", where=self._path.name, next_step="fetch the file again")
        said = f"not readable as {self._declared.encoding}: {error}"
        return DataContractError(said, where=self._path.name, allowed="utf-16-le without a mark", next_step=step)


class _Raw(io.RawIOBase):
    """Lets the standard library read a stream."""

    def __init__(self, stream: Utf8Stream) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        given = self._stream.read(len(buffer))
        buffer[: len(given)] = given
        return len(given)

    def close(self) -> None:
        self._stream.close()
        super().close()


def _lines_of(rejected: Sequence[Rejected], quote: str, last_line: str) -> list[Rejected]:
    """Undo what stray quotes have glued together, so that every line counts.

    The reader has taken the quotes of glued values away, so a first or last line without anything else held the quote
    alone. At the end of the file there may be no such last line: a quote that was never closed, and then a line end.
    """
    rejected_lines: list[Rejected] = []
    for place, whole in enumerate(rejected, start=1):
        lines = _LINES.split(whole.text)
        if whole.line is None:
            lines[0] = lines[0] if lines[0].strip() else quote
            unclosed = place == len(rejected) and last_line != quote and _ends_in(lines, last_line, quote)
            lines[-1] = lines[-1] if lines[-1].strip() or unclosed else quote
        lines = [line for line in lines if line.strip()]
        rejected_lines += (
            [whole] if len(lines) <= 1 else [Rejected(whole.file, None, SWALLOWED, line) for line in lines]
        )
    return rejected_lines


def _ends_in(lines: Sequence[str], last_line: str, quote: str) -> bool:
    """Return whether the last line that is not blank is the last one of the file, quotes apart."""
    last = next((line for line in reversed(lines) if line.strip()), "")
    return last.replace(quote, "").strip() == last_line.replace(quote, "").strip()


__all__ = ["FILE", "ROW", "Rejected", "TextRelation", "checked_header", "text_schema", "write_text"]
