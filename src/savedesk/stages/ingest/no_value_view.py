"""What was taken for no value, in words: a note for each table, a warning where it is much, or an id."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from savedesk.stages.ingest.no_value import Counts

_MUCH = 0.05  # share of the rows from which on words for nothing in a column are worth a warning
_WORDS = 3


def raw_lines(name: str, path: str, rows: int, counts: Counts, sql: str) -> tuple[list[str], list[str]]:
    """Return warnings and notes about the words that were taken for no value in a raw relation.

    Args:
        name: the relation.
        path: its files.
        rows: how many rows it has.
        counts: how often each word, by column.
        sql: the text of all SELECTs: a column that becomes an id is worth a warning whatever its count.
    """
    step = f"null_values: under files: {name} in source.yaml changes what counts as none"
    ids = {column for column in counts if _becomes_an_id(column, sql)}
    return _lines_by_weight(f"relation {name} ({path})", rows, counts, ids, step)


def table_lines(table: str, rows: int, counts: Counts, kept: Counts) -> tuple[list[str], list[str]]:
    """Return warnings and notes about the words and days that were taken for no value in a canonical table."""
    ids = {column for column in counts if column.endswith("_id")}
    step = f"absent: {{{table}.<column>: [...]}} in source.yaml changes what counts as none"
    warnings, notes = _lines_by_weight(f"table {table}", rows, counts, ids, step)
    for column, words in kept.items():
        step = f"if there is no {column} of that name, set absent: {{{table}.{column}: {list(words)}}} in source.yaml"
        notes.append(f"table {table}: kept as a {column}: {_counted(words)}; next: {step}")
    return warnings, notes


def _lines_by_weight(where: str, rows: int, counts: Counts, ids: set[str], step: str) -> tuple[list[str], list[str]]:
    much = {column for column, words in counts.items() if sum(words.values()) > _MUCH * rows} | ids
    loud = _line(where, {column: counts[column] for column in counts if column in much}, step)
    quiet = _line(where, {column: counts[column] for column in counts if column not in much}, step)
    return loud, quiet


def _line(where: str, counts: Counts, step: str) -> list[str]:
    if not counts:
        return []
    said = "; ".join(f"{column}: {_counted(words)}" for column, words in counts.items())
    return [f"{where}: taken for no value: {said}; next: {step}"]


def _counted(words: Mapping[str, int]) -> str:
    shown = [f"{count:,} x {word!r}" for word, count in list(words.items())[:_WORDS]]
    rest: Sequence[int] = list(words.values())[_WORDS:]
    return ", ".join([*shown, f"{sum(rest):,} x others"] if rest else shown)


def _becomes_an_id(column: str, sql: str) -> bool:
    name = re.escape(column)
    return column.lower().endswith("_id") or bool(re.search(rf"(?<!\w){name}\W+AS\s+\w+_id\b", sql, re.IGNORECASE))
