"""Keys by which canonical tables are joined, where nothing turns a row away: do the two sides ever meet?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from savedesk.errors import DataContractError
from savedesk.schemas import incidents, market, plan_changes, plans, renamed_ids, subscribers
from savedesk.spelling import nearest

_EXAMPLES = 3
_MOST = 2_000  # distinct values that are compared by their spelling


@dataclass(frozen=True)
class Reference:
    """A column that is looked up in another one.

    Args:
        table: table of the column.
        column: the column.
        at: table in which it is looked up.
        key: column in which.
        lost: what nobody can tell where a value is not found, in words.
        complete: whether every value should be found. A fault or a competitor may well be where no subscriber is.
    """

    table: str
    column: str
    at: str
    key: str
    lost: str
    complete: bool = True


_PEOPLE, _PLANS, _MARKET = subscribers.TABLE.name, plans.TABLE.name, market.TABLE.name
REFERENCES = (
    Reference(_PEOPLE, "plan_id", _PLANS, "plan_id", "what their plan costs"),
    Reference(plan_changes.TABLE.name, "old_plan_id", _PLANS, "plan_id", "what the plan before was"),
    Reference(plan_changes.TABLE.name, "new_plan_id", _PLANS, "plan_id", "what the plan after is"),
    Reference(incidents.TABLE.name, "region", _PEOPLE, "region", "which subscribers the fault has hit", complete=False),
    Reference(_MARKET, "region", _PEOPLE, "region", "which subscribers the competitor courts", complete=False),
    Reference(_PEOPLE, "region", _MARKET, "region", "what competitors do there"),
)


def unmatched(tables: Mapping[str, Any]) -> list[str]:
    """Return a warning for each reference of which a part is not found.

    Args:
        tables: canonical tables by name, those that the source has.

    Raises:
        DataContractError: nothing of a reference is found, so that one of the two tables might as well be absent.
    """
    there = [reference for reference in REFERENCES if {reference.table, reference.at} <= set(tables)]
    columns = {(reference.table, reference.column) for reference in there} | {
        (reference.at, reference.key) for reference in there
    }
    values = {(table, column): _counted(tables[table], column) for table, column in sorted(columns)}
    said = [
        _of_reference(reference, values[reference.table, reference.column], values[reference.at, reference.key])
        for reference in there
    ]
    return [line for line in [*said, _renamed(tables)] if line]


def _of_reference(reference: Reference, given: Mapping[str, int], known: Mapping[str, int]) -> str:
    missing = {value: rows for value, rows in given.items() if value not in known}
    if not missing or (not known and reference.at != _PEOPLE):
        return ""  # without plans or a market nothing is looked up
    place, there = f"{reference.table}.{reference.column}", f"{reference.at}.{reference.key}"
    if not known:
        return (
            f"{place}: {there} is never given, so nobody knows {reference.lost}; next: give it, or leave "
            f"{reference.table} out"
        )
    alike = nearest(list(missing)[:_MOST], list(known)[:_MOST])
    step = f"write them alike in {reference.table}.sql and {reference.at}.sql"
    if len(missing) == len(given):
        raise DataContractError(
            f"not one value is found in {there}: {_shown(missing, alike)}",
            where=place,
            allowed=f"values of {there}, such as {', '.join(map(repr, list(known)[:_EXAMPLES]))}",
            next_step=step,
        )
    if not reference.complete and not alike and len(missing) * 2 < len(given):
        return ""
    rows, every = sum(missing.values()), sum(given.values())
    return (
        f"{place}: {len(missing):,} of {len(given):,} values ({rows:,} of {every:,} rows) are not found in {there}, so "
        f"nobody knows {reference.lost}: {_shown(missing, alike)}; next: {step}, or add what is missing"
    )


def _renamed(tables: Mapping[str, Any]) -> str:
    """Return a warning about new ids that are no subscribers; there may be millions, so that the engine counts."""
    if renamed_ids.TABLE.name not in tables:
        return ""
    pairs, people = tables[renamed_ids.TABLE.name], tables[_PEOPLE]
    every = int(pairs.count().execute())
    if not every:
        return ""
    known = people.select(new_id=people.subscriber_id).union(pairs.select(new_id=pairs.old_id))
    strays = pairs.anti_join(known, "new_id").new_id
    missing = int(strays.count().execute())
    if not missing:
        return ""
    first = strays.as_table().order_by("new_id").limit(_EXAMPLES).to_pyarrow().to_pylist()
    words = f"for example {', '.join(repr(row['new_id']) for row in first)}"
    step = "write the ids alike in renamed_ids.sql and subscribers.sql (old_id is the one until renamed_on)"
    if missing == every:
        raise DataContractError(
            f"not one new_id is a subscriber, {words}", where=renamed_ids.TABLE.name, next_step=step
        )
    return f"renamed_ids: {missing:,} of {every:,} new ids are no subscribers, {words}; next: {step}"


def _counted(table: Any, column: str) -> dict[str, int]:
    """Return the values of a column with their rows, the most frequent first."""
    counted = table.filter(table[column].notnull()).group_by(column).aggregate(rows=lambda t: t.count())
    rows = sorted(counted.to_pyarrow().to_pylist(), key=lambda row: (-row["rows"], row[column]))
    return {row[column]: row["rows"] for row in rows}


def _shown(missing: Mapping[str, int], alike: Mapping[str, str]) -> str:
    """Return examples with their rows, those with a likely meaning first."""
    first = sorted(missing, key=lambda value: value not in alike)[:_EXAMPLES]
    words = [
        f"{value!r} ({missing[value]:,} rows)" + (f" looks like {alike[value]!r}" if value in alike else "")
        for value in first
    ]
    return ", ".join(words) + (", ..." if len(missing) > _EXAMPLES else "")
