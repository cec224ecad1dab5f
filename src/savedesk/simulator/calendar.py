"""Months and days as whole numbers: months since year 0, days since 1970-01-01."""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.int64]
EPOCH = dt.date(1970, 1, 1).toordinal()
MONTHS_A_YEAR = 12
DAYS_A_MONTH = 30.4375


def month_number(day: dt.date) -> int:
    """Return the number of the month of a day."""
    return day.year * MONTHS_A_YEAR + day.month - 1


def first_day(month: int) -> int:
    """Return the number of the first day of a month."""
    return dt.date(month // MONTHS_A_YEAR, month % MONTHS_A_YEAR + 1, 1).toordinal() - EPOCH


def last_day(month: int) -> int:
    """Return the number of the last day of a month."""
    return first_day(month + 1) - 1


def days_in(generator: np.random.Generator, month: int, count: int) -> Days:
    """Draw days of a month."""
    return generator.integers(first_day(month), first_day(month + 1), count, dtype=np.int64)
