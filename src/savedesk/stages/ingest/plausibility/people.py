"""Tenures and ages that nobody has, and a year of birth that too many share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import ibis

from savedesk.params.ingest import PlausibleParams
from savedesk.schemas import subscribers

_EXAMPLES = 3
_YEARS = 20  # years of birth, below which they were made from a few bands of age


def ages_and_tenures(tables: Mapping[str, Any], params: PlausibleParams, latest: dt.date) -> list[str]:
    """Return warnings about subscribers older, or longer with the operator, than anybody is."""
    people = tables[subscribers.TABLE.name]
    oldest = ibis.date(latest.year - params.tenure_years, 1, 1)
    said = [
        *_some(people, people.activated_on < oldest, "activated_on", f"more than {params.tenure_years} years ago"),
        *_some(
            people,
            (people.birth_year < latest.year - params.age_years) | (people.birth_year > latest.year),
            "birth_year",
            f"more than {params.age_years} years ago, or still to come",
        ),
    ]
    return [*said, *_shared_year(people, params)]


def _some(people: Any, odd: Any, column: str, words: str) -> list[str]:
    rows = people.filter(odd.fill_null(False))
    count = int(rows.count().execute())
    if not count:
        return []
    first = rows.order_by("subscriber_id").limit(_EXAMPLES).select("subscriber_id", column).to_pyarrow().to_pylist()
    names = ", ".join(f"{row['subscriber_id']!r} {row[column]}" for row in first)
    step = f"select nullif({column}, ...) in subscribers.sql where it stands for unknown"
    return [f"{subscribers.TABLE.name}.{column}: {count:,} lie {words}, for example {names}; next: {step}"]


def _shared_year(people: Any, params: PlausibleParams) -> list[str]:
    given = people.filter(people.birth_year.notnull())
    years = given.group_by("birth_year").aggregate(rows=given.count())
    counted = years.order_by([years.rows.desc(), years.birth_year]).to_pyarrow().to_pylist()
    total = sum(row["rows"] for row in counted)
    if len(counted) < _YEARS or counted[0]["rows"] < max(params.same_year_share * total, params.least_rows):
        return []
    top = counted[0]
    said = f"{top['rows']:,} of {total:,} subscribers are born in {top['birth_year']}"
    step = "if it stands for unknown, select nullif(birth_year, ...) in subscribers.sql"
    return [f"{subscribers.TABLE.name}.birth_year: {said}; next: {step}"]
