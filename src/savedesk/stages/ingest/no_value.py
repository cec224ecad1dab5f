"""Words and days that stand for no value: found in a table, counted by column, and taken out where they are.

One aggregate counts them; the rows are only touched in columns that hold some.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ibis

from savedesk.schemas.attributes import TABLE as ATTRIBUTES
from savedesk.schemas.table import Column, Table
from savedesk.stages.ingest.casting import given_text
from savedesk.stages.ingest.cells import (
    IN_KEYS,
    IN_NAMES,
    IN_PLACES,
    IN_STATEMENTS,
    IN_VALUES,
    NO_ACCOUNT,
    NO_CENTURY,
    NO_VALUE,
    NOT_APPLICABLE,
    SENTINEL_DAYS,
)
from savedesk.stages.ingest.value_ranges import Span, spans_of, words_within

Counts = Mapping[str, Mapping[str, int]]
PLACES = ("region", "city")  # names of which none is a word for nothing
_ISO = 10  # characters of a day
_DIGITS = ("0", ":")  # no word for nothing but NO_ACCOUNT begins with a digit
_USUAL_DAYS = ("1980-01-02", "2079-06-05")  # no sentinel lies between
_LAST_DAY = "2099-12-30"  # no operator knows a day after it


@dataclass(frozen=True)
class Cleared:
    """A table without its words for nothing.

    Args:
        table: Ibis table.
        counts: how often each word was taken out, by column.
        kept: words that may be such a word and were left, by column.
    """

    table: Any
    counts: Counts = field(default_factory=dict)
    kept: Counts = field(default_factory=dict)


def without_words(table: Any, words: Sequence[str] | None) -> Cleared:
    """Return a raw relation without the words that stand for no value in any column.

    Args:
        table: Ibis table; only its columns of text are looked at.
        words: the words of the file; ``NO_VALUE`` if absent.
    """
    listed = NO_VALUE if words is None else words
    texts = [name for name, dtype in table.schema().items() if dtype.is_string() and name != "_file"]
    if not listed or not texts:
        return Cleared(table)
    spans = spans_of(table, texts)
    possible = {name: words_within(listed, spans[name]) for name in texts}
    marks = {name: _is_word(table[name], possible[name], trim=True) for name in texts if possible[name]}
    counts = _counted(table, marks, {name: table[name].strip() for name in marks})
    emptied = {name: _emptied(table[name], marks[name]) for name in counts}
    return Cleared(table.mutate(**emptied) if emptied else table, counts)


def without_placeholders(
    given: Any, contract: Table, own: Mapping[str, Sequence[str]], spans: Mapping[str, Span]
) -> Cleared:
    """Return the rows of a SELECT without what stands for no value in the columns of a canonical table.

    Args:
        given: Ibis table of the rows.
        contract: the table that they become.
        own: what source.yaml says by column or ``table.column``, instead of the words and days by default.
        spans: of the columns of ``given``.
    """
    types = given.schema()
    columns = [column for column in contract.columns if column.name in types]
    marks: dict[str, Any] = {}
    names: dict[str, Any] = {}
    shown = {column.name: given[column.name].cast("string") for column in columns}
    for column in columns:
        value = given[column.name]
        words = own.get(f"{contract.name}.{column.name}", own.get(column.name))
        usual = words is None
        possible = words_within(_usual(column, contract) if words is None else words, spans.get(column.name))
        mark = _mark(value, column, possible, usual=usual)
        if mark is not None:
            marks[column.name] = mark
        if usual and column.name in PLACES and value.type().is_string():
            names[column.name] = (value == NOT_APPLICABLE).fill_null(False)
    counts = _counted(given, marks, shown)
    emptied = {name: _emptied(given[name], marks[name]) for name in counts}
    return Cleared(given.mutate(**emptied) if emptied else given, counts, _counted(given, names, shown))


def _usual(column: Column, contract: Table) -> tuple[str, ...]:
    """Return the words or days that say by default that a column has no value."""
    if column.dtype == "date":
        return (*SENTINEL_DAYS, *(IN_STATEMENTS if column.absent_means else IN_VALUES))
    if column.dtype == "string":
        if contract.name == ATTRIBUTES.name and column.name not in ATTRIBUTES.key:
            return ()  # "unknown" may be one of its classes
        soft = IN_KEYS if is_id(column) else IN_PLACES if column.name in PLACES else IN_NAMES
        more = NO_ACCOUNT if column.name == "account_id" else ()
        return tuple(word for word in (*soft, *more) if word.lower() not in column.allowed)
    if column.absent_means:  # "not known" is not absence
        return () if column.dtype == "boolean" else IN_STATEMENTS
    return IN_VALUES


def is_id(column: Column) -> bool:
    """Return whether a column names somebody or something."""
    return column.dtype == "string" and column.name.endswith("_id")


def _mark(value: Any, column: Column, words: Sequence[str], *, usual: bool) -> Any | None:
    """Return whether a value stands for none, or None where it cannot."""
    dtype = value.type()
    if not words or dtype.is_boolean():
        return None
    if dtype.is_date() or dtype.is_timestamp():
        return _is_day(value.date() if dtype.is_timestamp() else value, words, usual=usual)
    if dtype.is_string():
        mark = _is_word(value, words, trim=True, digits=not usual or column.name == "account_id")
        return mark | _is_day_text(value, words, usual=usual) if column.dtype == "date" else mark
    if usual and column.name != "account_id":
        return None  # a number is none of the words
    return given_text(value).isin(words)


def _is_word(value: Any, words: Sequence[str], *, trim: bool, digits: bool = True) -> Any:
    text = value.strip() if trim else value
    matches = text.isin(list(words))
    if digits and any(word[:1].isdigit() for word in words):
        return matches.fill_null(False)
    first, last = _DIGITS
    return ibis.cases(((value < first) | (value >= last), matches), else_=False).fill_null(False)


def _is_day_text(value: Any, words: Sequence[str], *, usual: bool) -> Any:
    days = [word for word in words if word[:1].isdigit()]
    matches = value.strip().left(_ISO).isin(days) if days else ibis.literal(False)
    if not usual:
        return matches.fill_null(False)
    first, last = _USUAL_DAYS
    matches |= value.strip().re_search(rf"\A{NO_CENTURY}")
    return ibis.cases(((value < first) | (value > last), matches), else_=False).fill_null(False)


def _is_day(value: Any, words: Sequence[str], *, usual: bool) -> Any | None:
    days = [day for day in map(_day, words) if day is not None]
    if not days:
        return None
    matches = value.isin([ibis.date(day.isoformat()) for day in days])
    if usual:
        first, last = (ibis.date(day) for day in _USUAL_DAYS)
        matches |= value > ibis.date(_LAST_DAY)
        matches = ibis.cases(((value < first) | (value > last), matches), else_=False)
    return matches.fill_null(False)


def _day(word: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(word)
    except ValueError:
        return None


def _emptied(value: Any, mark: Any) -> Any:
    return ibis.ifelse(mark, ibis.null(value.type()), value)


def _counted(table: Any, marks: Mapping[str, Any], shown: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Return how often each word is in each column that holds one."""
    if not marks:
        return {}
    (totals,) = table.aggregate(**{name: mark.sum() for name, mark in marks.items()}).to_pyarrow().to_pylist()
    counts: dict[str, dict[str, int]] = {}
    for name in marks:
        if not totals[name]:
            continue
        words = table.filter(marks[name]).select(word=shown[name])
        rows = words.group_by("word").aggregate(rows=words.count()).to_pyarrow().to_pylist()
        counts[name] = {row["word"]: row["rows"] for row in sorted(rows, key=lambda row: (-row["rows"], row["word"]))}
    return counts
