"""Whether a bill is paid, as was known at some day. The one place that says so."""

from __future__ import annotations

from typing import Any


def is_unpaid(bills: Any) -> Any:
    """Return whether bills were not paid in full before their ``as_of``."""
    return bills.paid_on.isnull() | (bills.paid_on >= bills.as_of)


def is_late(bills: Any) -> Any:
    """Return whether bills were not paid in full by the day on which they were due, as was known at their ``as_of``."""
    return is_unpaid(bills) | (bills.paid_on > bills.due_on)
