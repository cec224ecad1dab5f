"""The rows of a SELECT before they are cast: without what stands for no value, and no id that a spreadsheet cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from savedesk.errors import DataContractError
from savedesk.schemas import plans, subscribers
from savedesk.schemas.table import Table
from savedesk.stages.ingest.cells import CUT_ID, EXACT_IN_FLOATS, STORE_AS_TEXT
from savedesk.stages.ingest.no_value import Cleared, is_id, without_placeholders
from savedesk.stages.ingest.statement import Given
from savedesk.stages.ingest.value_ranges import Span, spans_of

_KEYS = {subscribers.TABLE.name: ("subscriber_id", "account_id", "plan_id"), plans.TABLE.name: ("plan_id",)}
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_DAY_OF_CELL = rf"\A([12][0-9]{{3}}-[01][0-9]-[0-3][0-9]( 00:00:00)?|[0-3]?[0-9]-({_MONTHS}))\z"  # as cells show them


def cleared(given: Given, contract: Table, own: Mapping[str, Sequence[str]], where: str) -> Cleared:
    """Return the rows without what stands for no value.

    Args:
        given: the rows of a SELECT.
        contract: the table that they become.
        own: ``absent:`` of source.yaml.
        where: the SELECT, for messages.

    Raises:
        DataContractError: an id has lost digits.
    """
    spans = spans_of(given.table, [name for name in contract.column_names if name in given.table.columns])
    _hold_ids(given.table, contract, where, spans)
    _hold_days(given.table, contract, where, spans)
    return without_placeholders(given.table, contract, own, spans)


def _hold_ids(table: Any, contract: Table, where: str, spans: Mapping[str, Span]) -> None:
    """Stop where an id has lost digits in a spreadsheet or as a floating-point number: it is nobody's id."""
    types = table.schema()
    names = [column.name for column in contract.columns if column.name in types and is_id(column)]
    cut = {name: _cut(table[name], types[name]) for name in names if name not in spans or spans[name].may_be_number}
    marks: dict[str, Any] = {name: mark for name, mark in cut.items() if mark is not None}
    if not marks:
        return
    (counts,) = table.aggregate(**{name: mark.sum() for name, mark in marks.items()}).to_pyarrow().to_pylist()
    name = next((name for name in marks if counts[name]), None)
    if name is None:
        return
    example = table.filter(marks[name]).select(value=table[name].cast("string")).limit(1).to_pyarrow().to_pylist()
    raise DataContractError(
        f"{counts[name]:,} values of {name} have more digits than a spreadsheet or a floating-point number keeps, "
        f"for example {example[0]['value']!r}",
        where=where,
        next_step=STORE_AS_TEXT,
    )


def _hold_days(table: Any, contract: Table, where: str, spans: Mapping[str, Span]) -> None:
    """Stop where a spreadsheet has made days of some ids: of 3-1, MAR3 or 2024-3-1."""
    types = table.schema()
    names = [
        column.name
        for column in contract.columns
        if column.name in _KEYS.get(contract.name, ())
        and column.name in spans
        and types[column.name].is_string()
        and spans[column.name].may_be_number
    ]
    if not names:
        return
    marks = {name: table[name].strip().re_search(_DAY_OF_CELL).fill_null(False) for name in names}
    sums = {name: mark.sum() for name, mark in marks.items()} | {
        f"all:{name}": (table[name].strip() != "").sum() for name in names
    }
    (counts,) = table.aggregate(**sums).to_pyarrow().to_pylist()
    for name in names:
        if counts[name] and counts[name] < counts[f"all:{name}"]:
            rows = table.filter(marks[name]).select(value=table[name]).limit(1).to_pyarrow().to_pylist()
            raise DataContractError(
                f"{counts[name]:,} values of {name} are days, such as {rows[0]['value']!r}, and the others are not: "
                "a spreadsheet has taken ids for days",
                where=where,
                next_step="store ids as text where they come from, and export them anew",
            )


def _cut(value: Any, dtype: Any) -> Any | None:
    """Return whether an id has lost digits; None where it cannot have."""
    if dtype.is_floating():
        return (value.abs() >= EXACT_IN_FLOATS).fill_null(False)
    if dtype.is_string():
        return (value.contains("+") & value.strip().re_search(rf"\A{CUT_ID}\z")).fill_null(False)
    return None
