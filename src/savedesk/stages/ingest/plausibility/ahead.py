"""Days that lie further ahead than anybody agrees on, and exits of a day on which the subscriber is active, too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import ibis

from savedesk.domain.statuses import GONE, withdrawn
from savedesk.params.ingest import PlausibleParams
from savedesk.schemas import contracts, status_changes, subscribers

_EXAMPLES = 3
_DAYS_A_YEAR = 366


def far_ahead(tables: Mapping[str, Any], params: PlausibleParams, latest: dt.date) -> list[str]:
    """Return a warning about exits and ends of contracts more than ``ahead_years`` after the data were taken.

    An exit that lies ahead is a notice to leave, which keeps its subscriber off the list.
    """
    last = ibis.date(f"{latest.year + params.ahead_years}-12-31")
    said = []
    changes = tables.get(status_changes.TABLE.name)
    if changes is not None:
        odd = changes.filter(changes.status.isin(GONE), changes.changed_on > last)
        said += _some(odd, "changed_on", status_changes.TABLE.name, params, "who has none has not given notice")
    for name in (subscribers.TABLE.name, contracts.TABLE.name):
        if name in tables:
            rows = tables[name].filter(tables[name].contract_end > last)
            said += _some(rows, "contract_end", name, params, "a contract without an end has none")
    return said


def _some(rows: Any, column: str, name: str, params: PlausibleParams, words: str) -> list[str]:
    count = int(rows.count().execute())
    if not count:
        return []
    first = rows.order_by(["subscriber_id", column]).limit(_EXAMPLES).to_pyarrow().to_pylist()
    names = ", ".join(f"{row['subscriber_id']!r} {row[column]}" for row in first)
    said = f"{name}.{column}: {count:,} lie more than {params.ahead_years} years ahead, for example {names}"
    return [f"{said}; next: if the day stands for none, set absent: in source.yaml: {words}"]


def known_far_before(tables: Mapping[str, Any], params: PlausibleParams) -> list[str]:
    """Return a warning about exits that are said to have been known more than ``ahead_years`` before: no notice is."""
    changes = tables.get(status_changes.TABLE.name)
    if changes is None:
        return []
    days = changes.changed_on.delta(changes.known_on, unit="day")
    odd = changes.filter(changes.status.isin(GONE), days > params.ahead_years * _DAYS_A_YEAR)
    count = int(odd.count().execute())
    if not count:
        return []
    first = odd.order_by(["subscriber_id", "changed_on"]).limit(_EXAMPLES).to_pyarrow().to_pylist()
    names = ", ".join(f"{row['subscriber_id']!r} {row['changed_on']} known on {row['known_on']}" for row in first)
    said = f"status_changes.known_on: {count:,} exits were known more than {params.ahead_years} years before"
    step = "select the day of the notice as known_on in status_changes.sql, or leave it out"
    return [f"{said}, for example {names}; who is known to leave is on no list from that day on; next: {step}"]


def both_on_one_day(tables: Mapping[str, Any]) -> list[str]:
    """Return a warning about subscribers with an exit and ``active`` on one day: which came last is not said."""
    changes = tables.get(status_changes.TABLE.name)
    if changes is None:
        return []
    gone = changes.filter(changes.status.isin(GONE)).select("subscriber_id", "changed_on", gone_known_on="known_on")
    here = changes.filter(changes.status == "active").select("subscriber_id", "changed_on", "known_on", "status")
    both = gone.inner_join(here, ["subscriber_id", "changed_on"])
    taken_back = withdrawn(both.status, both.known_on, both.changed_on, both.gone_known_on).fill_null(False)
    odd = both.filter(~taken_back).select("subscriber_id", "changed_on").distinct()
    count = int(odd.count().execute())
    if not count:
        return []
    first = odd.order_by(["subscriber_id", "changed_on"]).limit(_EXAMPLES).to_pyarrow().to_pylist()
    names = ", ".join(f"{row['subscriber_id']!r} on {row['changed_on']}" for row in first)
    said = (
        f"status_changes: {count:,} exits lie on a day on which the subscriber is active as well, for example {names}"
    )
    step = "where somebody came back that day, or changed the plan only, leave both rows out"
    return [f"{said}; they count as exits; next: {step}"]
