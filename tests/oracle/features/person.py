"""One subscriber's facts as they were known before as_of, as plain lists; and the arithmetic of the twins, in loops."""

from __future__ import annotations

import datetime as dt
import itertools
import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from savedesk.schemas import (
    bills,
    complaints,
    contacts,
    contracts,
    incidents,
    market,
    plan_changes,
    plans,
    status_changes,
    subscribers,
    surveys,
    usage,
)
from savedesk.schemas.status_changes import STATUSES
from savedesk.schemas.table import Table
from savedesk.schemas.usage import MEASURES

Row = dict[str, Any]
LAGS = range(1, 13)
GONE = ("cancelled", "ported_out")
OWN = (bills, complaints, contacts, contracts, plan_changes, status_changes, surveys, usage)


def known(contract: Table, rows: Iterable[Row], as_of: dt.date) -> list[Row]:
    """Return the rows known before as_of, without what became known later."""
    late = [(column.name, column.known_by) for column in contract.columns if column.known_by]
    seen = []
    for row in rows:
        if row["known_on"] < as_of:
            hidden = {name: None for name, by in late if row[by] is None or row[by] >= as_of}
            seen.append(row | hidden)
    return seen


class Person:
    """What was known of a subscriber."""

    def __init__(self, subscriber: Row, own: dict[str, list[Row]], world: World) -> None:
        self.subscriber, self.world, self.as_of = subscriber, world, world.as_of
        self.tickets, self.contacts = own["complaints"], own["contacts"]
        self.changes, self.answers = own["plan_changes"], own["surveys"]
        self.statuses = spans(own["status_changes"], self.as_of)
        self.bills = [row for row in own["bills"] if row["billed_on"] < self.as_of]
        began = subscriber["activated_on"].replace(day=1) if subscriber["activated_on"] else dt.date.min
        self._used = {row["month"]: row for row in own["usage"] if row["month"] >= began}
        self._billed = {row["month"]: row for row in own["bills"] if row["month"] >= began}
        self.incidents = world.incidents[subscriber["region"]] if subscriber["region"] else []
        self.market = world.market[subscriber["region"]] if subscriber["region"] else []
        begun = [row for row in own["contracts"] if row["contract_start"] < self.as_of]
        contract = newest(begun, "contract_start", "known_on") or {}
        self.contract_start, self.contract_end = contract.get("contract_start"), contract.get("contract_end")

    def month(self, lag: int) -> dt.date:
        return (pd.Period(self.as_of, "M") - lag).start_time.date()

    def used(self, measure: str, first: int, last: int) -> list[float | None]:
        return [self._use(measure, self.month(lag)) for lag in range(first, last + 1)]

    def _use(self, measure: str, month: dt.date) -> float | None:
        if month in self._used:
            return self._used[month][measure]
        silent = self._in_service(month) and month in self.world.complete
        return 0.0 if silent and measure in self.world.reported else None

    def _in_service(self, month: dt.date) -> bool:
        since = self.subscriber["activated_on"]
        return since is not None and since < month

    def lost(self, first: int, last: int) -> list[bool]:
        """Whether the month's delivery was lost, or has not arrived, of whoever has no row all the same."""
        begun = min(self.world.complete, default=dt.date.max)
        every = [self.month(lag) for lag in range(first, last + 1)]
        gaps = [month not in self.world.complete and month >= begun for month in every]
        return [gap and self._in_service(m) and m not in self._used for gap, m in zip(gaps, every, strict=True)]

    def billed(self, column: str, first: int, last: int) -> list[Any]:
        return [self._billed.get(self.month(lag), {}).get(column) for lag in range(first, last + 1)]

    @property
    def billed_monthly(self) -> bool:
        """Whether there is one bill in each month from the first one to the month before as_of.

        What bills of another rhythm come to is worked out by hand in tests/unit/value/test_margin_over_time.py and in
        the worked examples of docs/features.
        """
        months = sorted(bill["month"] for bill in self.bills if bill["month"] < self.as_of)
        if not months or any(bill["corrects"] or bill["period_end"] for bill in self.bills):
            return False
        first, last = pd.Period(months[0], "M"), pd.Period(self.as_of, "M") - 1
        return [pd.Period(month, "M") for month in months] == list(pd.period_range(first, last))

    def age(self, day: dt.date) -> int:
        return (self.as_of - day).days

    def lag_of(self, days: list[dt.date]) -> int | None:
        return (pd.Period(self.as_of, "M") - pd.Period(max(days), "M")).n if days else None

    @property
    def rises(self) -> list[Row]:
        return [
            row
            for row in self.changes
            if row["initiated_by"] == "operator" and None not in (row["new_fee"], row["old_fee"])
            if row["new_fee"] > row["old_fee"]
        ]

    def since_rise(self, cells: list[float | None]) -> float | None:
        return change_since(cells, self.lag_of([row["changed_on"] for row in self.rises]))

    def since_complaint(self, cells: list[float | None]) -> float | None:
        return change_since(cells, self.lag_of([row["opened_at"] for row in self.tickets]))

    def since_incident(self, cells: list[float | None]) -> float | None:
        return change_since(cells, self.lag_of([row["started_at"] for row in self.incidents]))

    @property
    def lines(self) -> list[Row]:
        return self.world.accounts[self.subscriber["account_id"]]


