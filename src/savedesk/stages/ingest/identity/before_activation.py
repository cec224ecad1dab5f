"""Facts that lie before the first day of service, of ids that nobody is known to have given up.

Whoever used the line or was billed for it then was somebody else, or the day of activation is not one. Either way
the cohort, too, begins with that day, so those facts are set aside, and said. An exit shortly before the activation is
the exit of one who is back: it is none.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import ibis

from savedesk.domain.statuses import GONE
from savedesk.engine.base import Engine
from savedesk.engine.check import RULE
from savedesk.schemas import bills, status_changes, subscribers, usage
from savedesk.schemas.table import Table
from savedesk.schemas.usage import MEASURES
from savedesk.stages.ingest.casting import ROW_ID, last_day
from savedesk.stages.ingest.identity.renamed import day_of
from savedesk.stages.ingest.statement import WORK

KIND = "before_activation"
MEANING = "lies before activated_on of its subscriber, and nobody is known to have given the number up"
MONTHLY = (usage.TABLE.name, bills.TABLE.name)


class BeforeActivation:
    """Ids with months of use or bills before their activation.

    Args:
        ids: subscriber_id, activated_on, ``used`` (used or billed before, not only listed with zeros) and
            ``events_from``: events from that day on belong to the activation.
        count: how many there are.
        returned: subscriber_id and activated_on of those who are back after an exit; absent where there is none.
        returns: how many these are.
    """

    def __init__(self, ids: Any, count: int, returned: Any = None, returns: int = 0) -> None:
        """Keep what was seen."""
        self.ids, self.count, self.returned, self.returns = ids, count, returned, returns

    def rows(self, numbered: Any, contract: Table) -> Any | None:
        """Return number and rule of the rows of a table that are set aside, or None where none can be."""
        parts = [
            part for part in (self._early(numbered, contract), self._exits(numbered, contract)) if part is not None
        ]
        return ibis.union(*parts, distinct=True) if len(parts) > 1 else next(iter(parts), None)

    def _exits(self, numbered: Any, contract: Table) -> Any | None:
        if not self.returns or contract is not status_changes.TABLE:
            return None
        both = numbered.inner_join(self.returned, "subscriber_id")
        exits = both.filter(both.status.isin(GONE), both.changed_on < both.activated_on)
        return exits.select(ROW_ID, **{RULE: ibis.literal(f"{KIND}:changed_on")})

    def _early(self, numbered: Any, contract: Table) -> Any | None:
        day = day_of(contract)
        if not self.count or not day or "subscriber_id" not in numbered.columns:
            return None
        both = numbered.inner_join(self.ids, "subscriber_id")
        early = both.used & (both[day] < both.events_from)
        if contract.name in MONTHLY:
            early = last_day(both.month) < both.activated_on
        return both.filter(early).select(ROW_ID, **{RULE: ibis.literal(f"{KIND}:{day}")})


def strays_of_months(rows: Any, people: Any, engine: Engine, name: str) -> tuple[Any, bool]:
    """Return the rows of subscribers that are not known, and whether a month lies before its subscriber's activation.

    Both need the same join, which is dear in the largest tables.

    Args:
        rows: of a table of ``MONTHLY``.
        people: accepted subscribers.
        engine: where they are.
        name: of the table that keeps what was seen.
    """
    known = people.select("subscriber_id", first_month=_first_month(people))
    both = rows.filter(rows.subscriber_id.notnull()).left_join(known, "subscriber_id", rname="known_{name}")
    is_stray, is_early = both.known_subscriber_id.isnull(), (both.month < both.first_month).fill_null(False)
    seen = both.filter(is_stray | is_early).select(*rows.columns, is_stray=is_stray, is_early=is_early)
    seen = engine.materialise(seen, name)
    early = bool(seen.filter(seen.is_early).limit(1).count().execute())
    return seen.filter(seen.is_stray).select(*rows.columns), early


def _first_month(people: Any) -> Any:
    return people.activated_on.truncate("M").cast("date")


def before_activation(
    tables: Mapping[str, Any], engine: Engine, gap_days: int, monthly: Collection[str] = MONTHLY
) -> BeforeActivation:
    """Return the ids with months of use or bills that end before their activation.

    Args:
        tables: canonical tables by name, each former owner under an id of their own.
        engine: where they are.
        gap_days: events up to so many days before the activation belong to it: a sale, an installation.
        monthly: tables in which such a month may be.
    """
    people = tables[subscribers.TABLE.name].select("subscriber_id", "activated_on")
    returned, returns = _returned(tables, people, engine)
    begun = people.mutate(first_month=_first_month(people))
    names = [name for name in MONTHLY if name in monthly and name in tables]
    parts = [part for name in names for part in _early(tables[name], name, begun, engine)]
    if not parts:
        return BeforeActivation(None, 0, returned, returns)
    seen = ibis.union(*parts) if len(parts) > 1 else parts[0]
    used = seen.group_by("subscriber_id").aggregate(used=seen.used.any())
    ids = people.inner_join(used, "subscriber_id")
    start = (ids.activated_on - ibis.interval(days=gap_days)).cast("date")
    ids = engine.materialise(ids.mutate(events_from=start), f"{WORK}before_activation")
    return BeforeActivation(ids, int(ids.count().execute()), returned, returns)


def _returned(tables: Mapping[str, Any], people: Any, engine: Engine) -> tuple[Any, int]:
    """Return those with an exit before their activation. Who was away for longer is another subscriber by now."""
    changes = tables.get(status_changes.TABLE.name)
    if changes is None:
        return None, 0
    gone = changes.filter(changes.status.isin(GONE)).group_by("subscriber_id").aggregate(first=changes.changed_on.min())
    both = people.inner_join(gone, "subscriber_id")
    back = both.filter(both["first"] < both.activated_on).select("subscriber_id", "activated_on")
    back = engine.materialise(back, f"{WORK}returned")
    return back, int(back.count().execute())


def _early(rows: Any, name: str, begun: Any, engine: Engine) -> list[Any]:
    """Return subscriber_id and ``used`` of the months that end before the activation: one table, or none without any.

    Nearly always there is no such month. So few columns are read until there is, and only those are looked for who
    were activated after the first month of the table.
    """
    first = rows.month.min().to_pyarrow().as_py()
    if first is None:
        return []
    late = begun.filter(begun.first_month > ibis.date(first.year, first.month, first.day))
    both = rows.select("subscriber_id", "month").inner_join(late, "subscriber_id")
    early = engine.materialise(
        both.filter(both.month < both.first_month).select("subscriber_id", "month").distinct(), f"{WORK}early_{name}"
    )
    if not early.count().execute():
        return []
    columns = [measure.name for measure in MEASURES] if name == usage.TABLE.name else ["total_due"]
    amounts = rows.semi_join(early, ["subscriber_id", "month"])
    used = sum((amounts[column].fill_null(0.0).abs() for column in columns), start=ibis.literal(0.0)) > 0
    return [amounts.select("subscriber_id", used=used)]
