"""Figures as people read them."""

from __future__ import annotations

import math
from collections.abc import Callable

SPACE = "\u00a0"  # keeps an amount and its unit on one line
MINUS = "\u2212"
Format = Callable[[float], str]


def _signed(text: str) -> str:
    """Set a real minus, and none before what is shown as 0."""
    return text.replace("-", MINUS) if any(digit in text for digit in "123456789") else text.replace("-", "")


def number(value: float) -> str:
    """Return a whole number with thousands apart."""
    return _signed(f"{value:,.0f}")


def percent(value: float, digits: int = 1) -> str:
    """Return a share as percent."""
    return _signed(f"{100 * value:.{digits}f}{SPACE}%")


def decimals(digits: int) -> Format:
    """Return the format with so many digits after the point."""
    return lambda value: _signed(f"{value:,.{digits}f}")


def points(value: float) -> str:
    """Return a difference of shares in percentage points, with its sign."""
    return _signed(f"{100 * value:+.1f}")


def money(value: float, currency: str, digits: int = 0) -> str:
    """Return an amount with its currency; large ones without cents."""
    return f"{decimals(digits)(value)}{SPACE}{currency}".strip(SPACE)


def or_none(value: object, form: Format, none: str) -> str:
    """Return a formatted figure, or the sign for an absent one."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return none
    return form(value)