class World:
    """Everybody's facts at one as_of.

    Args:
        facts: rows by table.
        as_of: the day.
        single_bills: whether those with one bill alone are among the people. What it covers depends on the months
            around it, and so does the median of the segment that it is in.
    """

    def __init__(self, facts: dict[Table, list[Row]], as_of: dt.date, *, single_bills: bool = True) -> None:
        self.as_of = as_of
        own: dict[str, dict[str, list[Row]]] = {}
        for room in OWN:
            own[room.TABLE.name] = defaultdict(list)
            for row in known(room.TABLE, facts[room.TABLE], as_of):
                own[room.TABLE.name][row["subscriber_id"]].append(row)
        every_month = list(itertools.chain.from_iterable(own["usage"].values()))
        self.complete = complete([row["month"] for row in every_month if row["month"] < as_of])
        self.reported = {m.name for m in MEASURES if any(row[m.name] is not None for row in every_month)}
        self.incidents = by_region(known(incidents.TABLE, facts[incidents.TABLE], as_of), "started_at", as_of)
        self.market = by_region(known(market.TABLE, facts[market.TABLE], as_of), "month", as_of)
        self.plans = [
            row
            for row in facts[plans.TABLE]
            if (row["on_sale_from"] is None or row["on_sale_from"] < as_of)
            and (row["on_sale_until"] is None or row["on_sale_until"] >= as_of)
        ]
        self.accounts: dict[str, list[Row]] = defaultdict(list)
        for subscriber in facts[subscribers.TABLE]:
            if subscriber["activated_on"] is None or subscriber["activated_on"] < as_of:
                left = left_on(own["status_changes"].get(subscriber["subscriber_id"], []), as_of)
                self.accounts[subscriber["account_id"]].append(subscriber | {"left_on": left})
        there = [
            subscriber
            for subscriber in facts[subscribers.TABLE]
            if subscriber["activated_on"] is None or subscriber["activated_on"] < as_of
        ]
        self.people = [
            Person(subscriber, {name: rows.get(subscriber["subscriber_id"], []) for name, rows in own.items()}, self)
            for subscriber in there
        ]
        self.people = [person for person in self.people if single_bills or len(person.bills) != 1]
        segment: dict[str | None, list[float]] = defaultdict(list)
        for person in self.people:
            bill = mean(person.billed("total_due", 1, 3))
            if bill is not None:
                segment[person.subscriber["segment"]].append(bill)
        self.segment_bill = {name: statistics.median(values) for name, values in segment.items()}


