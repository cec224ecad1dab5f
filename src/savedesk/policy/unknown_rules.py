"""Contact rules of which nobody knows whether they hold, since the fact behind them was turned away."""

from __future__ import annotations

from typing import Any

import ibis

from savedesk.domain.statuses import unknown_statuses
from savedesk.params.prioritise import ContactRules
from savedesk.policy.sight import BEFORE_ONLY, Sight
from savedesk.schemas import complaints, contacts

STATUS, CONTACT, COMPLAINT = "status_unknown", "contact_unknown", "complaint_unknown"
FLAGS = (STATUS, CONTACT, COMPLAINT)
OPEN_DAYS = 365  # days after which a complaint that was turned away is taken for closed: what features look back over
KEYS = ["subscriber_id", "as_of"]


def with_unknown_rules(
    people: Any, facts: Any, status_changes: Any, rules: ContactRules, sight: Sight = BEFORE_ONLY
) -> Any:
    """Return people with ``FLAGS``: whether a status, a recent contact or an open complaint may have been turned away.

    Args:
        people: an Ibis table with subscriber_id and as_of.
        facts: unknown facts.
        status_changes: canonical table.
        rules: contact rules of the policy.
        sight: which as_of sees further than the day before it.
    """
    ids = people.select(*KEYS)
    spans = unknown_statuses(status_changes, facts)
    both = ids.inner_join(spans, "subscriber_id")
    begun = both.since.isnull() | (both.since < both.as_of) | sight.is_newest(both.as_of)
    status = both.filter(begun, both.until.isnull() | (both.until > both.as_of))
    flagged = {
        STATUS: status,
        CONTACT: _lately(ids, facts, contacts.TABLE.name, rules.quiet_days, sight),
        COMPLAINT: _lately(ids, facts, complaints.TABLE.name, OPEN_DAYS, sight),
    }
    rows = people
    for name, doubtful in flagged.items():
        marked = doubtful.select(*KEYS).distinct().mutate(**{name: ibis.literal(True)})
        rows = rows.left_join(marked, KEYS, rname="{name}_flag")
        rows = rows.select(*[rows[column] for column in people.columns if column not in FLAGS], *_flags(rows))
        people = rows
    return rows


def _flags(rows: Any) -> list[Any]:
    return [rows[name].fill_null(False).name(name) for name in FLAGS if name in rows.columns]


def _lately(ids: Any, facts: Any, table: str, days: int, sight: Sight) -> Any:
    """Return subscriber_id and as_of where a row of a table was turned away that may be of the last days."""
    lost = facts.filter(facts.table == table, facts.column.isnull(), facts.subscriber_id.notnull())
    both = ids.inner_join(lost.select("subscriber_id", "day"), "subscriber_id")
    until = sight.until_of(both.as_of)
    recent = (both.day < until) & (both.as_of.delta(both.day, unit="day") <= days)
    return both.filter(both.day.isnull() | recent)
