"""Monthly facts as one row a subscriber, with a column for each measure and lag.

A value of the month that lies k months before as_of is in ``<measure>_<k>``. Each (subscriber, month) has one row, so
a ``max`` picks it, and everything after that is arithmetic in a fixed order: the same bytes on every engine and number
of threads, which sums over rows are not.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import ibis


def lagged(table: Any, measures: tuple[str, ...], as_of: dt.date, months: int) -> Any:
    """Return subscriber_id, ``<measure>_<lag>`` and ``present_<lag>`` for the lags 1..months."""
    lag = (as_of.year - table.month.year()) * 12 + (as_of.month - table.month.month())
    rows = table.mutate(lag=lag)
    rows = rows.filter(rows.lag.between(1, months))
    cells = {f"present_{k}": (rows.lag == k).max() for k in range(1, months + 1)}
    for measure in measures:
        cells |= {f"{measure}_{k}": rows[measure].max(where=rows.lag == k) for k in range(1, months + 1)}
    return rows.group_by("subscriber_id").aggregate(**cells)


def zero_where_silent(row: Any, measures: tuple[str, ...], as_of: dt.date, months: int, first_month: dt.date) -> Any:
    """Count a month without a row as zero use, from the month after activation (or the first data) on.

    A month after ``newest_month``, of which nothing is known about anybody yet, is missing and not silent.
    """
    cells: dict[str, Any] = {}
    for k in range(1, months + 1):
        total = as_of.year * 12 + as_of.month - 1 - k
        month = dt.date(total // 12, total % 12 + 1, 1)
        if month < first_month:
            continue
        day = ibis.date(month.year, month.month, month.day)
        silent = (row.activated_on < day).fill_null(False) & (row.newest_month >= day).fill_null(False)
        served = silent | row[f"present_{k}"].fill_null(False)
        cells |= {
            f"{m}_{k}": ibis.ifelse(served, row[f"{m}_{k}"].fill_null(0.0), ibis.null("float64")) for m in measures
        }
    return row.mutate(**cells)


def window_of(row: Any, measure: str, first: int, last: int) -> list[Any]:
    """Return the cells of a measure from lag ``first`` to ``last`` that the row has."""
    return [row[f"{measure}_{k}"] for k in range(first, last + 1) if f"{measure}_{k}" in row.columns]


def total(cells: list[Any]) -> Any:
    """Return the sum of the cells that are there; null where none is."""
    added = cells[0].fill_null(0.0)
    for cell in cells[1:]:
        added = added + cell.fill_null(0.0)
    return ibis.ifelse(count(cells) > 0, added, ibis.null("float64"))


def count(cells: list[Any]) -> Any:
    """Return how many of the cells are there."""
    added = cells[0].notnull().cast("float64")
    for cell in cells[1:]:
        added = added + cell.notnull().cast("float64")
    return added


def mean(cells: list[Any]) -> Any:
    """Return the mean of the cells that are there; null where none is."""
    return total(cells) / count(cells).nullif(0)


def deviation(cells: list[Any]) -> Any:
    """Return the population standard deviation of the cells that are there; null where none is."""
    centre = mean(cells)
    return mean([(cell - centre) * (cell - centre) for cell in cells]).sqrt()


def ratio(part: Any, whole: Any) -> Any:
    """Return part / whole; null where the whole is not above zero."""
    return ibis.ifelse(whole > 0, part / whole.nullif(0), ibis.null("float64"))


def change(recent: Any, before: Any) -> Any:
    """Return the relative change from before to recent; -1 is a stop, null where there was nothing before."""
    return ratio(recent - before, before)


def slope(cells: list[Any]) -> Any:
    """Return the Theil-Sen slope a month (median of pairwise slopes), newest cell first.

    Robust to single odd months: Sen (1968), Journal of the American Statistical Association 63. Null unless all are
    there.
    """
    pairs = [(cells[i] - cells[j]) / (j - i) for i in range(len(cells)) for j in range(i + 1, len(cells))]
    return median(pairs)


def median(cells: list[Any]) -> Any:
    """Return the median of cells that are all there, else null."""
    ordered = ibis.array(cells).sort()
    middle = len(cells) // 2
    value = ordered[middle] if len(cells) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    return ibis.ifelse(count(cells) == len(cells), value, ibis.null("float64"))


def greatest(cells: list[Any]) -> Any:
    """Return the largest of the cells that are there; null where none is."""
    return ibis.greatest(*cells) if len(cells) > 1 else cells[0]


def months_true(flags: list[Any]) -> Any:
    """Return in how many months the flag is true; absent months do not count."""
    added = flags[0].fill_null(False).cast("float64")
    for flag in flags[1:]:
        added = added + flag.fill_null(False).cast("float64")
    return added


def streak(flags: list[Any]) -> Any:
    """Return for how many of the newest months in a row the flag is true."""
    running = flags[0].fill_null(False).cast("float64")
    counted = running
    for flag in flags[1:]:
        running = running * flag.fill_null(False).cast("float64")
        counted = counted + running
    return counted
