"""Values of numbers that could not be read: where they are numbers in another writing, it is said what to set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from savedesk.errors import DataContractError
from savedesk.schemas.table import Table
from savedesk.stages.ingest.casting import given_text
from savedesk.stages.ingest.doubts import Sampled
from savedesk.stages.ingest.writings import DECIMAL_COMMA, PERCENT, POINTS_OF_THREE, WRITINGS

_NUMBERS = ("int64", "float64")


def unread_numbers(
    given: Any, contract: Table, rules: Iterable[str], where: str, relations: Sequence[Sampled]
) -> list[str]:
    """Return warnings about numbers that could not be read.

    Args:
        given: rows of a SELECT.
        contract: the table that they become.
        rules: rules that rows have broken.
        where: the SELECT, for messages.
        relations: what the rows may come from.

    Raises:
        DataContractError: numbers with a sign between thousands, which are the largest, or with a comma before the
            fraction beside numbers whose point would then stand between thousands.
    """
    if not any(
        rule == f"type:{column.name}" for rule in rules for column in contract.columns if column.dtype in _NUMBERS
    ):
        return []
    types = given.schema()
    columns = [
        c.name for c in contract.columns if c.dtype in _NUMBERS and c.name in types and types[c.name].is_string()
    ]
    find = _finder(relations)
    return [line for name in columns for line in _of_column(given, name, where, find)]


def _of_column(given: Any, name: str, where: str, find: Callable[[str], str]) -> list[str]:
    text = given.select(text=given_text(given[name]))
    odd = text.filter(text.text.try_cast("float64").isnull() & text.text.notnull())
    marks = [odd.text.re_search(rf"\A(?:{writing.pattern})\z") for writing in WRITINGS]
    sums = {str(place): mark.sum() for place, mark in enumerate(marks)}
    sums["percent"] = odd.text.re_search(rf"\A(?:{PERCENT})\z").sum()
    (counts,) = odd.aggregate(**sums).to_pyarrow().to_pylist()
    percent = counts["percent"]
    step = "divide by 100 in the SQL, or take the sign away, as the column means it"
    said = [f"{where}: {percent:,} values of {name} end in % and are not read; next: {step}"] if percent else []
    for place, writing in enumerate(WRITINGS):
        count = counts[str(place)]
        if not count:
            continue
        (row,) = odd.filter(marks[place]).aggregate(value=odd.text.max()).to_pyarrow().to_pylist()
        line = f"{count:,} values of {name} {writing.said}, for example {row['value']!r}{find(row['value'])}"
        step = f"set {writing.key} under files: in source.yaml; where it is set, name the column under numbers:"
        pointed = text.text.re_search(rf"\A(?:{POINTS_OF_THREE})\z")
        if writing.largest or (writing is DECIMAL_COMMA and text.filter(pointed).count().execute()):
            raise DataContractError(line, where=where, next_step=step)
        said.append(f"{where}: {line}; they are not read; next: {step}")
        break
    return said


def _finder(relations: Sequence[Sampled]) -> Callable[[str], str]:
    """Return a function that says where a value comes from, as far as the samples hold it."""

    def find(value: str) -> str:
        for relation in relations:
            for name in relation.sample.column_names:
                column: Any = relation.sample[name]
                if not pa.types.is_string(column.type) or name.startswith("_"):
                    continue
                if value in pc.unique(pc.utf8_trim_whitespace(column)).to_pylist():
                    return f" in column {name} of relation {relation.name} ({relation.declared.path})"
        return ""

    return find
