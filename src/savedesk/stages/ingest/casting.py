"""From what a SELECT gives to the types of a contract, as Ibis expressions. Nothing is lost quietly.

A value that is given but cannot be cast breaks the rule ``type:<column>``; blank text counts as not given. Where the
contract lets a value be unknown the rule costs that value alone, elsewhere the row.
"""

from __future__ import annotations

import datetime as dt
import functools
import operator
from collections.abc import Mapping, Sequence
from typing import Any

import ibis

from savedesk.schemas.table import Column
from savedesk.stages.ingest.cells import (
    BLANKS,
    COMPACT_DAY,
    CONTROLS,
    DAY,
    EXACT_IN_FLOATS,
    OFFSET,
    OTHER_DAY,
    SERIAL_DAY,
    TIME,
)

ROW_ID = "__row"  # numbers the rows of a SELECT
BREACH = "__breach"  # the type or length rule that turns a row away
UNREADABLE = "__unreadable"  # the type and length rules that cost a row a value, each with a comma behind it
_BLANK_EDGE = rf"\A{BLANKS}|{BLANKS}\z"
_BLANK_EDGES = rf"\A{BLANKS}+|{BLANKS}+\z"
_TRUE, _FALSE = ("true", "t", "yes", "y", "1", "1.0"), ("false", "f", "no", "n", "0", "0.0")
_MINUS = "\u2212"  # of Unicode, as a spreadsheet for print has it
_WHOLE_NUMBER = r"\A[+-]?[0-9]+(\.0*)?\z"
_NO_DATE = " (a number)"  # behind a typed number in a column of days, so that none is taken for a count of days


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator]
def last_day(day: ibis.dtype("date")) -> ibis.dtype("date"):  # type: ignore[valid-type]
    """Return the last day of the month: a function of both engines."""


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator]
def local_day(moment: ibis.dtype("string")) -> ibis.dtype("date"):  # type: ignore[valid-type]
    """Return the operator's day at a moment given as a text with an offset: a function of ``dialect.functions``."""


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator]
def serial_day(count: ibis.dtype("string")) -> ibis.dtype("date"):  # type: ignore[valid-type]
    """Return the day that a spreadsheet counts so: a function of ``dialect.functions``."""


def casting(given: Any, columns: Sequence[Column], max_text_length: int, latest: dt.date) -> Any:
    """Return the row id, the contract's columns, ``BREACH`` and ``UNREADABLE``.

    Args:
        given: Ibis table of the rows as given, with the row id.
        columns: columns of the contract; those that are not given are null, or take ``default_from``.
        max_text_length: characters above which a text breaks ``length:<column>``.
        latest: day on which the data was taken: what they hold was known by then.
    """
    types = given.schema()
    there = [column for column in columns if column.name in types]
    texts = given.select(ROW_ID, **{c.name: _typed_or_text(given[c.name], c.dtype) for c in there})
    values = texts.mutate(**{_value(c): _cast(texts[c.name], c.dtype) for c in there})
    checks = {c.name: _checks(values, c, max_text_length) for c in there}
    breaches = [check for c in there if not c.may_be_unknown for check in checks[c.name]]
    losses = [check for c in there if c.may_be_unknown for check in checks[c.name]]
    breach = ibis.cases(*breaches, else_=ibis.null("string")) if breaches else ibis.null("string")
    cells = {c.name: _filled(values, c, _lost(checks, c), latest) for c in columns}
    return values.select(ROW_ID, **cells, **{BREACH: breach, UNREADABLE: listed(losses)})


def listed(broken: Sequence[tuple[Any, Any]]) -> Any:
    """Return the names of the rules that a row breaks as one text, each with a comma behind it; null where it is none.

    Args:
        broken: conditions, never null, and the names of their rules (texts, or columns of them).
    """
    if not broken:
        return ibis.null("string")
    anything = functools.reduce(operator.or_, [condition for condition, _ in broken])
    names = [ibis.ifelse(condition, ibis.literal("") + name + ",", "") for condition, name in broken]
    return ibis.cases((anything, functools.reduce(operator.add, names)), else_=ibis.null("string"))


