"""A number as a sentence says it: what stands after the colon in ``{value:...}``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from savedesk.locales.placeholders import OPTIONAL, fields
from savedesk.numerals import data_amount, plain, unsigned_zero

LARGEST_SHARE = 9.99  # beyond it a share says no more than that it is huge
SIZE = "abs "
DATA = "MB"


class Said(float):
    """A value that knows a few more formats than a float.

    ``{value:abs .0%}`` leaves the sign to the words around it; ``{value:complaint/complaints}`` is a count with its
    noun; ``{value:MB}`` is an amount of data in megabytes, told in the unit that fits it; ``{value}`` has no more
    digits than an agent needs, and a share never more than ``LARGEST_SHARE``. None is ever a minus before a zero.
    """

    def __format__(self, form: str) -> str:
        """Return the value as text."""
        if "/" in form:
            singular, plural = form.split("/")
            return f"{unsigned_zero(format(float(self), ',.0f'))} {singular if round(self) == 1 else plural}"
        if form == DATA:
            return data_amount(self)
        if form.startswith(SIZE):
            return format(Said(abs(self)), form.removeprefix(SIZE))
        if form.endswith("%") and abs(self) > LARGEST_SHARE:
            return f">{math.copysign(LARGEST_SHARE, self):{form}}"
        if not form:
            return plain(self)
        return unsigned_zero(super().__format__(form))


def phrase(sentence: str, values: Mapping[str, Any]) -> str:
    """Return a sentence with its values; what stands in ``[ ]`` is left out where one of its own is not known.

    Args:
        sentence: with the names of values in braces.
        values: numbers and texts by name; a missing one may be absent, None or NaN.
    """
    said = {name: value if isinstance(value, str) else Said(value) for name, value in values.items() if known(value)}
    parts = OPTIONAL.sub(lambda part: part[1] if said.keys() >= fields(part[1]) else "", sentence)
    return parts.format_map(said)


def known(value: Any) -> bool:
    """Return whether a value is there."""
    return value is not None and value == value  # noqa: PLR0124 - NaN
