"""What the operator writes down: rows of the canonical tables, month by month, as parquet files at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from savedesk.schemas import (
    bills,
    complaints,
    contacts,
    contracts,
    incidents,
    market,
    plan_changes,
    plans,
    status_changes,
    subscribers,
    surveys,
    truth,
    usage,
)
from savedesk.schemas.table import Table
from savedesk.simulator.lines import Vector

OF_LINES: tuple[Table, ...] = (
    subscribers.TABLE,
    status_changes.TABLE,
    usage.TABLE,
    bills.TABLE,
    plan_changes.TABLE,
    contracts.TABLE,
    complaints.TABLE,
    surveys.TABLE,
    contacts.TABLE,
    truth.TABLE,
)
OF_MARKET: tuple[Table, ...] = (plans.TABLE, incidents.TABLE, market.TABLE)
TABLES = (*OF_LINES, *OF_MARKET)
ARROW: dict[str, Any] = {
    "string": pa.string(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}
ID_DIGITS = 7


@dataclass(frozen=True)
class Ids:
    """Numbers that become ids such as S0000001."""

    letter: str
    numbers: Vector


@dataclass(frozen=True)
class Labels:
    """Places in a list of names; absent where ``mask`` says so."""

    names: Sequence[str]
    places: Vector
    mask: Vector | None = None


class Ledger:
    """Collects columns of rows. A column is an array, a masked one where values are absent, ``Ids`` or ``Labels``."""

    def __init__(self, tables: Sequence[Table], stride: int = 1, offset: int = 0) -> None:
        """Open an empty ledger.

        Args:
            tables: the tables that it holds.
            stride: how many ledgers number their ids side by side.
            offset: place of this one among them.
        """
        self._tables = tables
        self._stride, self._offset = stride, offset
        self._parts: dict[str, list[dict[str, Any]]] = {table.name: [] for table in tables}

    def write(self, table: str, **columns: Any) -> None:
        """Add rows."""
        self._parts[table].append(columns)

    def save(self, folder: Path, file: str, until: int) -> dict[str, int]:
        """Write every table to ``folder/<table>/<file>`` and return the rows of each.

        Args:
            folder: where the tables' folders are made.
            file: name of the file.
            until: last day of which the operator knows anything; what happens later is left out.
        """
        rows = {}
        for table in self._tables:
            arrow_table = self._table(table, until)
            path = folder / table.name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(arrow_table, path, compression="zstd", compression_level=1)
            rows[table.name] = arrow_table.num_rows
            self._parts[table.name] = []
        return rows

    def _table(self, table: Table, until: int) -> pa.Table:
        parts = self._parts[table.name]
        columns = {}
        for column in table.columns:
            given = [part[column.name] for part in parts if column.name in part]
            if given:
                columns[column.name] = self._arrow(given, column.dtype)
            elif not column.default_from:
                columns[column.name] = pa.nulls(sum(_length(part) for part in parts), ARROW[column.dtype])
        arrow_table = pa.table(columns)
        known = "known_on" if "known_on" in columns else _event(table)
        if not known:
            return arrow_table
        return arrow_table.filter(
            pc.less_equal(arrow_table.column(known).cast(pa.int32()), pa.scalar(until, pa.int32()))
        )

    def _arrow(self, parts: list[Any], dtype: str) -> Any:
        if isinstance(parts[0], Ids):
            return self._ids(parts[0].letter, np.concatenate([part.numbers for part in parts]))
        if isinstance(parts[0], Labels):
            return _labels(parts)
        masked = np.ma.concatenate([np.ma.asarray(part) for part in parts])  # type: ignore[no-untyped-call]
        values, mask = masked.data, np.ma.getmaskarray(masked)
        if dtype == "date":
            safe = np.where(mask, 0, values).astype(np.int32)
            return pa.array(safe, pa.int32(), mask=mask).cast(pa.date32())
        return pa.array(values, ARROW[dtype], mask=mask)

    def _ids(self, letter: str, numbers: Vector) -> Any:
        """Return ids; each text is made once."""
        own, places = np.unique(numbers, return_inverse=True)
        digits = pc.utf8_lpad(pa.array((own - 1) * self._stride + self._offset + 1).cast(pa.string()), ID_DIGITS, "0")
        texts = pc.binary_join_element_wise(pa.scalar(letter), digits, "")
        return pa.DictionaryArray.from_arrays(pa.array(places, pa.int32()), texts)


def _labels(parts: list[Labels]) -> Any:
    names = list(dict.fromkeys(name for part in parts for name in part.names))
    masks = [np.zeros(len(part.places), dtype=bool) if part.mask is None else part.mask for part in parts]
    places = np.concatenate([np.array([names.index(name) for name in part.names])[part.places] for part in parts])
    coded = pa.array(places, pa.int32(), mask=np.concatenate(masks))
    return pa.DictionaryArray.from_arrays(coded, pa.array(names, pa.string()))


def _length(part: dict[str, Any]) -> int:
    first = next(iter(part.values()))
    if isinstance(first, Ids):
        return len(first.numbers)
    return len(first.places) if isinstance(first, Labels) else len(first)


def _event(table: Table) -> str:
    """Return the column that ``known_on`` comes from, or nothing for master data."""
    return table.column("known_on").default_from if "known_on" in table.column_names else ""


def absent_where(values: Vector, where: Vector) -> Any:
    """Return values of which some are absent."""
    return np.ma.masked_array(values, mask=where)
