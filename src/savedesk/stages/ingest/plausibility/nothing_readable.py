"""Subscribers of whom nothing could be read: every month of theirs was turned away, and so may they be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from savedesk.schemas import bills, subscribers, usage

_NAMED = 3


def nothing_readable(tables: dict[str, Any], unknown: Sequence[Any]) -> list[str]:
    """Return a warning of subscribers with rows of use or bills, none of which could be accepted.

    Args:
        tables: canonical tables by name, those that the source has.
        unknown: parts of ``unknown_facts``.
    """
    monthly = [name for name in (usage.TABLE.name, bills.TABLE.name) if name in tables]
    if not monthly or not unknown:
        return []
    lost = [part.filter(part.table.isin(monthly)).select("subscriber_id") for part in unknown]
    ids = tables[subscribers.TABLE.name].select("subscriber_id")
    for part in lost[1:]:
        lost[0] = lost[0].union(part)
    unread = ids.semi_join(lost[0], "subscriber_id")
    for name in monthly:
        unread = unread.anti_join(tables[name], "subscriber_id")
    (count,) = unread.aggregate(n=unread.count()).to_pyarrow()["n"].to_pylist()
    if not count:
        return []
    names = unread.order_by("subscriber_id").limit(_NAMED).to_pyarrow()["subscriber_id"].to_pylist()
    said = f"of {count:,} subscribers no month of use or bills could be read, such as {', '.join(map(repr, names))}"
    return [f"{said}: their months are unknown, and they can be listed; next: see whether they are subscribers at all"]
