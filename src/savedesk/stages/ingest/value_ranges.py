"""The smallest and largest value of columns: what lies outside of them need not be looked for, row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_LAST = "\U0010ffff"  # sorts behind every other character
_FIRST_PRINTED = "!"  # what sorts before it are blanks, which may stand before a word


@dataclass(frozen=True)
class Span:
    """Smallest and largest value of a column, as texts; both absent where it has no value."""

    low: str | None
    high: str | None

    def may_hold(self, word: str) -> bool:
        """Return whether a value, without the blanks around it, may be this word or begin with it."""
        if self.low is None or self.high is None:
            return False
        if self.low < _FIRST_PRINTED:
            return True
        return word <= self.high and word + _LAST >= self.low

    @property
    def may_be_number(self) -> bool:
        """Return whether a value, without the blanks around it, may begin with a digit."""
        return any(self.may_hold(digit) for digit in "0123456789")


def spans_of(table: Any, columns: Sequence[str]) -> Mapping[str, Span]:
    """Return the spans of columns of texts, days and moments, found in one pass.

    Args:
        table: Ibis table.
        columns: its columns; numbers have none.
    """
    types = table.schema()
    ends: dict[str, Any] = {}
    for name in columns:
        dtype = types[name]
        if not (dtype.is_string() or dtype.is_date() or dtype.is_timestamp()):
            continue
        value = table[name].date() if dtype.is_timestamp() else table[name]
        ends |= {f"low:{name}": value.min().cast("string"), f"high:{name}": value.max().cast("string")}
    if not ends:
        return {}
    (values,) = table.aggregate(**ends).to_pyarrow().to_pylist()
    names = [name.removeprefix("low:") for name in ends if name.startswith("low:")]
    return {name: Span(values[f"low:{name}"], values[f"high:{name}"]) for name in names}


def words_within(words: Sequence[str], span: Span | None) -> tuple[str, ...]:
    """Return the words that may stand in a column; all of them where its span is not known."""
    return tuple(words) if span is None else tuple(word for word in words if span.may_hold(word))
