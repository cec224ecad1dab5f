"""The raw files of an invented operator: rows of texts, which a test changes before they are written."""

from __future__ import annotations

import copy
import csv
import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

NAME = "planted"
Row = list[str]
TITLE = {"title": "Planted", "kind": "dated", "origin": "invented for a test", "licence": "none", "currency": "EUR"}


@dataclass
class Sheet:
    """One csv file.

    Args:
        columns: names in the first line.
        rows: of texts; a row of bytes is a line that stands in the file as it is.
        select: the SELECT list of its canonical table.
    """

    columns: tuple[str, ...]
    select: str
    rows: list[Row | bytes] = field(default_factory=list)

    def of(self, who: str, column: str = "id") -> list[Row]:
        """Return the rows of a subscriber, in the order of the file."""
        place = self.columns.index(column)
        return [row for row in self.texts() if row[place] == who]

    def texts(self) -> Iterator[Row]:
        """Yield the rows that are not lines as they are."""
        yield from (row for row in self.rows if isinstance(row, list))

    def get(self, row: Row, column: str) -> str:
        """Return a value of a row."""
        return row[self.columns.index(column)]

    def put(self, row: Row, **values: str) -> None:
        """Change values of a row."""
        for column, value in values.items():
            row[self.columns.index(column)] = value

    def copy(self, row: Row, **values: str) -> Row:
        """Add a copy of a row, with other values, behind it and return it."""
        added = list(row)
        self.rows.insert(self._place(row) + 1, added)
        self.put(added, **values)
        return added

    def drop(self, row: Row) -> None:
        """Take a row out."""
        del self.rows[self._place(row)]

    def as_line(self, row: Row, line: bytes) -> None:
        """Put a line of bytes in the place of a row."""
        self.rows[self._place(row)] = line

    def line(self, row: Row) -> str:
        """Return the line that a row would be."""
        text = io.StringIO()
        csv.writer(text, lineterminator="").writerow(row)
        return text.getvalue()

    def canonical(self, column: str) -> str:
        """Return the column of the canonical table that a column becomes."""
        return self.select.partition(f'"{column}" AS ')[2].partition(",")[0]

    def _place(self, row: Row) -> int:
        return next(place for place, other in enumerate(self.rows) if other is row)

    def content(self) -> bytes:
        """Return the file."""
        lines = [row if isinstance(row, bytes) else self.line(row).encode() for row in self.rows]
        return b"\n".join([",".join(self.columns).encode(), *lines, b""])


@dataclass
class Raw:
    """All raw files of an operator, by canonical table.

    Args:
        sheets: the files.
        extracted_on: day on which they were taken.
        pools: victims by what has become of them: ``alive``, ``gone``, ``notice``.
        barred: victims whom a rule keeps off the list, whatever they are worth.
    """

    sheets: dict[str, Sheet]
    extracted_on: dt.date
    pools: dict[str, tuple[str, ...]]
    barred: frozenset[str]

    def __getitem__(self, table: str) -> Sheet:
        """Return the file of a table."""
        return self.sheets[table]

    def another(self) -> Raw:
        """Return a copy that can be changed."""
        return Raw(copy.deepcopy(self.sheets), self.extracted_on, self.pools, self.barred)

    def write(self, root: Path) -> None:
        """Write the raw files, source.yaml and the SQL into a project folder."""
        raw, source = root / "data" / "raw" / NAME, root / "data" / "sources" / NAME
        raw.mkdir(parents=True, exist_ok=True)
        source.mkdir(parents=True, exist_ok=True)
        for table, sheet in self.sheets.items():
            (raw / f"{table}.csv").write_bytes(sheet.content())
            (source / f"{table}.sql").write_text(f"SELECT {sheet.select} FROM {table}_raw\n", encoding="utf-8")  # noqa: S608 - a test's own names
        files = {f"{table}_raw": {"path": f"{table}.csv"} for table in self.sheets}
        said = TITLE | {"extracted_on": str(self.extracted_on), "lacks": [], "files": files}
        (source / "source.yaml").write_text(yaml.safe_dump(said, sort_keys=False), encoding="utf-8")
