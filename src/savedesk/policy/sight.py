"""How far a decision sees: an earlier as_of up to the day before it, the newest one as far as the data go.

Features and labels never see what became known on as_of or later. The list does: nobody is to be called who has left,
asked not to be called, or was called between as_of and the day on which the data were taken.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Sight:
    """The as_of that sees further than the day before it.

    Args:
        newest: the as_of whose list is worked; absent: none sees further.
        until: first day of which nothing is known there; never before ``newest``.
    """

    newest: dt.date | None = None
    until: dt.date | None = None

    def until_of(self, as_of: Any) -> Any:
        """Return the first day of which nothing is known at an as_of, both as Ibis columns."""
        if self.newest is None or self.until is None:
            return as_of
        return ibis.ifelse(as_of == _date(self.newest), _date(self.until), as_of)

    def is_newest(self, as_of: Any) -> Any:
        """Return whether an as_of, an Ibis column, is the one that sees further."""
        return ibis.literal(False) if self.newest is None else as_of == _date(self.newest)


BEFORE_ONLY = Sight()


def sight_of(as_of: dt.date, facts: Mapping[str, Any]) -> Sight:
    """Return how far the newest as_of of a run sees.

    A list of a past day, for which newer data are there, is a look back: it sees what could be known then.

    Args:
        as_of: the newest that is decided.
        facts: contract ``source_facts``.
    """
    extracted_on = dt.date.fromisoformat(str(facts["extracted_on"]))
    until = extracted_on + ONE_DAY
    if facts["kind"] != "snapshot" and until.replace(day=1) > as_of:
        return BEFORE_ONLY
    return Sight(as_of, max(as_of, until))


def _date(day: dt.date) -> Any:
    return ibis.date(day.year, day.month, day.day)
