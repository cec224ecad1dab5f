"""A quick look whether a table can break its rules at all: smallest and largest values instead of rules row by row.

Nearly all tables keep nearly all rules. The look costs a fraction of the rules, and where it is in doubt they decide.
"""

from __future__ import annotations

import datetime as dt
import functools
import math
import operator
from collections.abc import Mapping, Sequence
from typing import Any

from savedesk.schemas.table import Column, Table

_FIRST_PRINTED = "!"  # a text that sorts before it begins with a blank, or is empty
_FIRST_DAY = dt.date(1900, 1, 1)


def surely_kept(table: Any, contract: Table, latest: dt.date | None = None, broken: Sequence[Any] = ()) -> bool:
    """Return whether every row surely keeps every rule of ``check.column_rules``; False where only these can tell.

    Args:
        table: with the columns of the contract and their types.
        contract: the contract.
        latest: the day after which no fact may lie.
        broken: further conditions, never null, that no row may meet.
    """
    asked: dict[str, Any] = {"rows": table.count()}
    for column in contract.columns:
        asked |= _asked(table[column.name], column)
    conditions = [*broken, *[~identity.holds(table).fill_null(True) for identity in contract.identities]]
    if conditions:
        asked["broken"] = functools.reduce(operator.or_, conditions).any()
    (figures,) = table.aggregate(**asked).to_pyarrow().to_pylist()
    return not figures.get("broken") and all(_is_kept(figures, column, latest) for column in contract.columns)


def _asked(value: Any, column: Column) -> dict[str, Any]:
    name = column.name
    asked = {} if column.nullable else {f"given:{name}": value.count()}
    if column.allowed:
        asked[f"other:{name}"] = (~value.isin(column.allowed)).fill_null(False).any()
    numbers = column.dtype == "float64" or column.low is not None or column.high is not None
    if numbers or column.dtype == "date" or (column.dtype == "string" and not column.nullable):
        asked |= {f"low:{name}": value.min(), f"high:{name}": value.max()}
    return asked


def _is_kept(figures: Mapping[str, Any], column: Column, latest: dt.date | None) -> bool:
    name = column.name
    if figures.get(f"given:{name}", figures["rows"]) < figures["rows"] or figures.get(f"other:{name}"):
        return False
    low, high = figures.get(f"low:{name}"), figures.get(f"high:{name}")
    if low is None or high is None:
        return True
    if column.dtype == "string":
        return bool(low >= _FIRST_PRINTED)
    if column.dtype == "date":
        until = latest if latest is not None and not column.may_be_future else dt.date.max
        return bool(low >= _FIRST_DAY and high <= until)
    least = -math.inf if column.low is None else column.low
    most = math.inf if column.high is None else column.high
    return bool(math.isfinite(low) and math.isfinite(high) and least <= low and high <= most)
