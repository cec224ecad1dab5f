"""A day that many rows share: the default of a form, the epoch of a system, the day of a migration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from savedesk.params.ingest import PlausibleParams
from savedesk.schemas import complaints, contracts, plan_changes, status_changes, subscribers

_DAYS = (  # tables and days that events fall on one by one; campaigns, bills and price rises rightly share theirs
    (subscribers.TABLE.name, "activated_on"),
    (status_changes.TABLE.name, "changed_on"),
    (plan_changes.TABLE.name, "changed_on"),
    (complaints.TABLE.name, "opened_at"),
    (contracts.TABLE.name, "contract_start"),
)
_EXAMPLES = 3


def shared_days(tables: Mapping[str, Any], params: PlausibleParams) -> list[str]:
    """Return a warning for each table of which a large share of the rows lies on one day."""
    return [line for name, column in _DAYS if name in tables for line in _of(tables[name], name, column, params)]


def _of(rows: Any, name: str, column: str, params: PlausibleParams) -> list[str]:
    if name == plan_changes.TABLE.name:
        rows = rows.filter(rows.initiated_by == "subscriber")
    given = rows.filter(rows[column].notnull())
    days = given.group_by(day=given[column]).aggregate(rows=given.count())
    counted = days.order_by([days.rows.desc(), days.day]).limit(_EXAMPLES).to_pyarrow().to_pylist()
    if not counted or counted[0]["rows"] < params.least_rows:
        return []
    total = int(given.count().execute())
    many = [row for row in counted if row["rows"] >= max(params.same_day_share * total, params.least_rows)]
    if not many:
        return []
    words = ", ".join(f"{row['day']} ({row['rows']:,} of {total:,} rows)" for row in many)
    step = f"is it a default or the day of a migration? then select nullif({column}, ...) or the true day in {name}.sql"
    return [f"{name}.{column}: many rows share one day: {words}; next: {step}"]
