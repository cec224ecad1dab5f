"""Many exits and as many activations on one day with the same attributes: ids were renamed, nobody has left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis

from savedesk.domain.statuses import GONE
from savedesk.params.ingest import PlausibleParams
from savedesk.schemas import status_changes, subscribers

_ALIKE = ("account_id", "region", "city", "segment", "birth_year", "plan_id", "payment_method")  # alike on both sides
_NEXT_DAY = 1  # days after the exit on which the new id may begin
_SPIKE = 5.0  # times the exits of the median day
_DAYS = 3  # days that are looked at
_TELLING = 2  # subscribers that share one set of attributes, on average, above which the set tells nothing


def migrations(tables: Mapping[str, Any], params: PlausibleParams) -> list[str]:
    """Return a warning for each day on which those who left and those who came look like the same subscribers."""
    people, changes = tables[subscribers.TABLE.name], tables.get(status_changes.TABLE.name)
    if changes is None:
        return []
    gone = changes.filter(changes.status.isin(GONE))
    peak = _spikes(gone.changed_on, params)
    return [line for day in peak for line in _on(day, people, gone, params)] if peak else []


def _spikes(day: Any, params: PlausibleParams) -> list[Any]:
    """Return the few days with the most rows, as far as they have many more than an ordinary day."""
    rows = day.name("day").as_table()
    counted = rows.group_by("day").aggregate(rows=rows.count())
    counted = counted.order_by([counted.rows.desc(), counted.day]).to_pyarrow().to_pylist()
    usual = counted[len(counted) // 2]["rows"] if len(counted) > _DAYS else 0
    return [row["day"] for row in counted[:_DAYS] if row["rows"] >= max(params.least_rows, _SPIKE * usual)]


def _on(day: Any, people: Any, gone: Any, params: PlausibleParams) -> list[str]:
    start = ibis.date(day.year, day.month, day.day)
    left = people.semi_join(gone.filter(gone.changed_on == start), "subscriber_id")
    came = people.filter(people.activated_on.between(start, start + ibis.interval(days=_NEXT_DAY)))
    before, after = _counted(left, "left"), _counted(came.anti_join(left, "subscriber_id"), "came")
    seen = before.aggregate(sets=before.count(), rows=before.left.sum()).to_pyarrow().to_pylist()[0]
    if not seen["rows"] or seen["sets"] * _TELLING < seen["rows"]:
        return []  # so little is known of them that strangers look alike
    both = before.inner_join(after, list(_ALIKE))
    alike = both.aggregate(rows=ibis.least(both.left, both.came).sum()).to_pyarrow().to_pylist()[0]["rows"] or 0
    if alike < max(params.least_rows, params.migration_share * seen["rows"]):
        return []
    came_rows = int(after.came.sum().execute())
    said = (
        f"on {day} {seen['rows']:,} subscribers left and {came_rows:,} were activated, {alike:,} of them with the same "
        "account, region, segment, year of birth and plan: a migration? next: give renamed_ids.sql (old_id, new_id, "
        "renamed_on), so that nobody counts as having left"
    )
    return [said]


def _counted(rows: Any, name: str) -> Any:
    """Return how many subscribers share each set of attributes; one that pays alone has no account in common."""
    own = rows.account_id == rows.subscriber_id
    texts = {column: rows[column].cast("string").fill_null("") for column in _ALIKE if column != "account_id"}
    texts["account_id"] = ibis.ifelse(own, "", rows.account_id)
    sets = rows.select(**texts)
    return sets.group_by(list(_ALIKE)).aggregate(**{name: sets.count()})