def _lost(checks: Mapping[str, Sequence[tuple[Any, str]]], column: Column) -> Any:
    """Return whether a value that may be unknown cannot be kept; None where it always can."""
    conditions = [condition for condition, _ in checks.get(column.name, ())] if column.may_be_unknown else []
    return functools.reduce(operator.or_, conditions) if conditions else None


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
    if _is_castable(value.type(), wanted):
        return value
    text = given_text(value)
    if wanted == "date" and value.type().is_numeric():  # 20240131 is a day; seconds, and days since some day, are none
        return ibis.ifelse(text.length() == 8, text, text + _NO_DATE)  # noqa: PLR2004 - digits of year, month and day
    return text


def given_text(value: Any) -> Any:
    """Return a value as trimmed text, null where it is blank; whole floats lose their ``.0``."""
    text = value.cast("string")
    if value.type().is_floating():
        whole = (value % 1 == 0) & (value.abs() < EXACT_IN_FLOATS)
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
        number = ibis.coalesce(text.try_cast("float64"), text.replace(_MINUS, "-").try_cast("float64"))
        return ibis.cases((~_is_odd_number(text), number))
    if wanted == "boolean":
        return ibis.cases((text.lower().isin(_TRUE), True), (text.lower().isin(_FALSE), False))
    if wanted == "date":
        return _day(text)
    return text


def _day(text: Any) -> Any:
    """Return the day that a text says, by the rules of ``cells.day_of``."""
    other = text.re_extract(rf"\A{OTHER_DAY}", 0)
    dashed = other.replace("\u5e74", "-").replace("\u6708", "-").replace("/", "-").replace(".", "-")
    plain = dashed.replace("\u65e5", "").replace(" ", "")
    moment = plain + text.re_replace(rf"\A{OTHER_DAY}", "")
    compact = text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6, 2)
    return ibis.cases(
        (text.re_search(rf"\A{DAY}\z"), text.try_cast("date")),
        (text.re_search(rf"\A{DAY}{TIME}\z"), text.re_extract(rf"\A{DAY}", 0).try_cast("date")),
        (text.re_search(rf"\A{OTHER_DAY}{TIME}{OFFSET}\z"), local_day(moment)),
        (text.re_search(rf"\A{OTHER_DAY}({TIME})?\z"), plain.try_cast("date")),
        (text.re_search(rf"\A{COMPACT_DAY}\z"), compact.try_cast("date")),
        (text.re_search(rf"\A{SERIAL_DAY}\z"), serial_day(text)),
    )


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
        checks = [((given.length() > max_text_length).fill_null(False), f"length:{column.name}")]
        if not column.references:  # what refers to another table is found there, or turned away
            checks.append((given.re_search(CONTROLS).fill_null(False), f"control:{column.name}"))
        return checks
    if _is(given.type(), column.dtype) and column.dtype != "date":
        return []
    value = values[_value(column)]
    # `= itself` is null for null and true for nan, which Ibis takes as missing on Spark
    return [(given.notnull() & (value == value).isnull(), f"type:{column.name}")]  # noqa: PLR0124


def _filled(values: Any, column: Column, lost: Any, latest: dt.date) -> Any:
    """Return the value, or what the contract fills it with.

    A monthly fact is known on the month's last day, and every other one on its own day, but what the data hold was
    known when they were taken: a notice to leave without ``known_on`` is known on that day, not on the day of the exit.
    """

    def value(name: str) -> Any:
        held = f"value:{name}"
        return values[held] if held in values.columns else ibis.null(column.dtype)

    if not column.default_from:
        own = value(column.name)
        return own if lost is None else ibis.ifelse(lost, ibis.null(column.dtype), own)
    other = value(column.default_from)
    if column.dtype == "date":
        other = last_day(other) if column.default_from == "month" else other
        other = ibis.ifelse(other.notnull(), ibis.least(other, ibis.date(latest.isoformat())), ibis.null("date"))
    else:  # the day of a bill stands for its number
        other = other.cast(column.dtype)
    return ibis.coalesce(value(column.name), other)
