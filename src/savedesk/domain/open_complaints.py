"""Whether a complaint is open, as was known at some day. The one place that says so."""

from __future__ import annotations

from typing import Any


def is_open(complaints: Any, day: Any) -> Any:
    """Return whether complaints were open at the end of the day before: not closed, or closed on the day or later."""
    return complaints.closed_at.isnull() | (complaints.closed_at >= day)
