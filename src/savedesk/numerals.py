"""Numbers as people read them: no minus before a zero, thousands apart, units that fit the size."""

from __future__ import annotations

import math
from typing import Any

STEP = 1000.0  # from MB to GB and from GB to TB, as plans are sold
DATA_UNITS = ("MB", "GB", "TB", "PB")
WHOLE_FROM = 100  # from here on no digit after the point
GROUPED_FROM = 10_000  # smaller whole numbers are read as they are, and may be years


class Numeral(float):
    """A float whose text never is a minus and zeros alone: ``f"{Numeral(-0.001):.2f}"`` is ``0.00``."""

    def __format__(self, form: str) -> str:
        """Return the value as text."""
        return unsigned_zero(super().__format__(form))


def unsigned_zero(text: str) -> str:
    """Return a figure as text without the minus before what is shown as zero."""
    zero = "0" in text and not any(digit in text for digit in "123456789")
    return text[1:] if zero and text.startswith("-") else text


def as_numeral(value: Any) -> Any:
    """Return a float as a numeral, and anything else as it is."""
    return Numeral(value) if isinstance(value, float) else value


def plain(value: float) -> str:
    """Return a number with no more digits than an agent needs; large ones with thousands apart."""
    if not math.isfinite(value):
        return f"{value}"
    if abs(value) < 1:
        return unsigned_zero(f"{float(value):.2g}")
    return f"{round(value, 2):,.12g}" if abs(value) >= GROUPED_FROM else f"{round(value, 2):.12g}"


def data_amount(megabytes: float) -> str:
    """Return an amount of data in the unit that a person would choose: 650 MB, 1.4 GB, 361 GB, 2.1 TB."""
    return f"{_in_unit(megabytes, data_unit(megabytes))} {data_unit(megabytes)}"


def data_unit(megabytes: float) -> str:
    """Return the unit in which an amount of data is told: the largest of which it is one or more when rounded."""
    size = abs(megabytes)
    for place, unit in enumerate(DATA_UNITS[:-1]):
        if round(size / STEP**place) < STEP:
            return unit
    return DATA_UNITS[-1]


def in_data_unit(megabytes: float, unit: str) -> float:
    """Return an amount of data in one of ``DATA_UNITS``."""
    return megabytes / STEP ** DATA_UNITS.index(unit)


def _in_unit(megabytes: float, unit: str) -> str:
    value = in_data_unit(megabytes, unit)
    return f"{Numeral(value):,.{0 if unit == DATA_UNITS[0] or abs(value) >= WHOLE_FROM else 1}f}"
