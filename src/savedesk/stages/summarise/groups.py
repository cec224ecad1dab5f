"""Ways to group rows once for everybody, once for each region, and once for each thing that a page asks about."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import ibis
import numpy as np
import pandas as pd
from scipy.stats import norm

from savedesk.model.wilson import wilson
from savedesk.schemas.summaries import COUNTRY

DIGITS = 6  # of a sum: exact as a decimal number, so that it does not depend on the order in which rows are added


def total(column: Any, where: Any = None) -> Any:
    """Return the sum of a column, 0 of nothing: the same to the last digit on any number of threads."""
    return column.cast(f"decimal(38, {DIGITS})").sum(where=where).cast("float64").fill_null(0.0)


def everywhere(table: Any) -> Any:
    """Return each row as one of everybody's, and once more as one of its region's where it has one."""
    own = table.filter(table.region.notnull() & (table.region != COUNTRY))
    return table.mutate(region=ibis.literal(COUNTRY)).union(own.select(table.columns))


def grouped(table: Any, by: Mapping[str, Any]) -> Any:
    """Return each row once for each way to group it, with the columns ``by`` and ``group``; null is in no group.

    Args:
        table: an Ibis table.
        by: name -> column that holds the group; None: all rows are one.
    """
    parts = [
        table.mutate(by=ibis.literal(name), group=ibis.literal(COUNTRY) if column is None else table[column])
        for name, column in by.items()
    ]
    whole = functools.reduce(lambda left, right: left.union(right), parts)
    return whole.filter(whole.group.notnull())


def at_home(rows: Any, master: Any) -> Any:
    """Return rows with the region and segment of their subscriber."""
    people = master.select("subscriber_id", "region", "segment")
    return rows.left_join(people, "subscriber_id", rname="{name}_master").drop("subscriber_id_master")


def with_rate(frame: pd.DataFrame, rows: str, interval: float, names: tuple[str, str, str]) -> pd.DataFrame:
    """Return a frame with ``churners`` per ``rows`` and its interval under three names; absent where either is."""
    count, gone = (frame[name].astype("float64") for name in (rows, "churners"))
    known = (count > 0) & gone.notna()
    left, among = (np.asarray(values, dtype=np.float64) for values in (gone.where(known, 0.0), count.where(known, 1.0)))
    low, high = wilson(left, among, interval)
    rates = (gone / count.where(known), pd.Series(low, frame.index), pd.Series(high, frame.index))
    return frame.assign(**{name: rate.where(known) for name, rate in zip(names, rates, strict=True)})


def z_of(interval: float) -> float:
    """Return the half-width, in standard errors, of an interval of that level."""
    return float(norm.ppf(0.5 + interval / 2))


def ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    """Return part / whole, absent where the whole is 0."""
    divisor = whole.astype("float64").replace(0.0, np.nan)
    return part.astype("float64") / divisor
