"""From what a SELECT gives to the types of a contract, as Ibis expressions. Nothing is lost quietly.

A value that is given but cannot be cast breaks the rule ``type:<column>``; blank text counts as not given.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis

from savedesk.contracts.table import Column

ROW_ID = "__row"  # numbers the rows of a SELECT
BREACH = "__breach"  # the type or length rule that a row breaks
_BLANKS = "[ \t\n\r\v\f\u00a0\u3000\ufeff]"
_BLANK_EDGE = rf"\A{_BLANKS}|{_BLANKS}\z"
_BLANK_EDGES = rf"\A{_BLANKS}+|{_BLANKS}+\z"
_TRUE, _FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")
_WHOLE_NUMBER = r"\A[+-]?[0-9]+(\.0*)?\z"
_DAY = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
_CLOCK = r"[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]*)?)? *(Z|[+-][0-9]{2}(:?[0-9]{2})?)?"
_EXACT_WHOLE = 2**53  # floats hold whole numbers exactly up to here


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator]
def last_day(day: ibis.dtype("date")) -> ibis.dtype("date"):  # type: ignore[valid-type]
    """Return the last day of the month: a function of both engines."""


def casting(given: Any, columns: Sequence[Column], max_text_length: int) -> Any:
    """Return the row id, the contract's columns and the type or length rule that a row breaks.

    Args:
        given: Ibis table of the rows as given, with the row id.
        columns: columns of the contract; those that are not given are null, or take ``default_from``.
        max_text_length: characters above which a text breaks ``length:<column>``.
    """
    types = given.schema()
    there = [column for column in columns if column.name in types]
    texts = given.select(ROW_ID, **{c.name: _typed_or_text(given[c.name], c.dtype) for c in there})
    values = texts.mutate(**{_value(c): _cast(texts[c.name], c.dtype) for c in there})
    checks = [check for c in there for check in _checks(values, c, max_text_length)]
    breach = ibis.cases(*checks, else_=ibis.null("string")) if checks else ibis.null("string")
    return values.select(ROW_ID, **{c.name: _filled(values, c) for c in columns}, **{BREACH: breach})


def is_plain(given: Any, columns: Sequence[Column]) -> bool:
    """Return whether every column has its type already, so that casting costs next to nothing."""
    types = given.schema()
    return all(_is(types[c.name], c.dtype) for c in columns if c.name in types and c.dtype != "string")


def _is(dtype: Any, wanted: str) -> bool:
    return bool(dtype.copy(nullable=True) == ibis.dtype(wanted))


def _is_castable(dtype: Any, wanted: str) -> bool:
    """Return whether the engine can cast the given type by itself, without a detour over text."""
    whole = dtype.is_integer() or (dtype.is_decimal() and dtype.scale == 0)
    fitting = {
        "int64": whole,
        "float64": whole or dtype.is_floating() or dtype.is_decimal(),
        "boolean": dtype.is_boolean(),
        "date": dtype.is_date() or dtype.is_timestamp(),
    }
    return bool(fitting.get(wanted, False))


def _typed_or_text(value: Any, wanted: str) -> Any:
    return value if _is_castable(value.type(), wanted) else given_text(value)


def given_text(value: Any) -> Any:
    """Return a value as trimmed text, null where it is blank; whole floats lose their ``.0``."""
    text = value.cast("string")
    if value.type().is_floating():
        whole = (value % 1 == 0) & (value.abs() < _EXACT_WHOLE)
        text = ibis.cases((whole, value.try_cast("int64").cast("string")), else_=text)
    # Few values have blanks around them, and trimming all of these characters is the dear part.
    return ibis.cases((text.re_search(_BLANK_EDGE), text.re_replace(_BLANK_EDGES, "")), else_=text).nullif("")


def _cast(value: Any, wanted: str) -> Any:
    if _is_castable(value.type(), wanted):
        if wanted != "date":
            return value if _is(value.type(), wanted) else value.try_cast(wanted)
        day = value.try_cast("date")
        return ibis.cases((day.year().notnull(), day))  # infinity is a date of DuckDB that has no year
    return _cast_text(value, wanted)


def _cast_text(text: Any, wanted: str) -> Any:
    if wanted == "int64":
        digits = ibis.cases((text.contains("."), text.re_replace(r"\..*", "")), else_=text)
        return ibis.cases((text.re_search(_WHOLE_NUMBER), digits.try_cast("int64")))
    if wanted == "float64":
        return ibis.cases((~_is_odd_number(text), text.try_cast("float64")))
    if wanted == "boolean":
        return ibis.cases((text.lower().isin(_TRUE), True), (text.lower().isin(_FALSE), False))
    if wanted == "date":
        return ibis.cases(
            (text.re_search(rf"\A{_DAY}\z"), text.try_cast("date")),
            (text.re_search(rf"\A{_DAY}{_CLOCK}\z"), text.re_extract(rf"\A{_DAY}", 0).try_cast("date")),
        )
    return text


def _is_odd_number(text: Any) -> Any:
    """Return whether a text may look like a number to one engine alone: 1_000 to DuckDB, 0x1p3, 1.5f and 1d to Spark.

    A regular expression for numbers would take as long as all other work on a number.
    """
    suffixed = text.endswith("d") | text.endswith("D")
    suffixed |= (text.endswith("f") | text.endswith("F")) & ~text.lower().endswith("inf")
    return text.contains("_") | text.contains("x") | text.contains("X") | suffixed


def _value(column: Column) -> str:
    return f"value:{column.name}"


def _checks(values: Any, column: Column, max_text_length: int) -> list[tuple[Any, str]]:
    given = values[column.name]
    if column.dtype == "string":
        return [(given.length() > max_text_length, f"length:{column.name}")]
    if _is(given.type(), column.dtype) and column.dtype != "date":
        return []
    value = values[_value(column)]
    # `= itself` is null for null and true for nan, which Ibis takes as missing on Spark
    return [(given.notnull() & (value == value).isnull(), f"type:{column.name}")]  # noqa: PLR0124


def _filled(values: Any, column: Column) -> Any:
    """Return the value, or what the contract fills it with; a monthly fact is known on the month's last day."""

    def value(name: str) -> Any:
        held = f"value:{name}"
        return values[held] if held in values.columns else ibis.null(column.dtype)

    if not column.default_from:
        return value(column.name)
    other = value(column.default_from)
    return ibis.coalesce(value(column.name), last_day(other) if column.default_from == "month" else other)
