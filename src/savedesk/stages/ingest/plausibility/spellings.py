"""One thing under several names in one column: accounts and regions that differ in their writing alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from savedesk.schemas import subscribers
from savedesk.spelling import form
from savedesk.stages.ingest.cells import BLANKS

_NAMES = ("region", "city", "plan_id", "payment_method", "acquisition_channel")
_MOST = 2_000  # distinct names that are compared
_EXAMPLES = 3


def several_spellings(tables: Mapping[str, Any]) -> list[str]:
    """Return a warning for each column of subscribers in which names differ in their writing alone."""
    people = tables[subscribers.TABLE.name]
    return [line for name in _NAMES for line in _of_names(people, name)] + _of_accounts(people)


def _of_names(people: Any, column: str) -> list[str]:
    counted = people.filter(people[column].notnull()).group_by(column).aggregate(rows=lambda t: t.count())
    rows = counted.order_by([counted.rows.desc(), counted[column]]).limit(_MOST).to_pyarrow().to_pylist()
    usual: dict[str, str] = {}
    other = {}
    for row in rows:
        first = usual.setdefault(_writing(row[column]), row[column])
        if first != row[column]:
            other[row[column]] = first
    return _warning(column, len(other), [f"{name!r} and {first!r}" for name, first in other.items()])


def _writing(name: str) -> str:
    """Return a name without what writing changes; one without letters or digits stays as it is."""
    return form(name) or unicodedata.normalize("NFKC", name)


def _of_accounts(people: Any) -> list[str]:
    """Zeros before a number may tell accounts apart; case and blanks hardly do."""
    plain = people.account_id.upper().re_replace(BLANKS, "")
    forms = people.select("account_id", form=plain).distinct().group_by("form")
    odd = forms.aggregate(
        names=lambda t: t.count(), low=lambda t: t.account_id.min(), high=lambda t: t.account_id.max()
    )
    odd = odd.filter(odd.names > 1)
    count = int(odd.count().execute())
    first = odd.order_by("form").limit(_EXAMPLES).to_pyarrow().to_pylist() if count else []
    return _warning("account_id", count, [f"{row['low']!r} and {row['high']!r}" for row in first])


def _warning(column: str, count: int, pairs: list[str]) -> list[str]:
    if not count:
        return []
    said = f"subscribers.{column}: {count:,} differ from another in their writing alone: {', '.join(pairs[:_EXAMPLES])}"
    return [f"{said}; they count as different; next: write them alike in subscribers.sql"]