def complete(months: list[dt.date]) -> set[dt.date]:
    """The months of usage with at least half as many rows as the fullest of the 3 before them that have any."""
    ordered = sorted(set(months))
    rows = [months.count(month) for month in ordered]
    return {month for k, month in enumerate(ordered) if 2 * rows[k] >= max(rows[max(k - 3, 0) : k + 1])}


def by_region(rows: list[Row], day: str, as_of: dt.date) -> dict[str, list[Row]]:
    rows_by_region: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row[day] < as_of:
            rows_by_region[row["region"]].append(row)
    return rows_by_region


def spans(rows: list[Row], as_of: dt.date) -> list[Row]:
    """One status after another, day by day through the changes that have happened; a status told again goes on."""
    statuses: list[Row] = []
    for day in sorted({row["changed_on"] for row in rows if row["changed_on"] < as_of}):
        today = [row for row in rows if row["changed_on"] == day]
        noticed_on = max((row["known_on"] for row in today if row["status"] in GONE), default=None)
        taken_back = noticed_on is not None and any(
            row["status"] == "active" and noticed_on < row["known_on"] <= day for row in today
        )
        last = "active" if taken_back else max((row["status"] for row in today), key=STATUSES.index)
        before = statuses[-1]["status"] if statuses else None
        if last != before and not (last in GONE and before in GONE):
            statuses.append({"changed_on": day, "status": last})
    return statuses


def left_on(rows: list[Row], as_of: dt.date) -> dt.date | None:
    """The first day of the absence that still lasts."""
    last = spans(rows, as_of)[-1:]
    return last[0]["changed_on"] if last and last[0]["status"] in GONE else None


def there(cells: Iterable[float | None]) -> list[float]:
    return [cell for cell in cells if cell is not None]


def mean(cells: Iterable[float | None]) -> float | None:
    values = there(cells)
    return sum(values) / len(values) if values else None


def share(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole is not None and whole > 0 else None


def change(now: float | None, before: float | None) -> float | None:
    return share(now - before, before) if now is not None and before is not None else None


def minus(value: float | None, other: float | None) -> float | None:
    return value - other if value is not None and other is not None else None


def median(cells: list[float | None]) -> float | None:
    return None if None in cells else statistics.median(there(cells))


def slope(cells: list[float | None], lost: list[bool]) -> float | None:
    if any(cell is None and not skipped for cell, skipped in zip(cells, lost, strict=True)):
        return None
    known = [(-lag, cell) for lag, cell in enumerate(cells) if cell is not None]
    if 2 * len(known) <= len(cells):
        return None
    return statistics.median((new - old) / (now - then) for (now, new), (then, old) in itertools.combinations(known, 2))


def spread(cells: list[float | None]) -> float | None:
    values = there(cells)
    return share(statistics.pstdev(values), mean(values)) if values else None


def largest(cells: Iterable[float | None]) -> float | None:
    return max(there(cells), default=None)


def streak(flags: Iterable[Any], lost: Iterable[bool] = ()) -> float:
    kept = [flag for flag, skipped in itertools.zip_longest(flags, lost, fillvalue=False) if not skipped]
    return float(len(list(itertools.takewhile(bool, kept))))


def peak(cells: list[float | None]) -> float | None:
    best = largest(cells)
    return None if best is None else float(cells.index(best))


def change_since(cells: list[float | None], lag: int | None) -> float | None:
    """The means of the months from the event's on, three at most, against the three before; all must be in the year."""
    if lag is None or lag + 3 > len(cells):
        return None
    return change(mean(cells[max(lag - 3, 0) : lag]), mean(cells[lag : lag + 3]))


def count(rows: Iterable[Any]) -> float:
    return float(len(list(rows)))


def newest(rows: Iterable[Row], *order: str) -> Row | None:
    return max(rows, key=lambda row: tuple(row[name] for name in order), default=None)


def days(rows: Iterator[int] | list[int]) -> float | None:
    ages = list(rows)
    return float(min(ages)) if ages else None
