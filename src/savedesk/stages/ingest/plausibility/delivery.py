"""What was not delivered: tables without rows, and months of which few rows or none are there."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from savedesk.domain.usage_months import MONTHS_A_YEAR, arrivals
from savedesk.params.ingest import PlausibleParams
from savedesk.schemas import bills, usage

_MONTHLY = (usage.TABLE.name, bills.TABLE.name)
_LOOKBACK = 3  # months before a month whose fullest it is compared with
_NEEDED = 3  # months that a table must have before anything is said of them
_ARRIVED = 0.9  # share of a month's rows by which it counts as delivered
_REGULAR = 0.25  # share of months with few rows above which these are the rhythm of the table
_SHOWN = 3  # months in a message


def undelivered(tables: Mapping[str, Any], params: PlausibleParams, latest: dt.date, *, dated: bool) -> list[str]:
    """Return a warning for each table without rows, and for each monthly one that lacks months.

    Args:
        tables: canonical tables by name, those that the source has.
        params: ``least_rows`` and ``month_rows_share``.
        latest: day on which the data were taken.
        dated: whether the source has days.
    """
    empty = [
        name for name, table in tables.items() if not table.select(table.columns[0]).limit(1).to_pyarrow().num_rows
    ]
    said = [
        f"{name}: not one row, so whatever rests on it is missing; next: look at what {name}.sql reads, or leave "
        f"{name}.sql out"
        for name in empty
    ]
    if dated:
        monthly = [name for name in _MONTHLY if name in tables and name not in empty]
        said += [line for name in monthly for line in _lacking(name, tables[name], params, latest)]
    return said


def _lacking(name: str, table: Any, params: PlausibleParams, latest: dt.date) -> list[str]:
    arrived = arrivals(table).to_pyarrow().to_pylist()
    rows: Counter[dt.date] = Counter()
    for row in arrived:
        rows[row["month"]] += row["rows"]
    if len(rows) < _NEEDED:
        return []
    last = _newest_expected(arrived, rows, params, latest)
    months = _months_between(min(rows), max(*rows, last))
    full = {
        place: max(rows[month] for month in months[max(place - _LOOKBACK, 0) : place])
        for place in range(1, len(months))
    }
    few = [
        (months[place], most)
        for place, most in full.items()
        if months[place] <= last and most >= params.least_rows and rows[months[place]] < params.month_rows_share * most
    ]
    if not few or len(few) > _REGULAR * len(months):
        return []
    shown = [f"{month:%Y-%m} has {_rows(rows[month])}, {_rows(most)} before it" for month, most in few[-_SHOWN:]]
    more = f" and {len(few) - _SHOWN:,} earlier months" if len(few) > _SHOWN else ""
    step = f"next: deliver them, or give known_on in {name}.sql, the day on which a month's rows arrive"
    return [f"{name}: {'; '.join(shown)}{more}; the data were taken on {latest}; {step}"]


def _rows(rows: int) -> str:
    return f"{rows:,} {'row' if rows == 1 else 'rows'}" if rows else "no row"


def _newest_expected(
    arrived: Sequence[Mapping[str, Any]], rows: Mapping[dt.date, int], params: PlausibleParams, latest: dt.date
) -> dt.date:
    """Return the newest month that should have been there on the day on which the data were taken.

    Months arrive as late after their end as the slowest of the newest full ones did.
    """
    known: dict[dt.date, list[tuple[dt.date, int]]] = defaultdict(list)
    for row in arrived:
        known[row["month"]].append((row["known_on"], row["rows"]))
    most = max(rows.values())
    full = sorted(month for month in rows if rows[month] >= params.month_rows_share * most)[-2 * _LOOKBACK :]
    lag = max(((_delivered_on(known[month]) - _next(month)).days for month in full), default=0)
    month = max(full, default=min(rows))
    while _next(_next(month)) + dt.timedelta(days=max(lag, 0)) <= latest:
        month = _next(month)
    return month


def _delivered_on(parts: Sequence[tuple[dt.date, int]]) -> dt.date:
    """Return the day by which most rows of a month were known."""
    left = _ARRIVED * sum(rows for _, rows in parts)
    for day, rows in sorted(parts):
        left -= rows
        if left <= 0:
            return day
    return max(day for day, _ in parts)


def _months_between(first: dt.date, last: dt.date) -> list[dt.date]:
    months = [first]
    while months[-1] < last:
        months.append(_next(months[-1]))
    return months


def _next(month: dt.date) -> dt.date:
    number = month.year * MONTHS_A_YEAR + month.month
    return dt.date(number // MONTHS_A_YEAR, number % MONTHS_A_YEAR + 1, 1)
