"""One subscriber with the half of everything, as a total has it, and one price for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis

from savedesk.errors import DataContractError
from savedesk.params.ingest import PlausibleParams
from savedesk.schemas import bills, subscribers, usage, valuations

_MEASURES = (  # table, column, and the column by whose values it is added up: a few values each
    (bills.TABLE.name, "total_due", "month"),
    (usage.TABLE.name, "voice_min", "month"),
    (usage.TABLE.name, "data_mb", "month"),
    (usage.TABLE.name, "broadband_gb", "month"),
    (valuations.TABLE.name, "monthly_margin", "valued_on"),
    (valuations.TABLE.name, "remaining_value", "valued_on"),
)
_MONEY = (bills.TABLE.name, valuations.TABLE.name)
_FIRMS = ("key_account", "business")
_FIGURES = ("sum", "max", "rows")
_SAME = 1e-6  # relative: as near as the sum of all others comes to a total of rounded amounts


def one_has_it_all(tables: Mapping[str, Any], params: PlausibleParams) -> list[str]:
    """Return a warning for each amount of which one subscriber has ``value_share`` or more on a day or in a month.

    Raises:
        DataContractError: it is money and the subscriber no firm, or it is what all others have together: a total.
    """
    said = []
    for table in dict.fromkeys(name for name, _, _ in _MEASURES if name in tables):
        for column, period, row in _largest(tables, table, params):
            said.append(_warning_about(tables, params, (table, column, period), row))
    return said


def _largest(tables: Mapping[str, Any], name: str, params: PlausibleParams) -> list[tuple[str, str, dict[str, Any]]]:
    """Return, for each amount of a table, the period in which one row has most of it, where that is too much."""
    columns = [column for table, column, _ in _MEASURES if table == name]
    period = next(period for table, _, period in _MEASURES if table == name)
    rows = tables[name]
    seen: dict[str, Any] = {}
    for column in columns:
        seen[f"{column}_sum"] = ibis.greatest(rows[column], 0.0).sum()
        seen[f"{column}_max"] = rows[column].max()
        seen[f"{column}_rows"] = (rows[column] > 0).sum()
    periods = rows.group_by(period).aggregate(**seen).order_by(period).to_pyarrow().to_pylist()
    parts = [
        (column, [{"period": row[period], **{key: row[f"{column}_{key}"] for key in _FIGURES}} for row in periods])
        for column in columns
    ]
    over = [(column, [row for row in rows if _too_much(row, params)]) for column, rows in parts]
    return [(column, period, max(rows, key=lambda row: row["max"] / row["sum"])) for column, rows in over if rows]


def _too_much(row: Mapping[str, Any], params: PlausibleParams) -> bool:
    return (row["rows"] or 0) >= params.least_rows and row["max"] >= params.value_share * row["sum"]


def _warning_about(
    tables: Mapping[str, Any], params: PlausibleParams, place: tuple[str, str, str], row: Mapping[str, Any]
) -> str:
    table, column, period = place
    rows, people = tables[table], tables[subscribers.TABLE.name]
    day = row["period"]
    there = rows.filter(rows[period] == ibis.date(day.year, day.month, day.day), rows[column] == row["max"])
    owner = there.inner_join(people.select("subscriber_id", "segment"), "subscriber_id")
    holder = owner.order_by("subscriber_id").select("subscriber_id", "segment").limit(1).to_pyarrow().to_pylist()[0]
    others = row["sum"] - row["max"]
    is_total = abs(others - row["max"]) <= _SAME * row["max"]
    share = f"{100 * row['max'] / row['sum']:.0f} % of all {column}"
    said = f"{holder['subscriber_id']!r} has {share} of {day} ({row['max']:,.2f}; {row['rows']:,} have some)"
    said += ", as much as all others together: a total" if is_total else ""
    step = "leave the row out if it is a total or a collective account, or raise ingest.plausible.value_share"
    if is_total or (table in _MONEY and holder["segment"] not in _FIRMS):
        raise DataContractError(
            said,
            where=f"{table}.{column}",
            allowed=f"less than {100 * params.value_share:.3g} % (ingest.plausible.value_share)",
            next_step=step,
        )
    return f"{table}.{column}: {said}; next: {step}"


def one_price(tables: Mapping[str, Any], params: PlausibleParams) -> list[str]:
    """Return a warning where every bill is of the same amount."""
    if bills.TABLE.name not in tables:
        return []
    rows = tables[bills.TABLE.name]
    seen = rows.aggregate(low=rows.total_due.min(), high=rows.total_due.max(), rows=rows.count())
    (figures,) = seen.to_pyarrow().to_pylist()
    if figures["rows"] < params.least_rows or figures["low"] != figures["high"]:
        return []
    said = f"all {figures['rows']:,} are {figures['low']:,.2f}, so that no bill says what a subscriber is worth"
    return [f"{bills.TABLE.name}.total_due: {said}; next: select the amount of each bill in bills.sql"]
