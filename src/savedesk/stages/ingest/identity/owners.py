"""Numbers that were given up and activated anew: the owner before is another subscriber, with an id of their own.

The operator's id stays that of the owner today. Of the owner before nothing is known but the facts; they are never
contacted, and their exit stays one to learn from.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis

from savedesk.domain.statuses import GONE, spans
from savedesk.engine.base import Engine
from savedesk.schemas import attributes, bills, status_changes, subscribers, usage
from savedesk.schemas.table import Table
from savedesk.stages.ingest.casting import last_day
from savedesk.stages.ingest.identity.renamed import day_of
from savedesk.stages.ingest.statement import WORK

MARK = "~"  # between the id and the day on which it was given up
_TO_THE_DAY = (status_changes.TABLE.name, usage.TABLE.name, bills.TABLE.name)  # parted on the day of activation
TODAY = ("plan_id", "contract_start", "contract_end", "blocklisted")  # of the owner today, and never a feature


class FormerOwners:
    """Which ids had an owner before, and until when.

    Args:
        ids: one row a former owner: subscriber_id, former_id, given_up_on, activated_on (day on which the next owner
            began), ``events_until`` (from that day on events are the next owner's) and, of the owner before them,
            ``from_activation`` and ``from_events``, absent for the first.
        count: how many there are.
        subscribers: how many ids they held.
    """

    def __init__(self, ids: Any = None, count: int = 0, held: int = 0) -> None:
        """Keep what was seen."""
        self.ids, self.count, self.held = ids, count, held

    def part(self, rows: Any, contract: Table) -> Any:
        """Return the rows of a table under the ids of those whom they speak of; further columns are kept."""
        if not self.count or "subscriber_id" not in rows.columns:
            return rows
        if contract.name == subscribers.TABLE.name:
            return self._people(rows)
        if contract.name == attributes.TABLE.name:
            return _copied(rows, self.ids)
        day = day_of(contract)
        return self._dated(rows, contract, day) if day else rows

    def part_unknown(self, facts: Any) -> Any:
        """Return unknown facts under the ids of those whom they were of; one without a day may be of either."""
        if not self.count:
            return facts
        whole = facts.table.isin(_TO_THE_DAY)
        monthly = facts.table.isin(_TO_THE_DAY[1:])
        day = ibis.ifelse(monthly, last_day(facts.day), facts.day)
        own = self.ids.rename(held="subscriber_id")
        both = facts.mutate(__day=day, __whole=whole).left_join(own, [facts.subscriber_id == own.held])
        until = ibis.ifelse(both["__whole"], both.activated_on, both.events_until)
        since = ibis.ifelse(both["__whole"], both.from_activation, both.from_events)
        theirs = (both["__day"] < until) & (since.isnull() | (both["__day"] >= since))
        former = both.filter(theirs | (both.held.notnull() & both["__day"].isnull()))
        former = former.mutate(subscriber_id=former.former_id).select(*facts.columns)
        last = self.ids.group_by("subscriber_id").aggregate(
            activated_on=self.ids.activated_on.max(), events_until=self.ids.events_until.max()
        )
        now = facts.mutate(__day=day, __whole=whole).left_join(last, "subscriber_id")
        begun = ibis.ifelse(now["__whole"], now.activated_on, now.events_until)
        today = now.filter((now["__day"] >= begun).fill_null(True)).select(*facts.columns)
        return today.union(former)

    def _dated(self, rows: Any, contract: Table, day: str) -> Any:
        spoken, since, until = rows[day], "from_events", "events_until"
        if contract.name in _TO_THE_DAY:
            since, until = "from_activation", "activated_on"
        spoken = last_day(spoken) if day == "month" else spoken
        touched = rows.mutate(__day=spoken).semi_join(self.ids, "subscriber_id")
        own = self.ids.select("former_id", held=self.ids.subscriber_id, since=self.ids[since], until=self.ids[until])
        both = touched.left_join(
            own,
            [
                touched.subscriber_id == own.held,
                touched["__day"] < own.until,
                own.since.isnull() | (touched["__day"] >= own.since),
            ],
        )
        parted = both.mutate(subscriber_id=ibis.coalesce(both.former_id, both.subscriber_id)).select(*rows.columns)
        return rows.anti_join(self.ids, "subscriber_id").select(*rows.columns).union(parted)

    def _people(self, rows: Any) -> Any:
        """Return the subscribers since their own activation, and a row for each former owner, without consent.

        Region, segment and the like are copied from the owner today. Were they absent, their absence would tell
        training that the subscriber has left by now.
        """
        last = self.ids.group_by("subscriber_id").aggregate(anew=self.ids.activated_on.max())
        both = rows.left_join(last, "subscriber_id")
        begun = ibis.ifelse(
            both.anew.isnull(), both.activated_on, ibis.greatest(ibis.coalesce(both.activated_on, both.anew), both.anew)
        )
        today = both.mutate(activated_on=begun).select(*rows.columns)
        former = rows.inner_join(self.ids.rename(next_on="activated_on"), "subscriber_id")
        first = ibis.ifelse(former.activated_on < former.given_up_on, former.activated_on, former.first_on)
        former = former.mutate(
            **{name: ibis.null(rows.schema()[name]) for name in TODAY},
            contact_allowed=ibis.literal(False),
            activated_on=ibis.coalesce(former.from_activation, first),
            account_id=former.former_id,
            subscriber_id=former.former_id,
        )
        return today.union(former.select(*rows.columns))


def _copied(rows: Any, ids: Any) -> Any:
    """Return the rows, and those of the ids that had former owners once more for each of these."""
    both = rows.inner_join(ids.select("subscriber_id", "former_id"), "subscriber_id")
    return rows.union(both.mutate(subscriber_id=both.former_id).select(*rows.columns))


def former_owners(tables: Mapping[str, Any], engine: Engine, gap_days: int) -> FormerOwners:
    """Return the owners before those of today, as far as their exits and the activations after them are known.

    An id was given up and activated anew where more than ``gap_days`` lie between an exit and the next status
    ``active``, or the day of activation that subscribers gives.

    Args:
        tables: accepted subscribers and status_changes.
        engine: where they are.
        gap_days: within them a return is one of the same subscriber.
    """
    people, changes = tables[subscribers.TABLE.name], tables.get(status_changes.TABLE.name)
    if changes is None:
        return FormerOwners()
    perhaps = engine.materialise(_candidates(people, changes, gap_days), f"{WORK}owners_perhaps")
    if not perhaps.count().execute():
        return FormerOwners()
    exits = engine.materialise(_handed_on(people, changes, perhaps, gap_days), f"{WORK}owners_found")
    counted = exits.aggregate(count=exits.count(), held=exits.subscriber_id.nunique()).to_pyarrow().to_pylist()[0]
    if not counted["count"]:
        return FormerOwners()
    named = engine.materialise(_named(exits, people), f"{WORK}owners_named")
    return FormerOwners(named, counted["count"], counted["held"])


def _candidates(people: Any, changes: Any, gap_days: int) -> Any:
    """Return the ids that are active, or activated, more than the gap after an exit."""
    gone, here = changes.status.isin(GONE), changes.status == "active"
    days = changes.group_by("subscriber_id").aggregate(
        gone_on=changes.changed_on.min(where=gone), here_on=changes.changed_on.max(where=here)
    )
    days = days.filter(days.gone_on.notnull())
    both = days.left_join(people.select("subscriber_id", "activated_on"), "subscriber_id")
    later = both.gone_on + ibis.interval(days=gap_days)
    return both.filter((both.here_on > later) | (both.activated_on > later)).select("subscriber_id").distinct()


def _handed_on(people: Any, changes: Any, perhaps: Any, gap_days: int) -> Any:
    """Return one row for each exit that another owner's activation follows."""
    rows = changes.semi_join(perhaps, "subscriber_id")
    span = spans(rows)
    span = span.filter(span.status.isin((*GONE, "active"))).select("subscriber_id", "changed_on", "status")
    given = people.semi_join(perhaps, "subscriber_id").filter(people.activated_on.notnull())
    given = given.select("subscriber_id", changed_on=given.activated_on, status=ibis.literal("active"))
    events = span.union(given)
    gone = events.status.isin(GONE)
    order = ibis.window(group_by="subscriber_id", order_by=["changed_on", ibis.desc("gone")])
    events = events.mutate(gone=gone)
    events = events.mutate(before=events.gone.lag().over(order), before_on=events.changed_on.lag().over(order))
    anew = events.filter(
        ~events.gone, events.before, events.changed_on > events.before_on + ibis.interval(days=gap_days)
    )
    until = (anew.changed_on - ibis.interval(days=gap_days)).cast("date")
    anew = anew.select("subscriber_id", given_up_on=anew.before_on, activated_on=anew.changed_on, events_until=until)
    owners = ibis.window(group_by="subscriber_id", order_by="activated_on")
    anew = anew.mutate(
        from_activation=anew.activated_on.lag().over(owners), from_events=anew.events_until.lag().over(owners)
    )
    other = rows.status != "active"
    first = rows.group_by("subscriber_id").aggregate(
        here=rows.changed_on.min(where=~other), elsewhere=rows.changed_on.min(where=other)
    )
    first_on = ibis.ifelse(first.here < first.elsewhere, first.here, ibis.null("date"))
    first = first.select("subscriber_id", first_on=first_on)
    return anew.left_join(first, "subscriber_id").drop("subscriber_id_right")


def _named(exits: Any, people: Any) -> Any:
    """Return the rows with an id for each former owner: the id and the day it was given up, until no other has it."""
    mark = MARK
    while True:
        named = exits.mutate(former_id=exits.subscriber_id + mark + exits.given_up_on.cast("string"))
        taken = named.semi_join(people.select(former_id=people.subscriber_id), "former_id")
        if not taken.count().execute():
            return named
        mark += MARK
