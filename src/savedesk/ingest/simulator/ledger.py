"""What the operator writes down: rows of the canonical tables, month by month, as Arrow tables at the end."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from savedesk.contracts import (
    bills,
    complaints,
    contacts,
    incidents,
    market,
    plan_changes,
    plans,
    status_changes,
    subscribers,
    surveys,
    usage,
)
from savedesk.contracts.table import Table
from savedesk.ingest.simulator.lines import Vector

TABLES: tuple[Table, ...] = (
    subscribers.TABLE,
    status_changes.TABLE,
    plans.TABLE,
    usage.TABLE,
    bills.TABLE,
    plan_changes.TABLE,
    complaints.TABLE,
    surveys.TABLE,
    contacts.TABLE,
    incidents.TABLE,
    market.TABLE,
)
ARROW: dict[str, Any] = {
    "string": pa.string(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}


class Ledger:
    """Collects columns of rows; nothing is written before the first simulated month."""

    def __init__(self) -> None:
        """Open an empty ledger."""
        self._parts: dict[str, list[dict[str, Any]]] = {table.name: [] for table in TABLES}

    def write(self, table: str, **columns: Any) -> None:
        """Add rows: a column is an array, or a masked one where values are absent."""
        self._parts[table].append(columns)

    def tables(self, until: int) -> dict[str, pa.Table]:
        """Return every table, without what happens after day ``until``.

        Args:
            until: last day of which the operator knows anything.
        """
        return {table.name: self._table(table, until) for table in TABLES}

    def _table(self, table: Table, until: int) -> pa.Table:
        columns = {}
        for column in table.columns:
            parts = [part[column.name] for part in self._parts[table.name] if column.name in part]
            if parts:
                columns[column.name] = _arrow(parts, column.dtype)
            elif not column.default_from:
                columns[column.name] = pa.nulls(self._rows(table.name), ARROW[column.dtype])
        made = pa.table(columns)
        known = made.column("known_on" if "known_on" in made.column_names else _event(table)) if _event(table) else None
        if known is None:
            return made
        return made.filter(pa.compute.less_equal(known.cast(pa.int32()), pa.scalar(until, pa.int32())))

    def _rows(self, name: str) -> int:
        return sum(len(next(iter(part.values()))) for part in self._parts[name])


def _event(table: Table) -> str:
    """Return the column that ``known_on`` comes from, or nothing for master data."""
    return table.column("known_on").default_from if "known_on" in table.column_names else ""


def _arrow(parts: list[Any], dtype: str) -> Any:
    masked = np.ma.concatenate([np.ma.asarray(part) for part in parts])  # type: ignore[no-untyped-call]
    values, mask = masked.data, np.ma.getmaskarray(masked)
    if dtype == "date":
        safe = np.where(mask, 0, values).astype(np.int32)
        return pa.array(safe, pa.int32(), mask=mask).cast(pa.date32())
    return pa.array(values, ARROW[dtype], mask=mask)


def absent_where(values: Vector, where: Vector) -> Any:
    """Return values of which some are absent."""
    return np.ma.masked_array(values, mask=where)


def ids(letter: str, numbers: Vector) -> Vector:
    """Return ids such as S0000001; none for no numbers."""
    if len(numbers) == 0:
        return np.empty(0, dtype=object)
    texts: Vector = np.char.add(letter, np.char.zfill(np.asarray(numbers).astype(np.int64).astype(str), 7)).astype(
        object
    )
    return texts


def labels(names: tuple[str, ...], places: Vector) -> Vector:
    """Return the name at each place."""
    texts: Vector = np.asarray(names, dtype=object)[places]
    return texts
