"""Which features of a subscriber are unknown at as_of, since a fact that they rest on was turned away.

A complaint in quarantine is not the absence of a complaint: a count of 0 would say what nobody knows.
"""

from __future__ import annotations

import functools
import operator
import re
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.operations as ops

from savedesk.domain.usage_months import MONTHS_A_YEAR
from savedesk.schemas import complaints, contracts, incidents, market, plan_changes, status_changes, subscribers
from savedesk.stages.features.declaration import ROWS_OF_EVENTS, Feature

EVER = 100_000  # days: older than any fact
MONTH_DAYS = 31
_BILLS = "bills"
_INCIDENT_CELLS = ("last_on", "incidents_1m", "incidents_3m", "severity_3m", "incident_lag", "incident_on")
_ORIGINS = {  # columns that a basis has from a table other than its own
    **dict.fromkeys(("contract_start", "contract_end"), contracts.TABLE.name),
    **dict.fromkeys(("rise_lag", "rise_on"), plan_changes.TABLE.name),
    **dict.fromkeys(("complaint_lag", "complaint_on"), complaints.TABLE.name),
    **dict.fromkeys(_INCIDENT_CELLS, incidents.TABLE.name),
}
_ACCOUNT = (status_changes.TABLE.name, subscribers.TABLE.name)


@dataclass(frozen=True)
class Doubt:
    """A table, and a column of it or its whole row, of which something is unknown of somebody."""

    table: str
    column: str | None

    @property
    def age(self) -> str:
        """Name of the column with the days since the newest such fact."""
        return f"unknown@{self.table}@{self.column or ''}"


def doubts_in(facts: Any) -> tuple[Doubt, ...]:
    """Return of which tables and columns anything is unknown: none in a clean source."""
    rows = facts.select("table", "column").distinct().to_pyarrow().to_pylist()
    return tuple(sorted((Doubt(row["table"], row["column"]) for row in rows), key=lambda doubt: doubt.age))


def doubts_at(facts: Any, doubts: tuple[Doubt, ...], people: Any, clock: Any) -> Any:
    """Return one row a subscriber of whom something is unknown, with the days since the newest such fact by ``Doubt``.

    Args:
        facts: unknown facts.
        doubts: see ``doubts_in``.
        people: subscriber_id, account_id and region of those in the cohort.
        clock: one row with ``as_of``.
    """
    known = facts.cross_join(clock)
    known = known.filter(known.day.isnull() | (known.day < known.as_of))
    age = known.as_of.delta(known.day, unit="day").fill_null(0)
    known = known.mutate(age=age)
    own = known.filter(known.subscriber_id.notnull()).select("subscriber_id", "table", "column", "age")
    regional = known.filter(known.region.notnull()).select("region", "table", "column", "age")
    places = people.select("subscriber_id", "region").inner_join(regional, "region")
    every = own.union(places.select(*own.columns))
    every = every.union(_of_account(known, people).select(*own.columns))
    ages = {
        doubt.age: every.age.min(
            where=(every.table == doubt.table)
            & (every.column.isnull() if doubt.column is None else every.column == doubt.column)
        )
        for doubt in doubts
    }
    account = every.age.min(where=every.table == ACCOUNT.table)
    return every.group_by("subscriber_id").aggregate(**ages, **{ACCOUNT.age: account})


ACCOUNT = Doubt("account", None)


def _of_account(known: Any, people: Any) -> Any:
    """Return what is unknown of any line of a subscriber's account: whether it left, or that it is there at all."""
    lost = known.filter(known.table.isin(_ACCOUNT), known.column.isnull())
    lines = people.select("subscriber_id", "account_id")
    payer_of = lines.select(line=lines.subscriber_id, payer=lines.account_id)
    by_line = lost.inner_join(payer_of, lost.subscriber_id == payer_of.line).select("payer", "age")
    by_payer = lost.filter(lost.account_id.notnull()).select(payer=lost.account_id, age=lost.age)
    payers = by_line.union(by_payer)
    rows = lines.inner_join(payers, lines.account_id == payers.payer)
    return rows.select("subscriber_id", "age", table=ibis.literal(ACCOUNT.table), column=ibis.null("string"))


def unknown_of(feature: Feature, computed: Any, doubts: tuple[Doubt, ...]) -> tuple[Doubt, ...]:
    """Return the doubts that make a feature unknown: those of the tables and columns that its expression uses.

    Args:
        feature: the feature.
        computed: its expression over its basis.
        doubts: see ``doubts_in``.
    """
    used = {field.name for field in computed.op().find(ops.Field, filter=ops.Value)}
    own = _BILLS if feature.basis == "payments" else feature.basis
    origins = {_ORIGINS[name] for name in used if name in _ORIGINS}
    if feature.basis == "region" and used - set(_INCIDENT_CELLS):
        origins.add(market.TABLE.name)
    if feature.basis == "account":
        return tuple(doubt for doubt in doubts if doubt == ACCOUNT)
    return tuple(
        doubt
        for doubt in doubts
        if (doubt.table in origins)
        or (feature.basis in ROWS_OF_EVENTS and doubt.table == own and (doubt.column is None or doubt.column in used))
    )


def is_unknown(table: Any, feature: Feature, doubts: tuple[Doubt, ...]) -> Any | None:
    """Return whether a feature is unknown of each row of a table with the ages of ``doubts_at``; None if of nobody."""
    if not doubts:
        return None
    reach = window_days(feature.window)
    return functools.reduce(operator.or_, [(table[doubt.age] <= reach).fill_null(False) for doubt in doubts])


def window_days(window: str) -> int:
    """Return how many days a feature's window reaches back: all months that it names, or ever."""
    months = sum(int(number) for number in re.findall(r"\d+", window))
    return months * MONTH_DAYS if months else EVER


def doubts_of(columns: tuple[str, ...]) -> tuple[Doubt, ...]:
    """Return the doubts of which a table has the ages, by the names of its columns."""
    parts = [name.split("@") for name in columns if name.startswith("unknown@")]
    return tuple(Doubt(table, column or None) for _, table, column in parts)


def months_unknown(facts: Any, table: str, clock: Any, months: int) -> Any:
    """Return subscriber_id and ``unknown_<lag>``: whether the row of that month was turned away, for lags 1..months.

    Args:
        facts: unknown facts.
        table: monthly table, usage or bills.
        clock: one row with ``as_of``.
        months: how far to look back.
    """
    lost = facts.filter(facts.table == table, facts.column.isnull(), facts.subscriber_id.notnull()).cross_join(clock)
    lag = (lost.as_of.year() - lost.day.year()) * MONTHS_A_YEAR + lost.as_of.month() - lost.day.month()
    flags = {f"unknown_{k}": ((lag == k) | lost.day.isnull()).fill_null(False).any() for k in range(1, months + 1)}
    return lost.group_by("subscriber_id").aggregate(**flags)
