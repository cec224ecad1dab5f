"""Monthly facts as one row a subscriber, with a column for each measure and lag.

A value of the month that lies k months before as_of is in ``<measure>_<k>``. Each (subscriber, month) has one row, so
a ``max`` picks it, and everything after that is arithmetic in a fixed order: the same bytes on every engine and number
of threads, which sums over rows are not.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import ibis

KNOWN = "known_on"


def by_month(table: Any, measures: tuple[str, ...]) -> Any:
    """Return subscriber_id and, for each month of the data, ``<measure>@<yyyymm>`` and ``known_on@<yyyymm>``.

    Computed once for all as_of dates. A condition inside ``max`` runs several times faster on DuckDB than its FILTER.
    """
    months = sorted(table.select("month").distinct().to_pandas()["month"])
    cells = {
        f"{name}@{month:%Y%m}": ibis.ifelse(
            table.month == ibis.date(month.year, month.month, 1), table[name], None
        ).max()
        for month in months
        for name in (*measures, KNOWN)
    }
    return table.group_by("subscriber_id").aggregate(**cells) if cells else table.select("subscriber_id").distinct()


def lagged(panel: Any, measures: tuple[str, ...], as_of: dt.date, months: int) -> Any:
    """Return subscriber_id, ``<measure>_<lag>`` and ``present_<lag>`` for the lags 1..months, as known at ``as_of``.

    Args:
        panel: see ``by_month``.
        measures: columns of the monthly table.
        as_of: day of the decision; a month whose ``known_on`` lies on or after it is absent.
        months: how far to look back.
    """
    day = ibis.date(as_of.year, as_of.month, as_of.day)
    cells: dict[str, Any] = {}
    for lag in range(1, months + 1):
        month = _months_before(as_of, lag)
        if f"{KNOWN}@{month:%Y%m}" in panel.columns:
            known = (panel[f"{KNOWN}@{month:%Y%m}"] < day).fill_null(False)
            cells[f"present_{lag}"] = known
            cells |= {f"{name}_{lag}": ibis.ifelse(known, panel[f"{name}@{month:%Y%m}"], None) for name in measures}
        else:
            cells[f"present_{lag}"] = ibis.literal(False)
            cells |= {f"{name}_{lag}": ibis.null("float64") for name in measures}
    return panel.select("subscriber_id", **cells)


def _months_before(as_of: dt.date, lag: int) -> dt.date:
    total = as_of.year * 12 + as_of.month - 1 - lag
    return dt.date(total // 12, total % 12 + 1, 1)


def zero_where_silent(row: Any, measures: tuple[str, ...], as_of: dt.date, months: int, first_month: dt.date) -> Any:
    """Count a month without a row as zero use, from the month after activation (or the first data) on.

    A month after ``newest_month``, of which nothing is known about anybody yet, is missing and not silent.
    """
    cells: dict[str, Any] = {}
    for k in range(1, months + 1):
        month = _months_before(as_of, k)
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
