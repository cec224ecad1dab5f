"""Parquet columns of types that no canonical column can be made of without losing or changing what they say."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyarrow as pa

from savedesk.errors import DataContractError

_DIGITS = 38  # of a decimal; with more it is read as another number
_STAR = re.compile(r"select\s+(distinct\s+)?(\w+\.)?\*|\bcolumns\s*\(", re.IGNORECASE)


def hold_types(name: str, schemas: Iterable[pa.Schema], sql: str) -> None:
    """Stop where the SQL reads a column of a list, a duration, bytes of one length or a very long decimal.

    Raises:
        DataContractError: it does.
    """
    for schema in schemas:
        for column in schema:
            odd = _odd(column.type)
            if odd and _reads(column.name, sql):
                raise DataContractError(
                    f"column {column.name!r} is {column.type}: {odd[0]}", where=f"relation {name}", next_step=odd[1]
                )


def _odd(dtype: pa.DataType) -> tuple[str, str] | None:
    """Return what is wrong with a type, and what to do; None where nothing is."""
    kind = dtype.value_type if pa.types.is_dictionary(dtype) else dtype
    if pa.types.is_nested(kind):
        return "a row has several values in it", "write each into a column or a row of its own"
    if pa.types.is_duration(kind):
        return "in which unit it is meant is not known", "write it as a number of minutes"
    if pa.types.is_decimal(kind) and kind.precision > _DIGITS:
        return (
            f"more than {_DIGITS} digits are read as another number",
            f"write it as decimal({_DIGITS}, 2) or a double",
        )
    if pa.types.is_fixed_size_binary(kind) and not pa.types.is_decimal(kind):
        return "bytes, no text", "write it as a string"
    return None


def _reads(column: str, sql: str) -> bool:
    name = rf"(?<!\w){re.escape(column)}(?!\w)"
    return bool(_STAR.search(sql) or re.search(name, sql, re.IGNORECASE))
