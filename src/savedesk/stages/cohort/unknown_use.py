"""Months of which nobody knows whether a subscriber used anything: they are neither use nor silence."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ibis
import pyarrow as pa

from savedesk.engine.base import Engine
from savedesk.schemas import usage
from savedesk.stages.cohort.windows import month_start

MEASURES = tuple(column.name for column in usage.MEASURES)


def unknown_months(engine: Engine, used: Any, facts: Any, first: dt.date, until: dt.date | None) -> Any:
    """Return subscriber_id, month and known_on of each month whose use is unknown; a small table.

    A month is unknown where its row was turned away and no other stands for it, and where its row lacks a measure that
    the source reports and has no use in the others. A row whose month could not be read may be any month that the
    subscriber has no row of.

    Args:
        engine: open engine.
        used: canonical table of usage.
        facts: unknown facts.
        first: first month of the data.
        until: first day of the month after the newest known one; absent where no use is known.
    """
    schema = pa.schema([("month", pa.date32())])
    every = [] if until is None else _months(first, until)
    months = engine.taken(pa.Table.from_pylist([{"month": month} for month in every], schema))
    lost = facts.filter(facts.table == usage.TABLE.name, facts.column.isnull(), facts.subscriber_id.notnull())
    dated = lost.filter(lost.day.notnull()).select("subscriber_id", month=lost.day)
    undated = lost.filter(lost.day.isnull()).select("subscriber_id").distinct().cross_join(months)
    away = dated.union(undated.select("subscriber_id", "month")).distinct()
    away = away.anti_join(used.select("subscriber_id", "month"), ["subscriber_id", "month"])
    rows = away.select("subscriber_id", "month").union(_doubtful_rows(used))
    return engine.materialise(rows.mutate(known_on=rows.month), "unknown_months")


def _doubtful_rows(used: Any) -> Any:
    """Return the rows without any use in the measures that are there, and without one that the source reports."""
    counted = used.aggregate(**{measure: used[measure].count() for measure in MEASURES}).to_pyarrow().to_pylist()[0]
    reported = [measure for measure in MEASURES if counted[measure]]
    if not reported:
        return used.filter(ibis.literal(False)).select("subscriber_id", "month")
    amount = sum((used[measure].fill_null(0) for measure in reported), start=ibis.literal(0.0))
    missing = used[reported[0]].isnull()
    for measure in reported[1:]:
        missing = missing | used[measure].isnull()
    return used.filter(missing & (amount == 0)).select("subscriber_id", "month")


def _months(first: dt.date, until: dt.date) -> list[dt.date]:
    months = []
    while first < until:
        months.append(first)
        first = month_start(first, 1)
    return months
