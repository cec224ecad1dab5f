"""How the day of the list and the day of the data lie to each other, and what the list made of the days between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from savedesk.params.prioritise import DataAge
from savedesk.policy.sight import Sight
from savedesk.stages.prioritise.eligibility import SINCE


def far_apart(as_of: dt.date, facts: Mapping[str, Any], sight: Sight, age: DataAge) -> list[str]:
    """Return a warning where the data are older than the day of the list, or much newer; a snapshot has one day only.

    Args:
        as_of: day of the list.
        facts: contract ``source_facts``.
        sight: how far the list sees.
        age: days from which on there is a warning.
    """
    if facts["kind"] == "snapshot":
        return []
    taken = dt.date.fromisoformat(str(facts["extracted_on"]))
    newer = (taken - as_of).days
    if sight.newest is None:
        said = f"data: taken on {taken}, {newer:,} days after as_of {as_of}, so this is the list of a past day: it sees"
        said += " what was known then, and who has left, refused or been called since can be on it"
        return [f"{said}; next: call nobody from it; set cohort.as_of to newest for a list to work with"]
    if newer > age.newer_days:
        said = f"data: taken on {taken}, {newer:,} days after as_of {as_of} (prioritise.data_age.newer_days: "
        said += f"{age.newer_days}): risk, reasons and value are those of as_of; only what closes a row is newer"
        return [f"{said}; next: take the data in the first days of a month"]
    known = facts.get("data_until")
    older = (as_of - dt.date.fromisoformat(str(known))).days if known else 0
    if older > age.older_days:
        said = f"data: the newest fact became known on {known}, {older:,} days before as_of {as_of} "
        said += f"(prioritise.data_age.older_days: {age.older_days}): who has left or complained since is not seen"
        return [f"{said}; next: take newer data, or say in source.yaml on which day they were taken (extracted_on)"]
    return []


def closed_since(decided: pd.DataFrame) -> dict[str, int]:
    """Return how many rows each rule of ``SINCE`` closed, by its code."""
    counts = decided["rule"][decided["rule"].isin([*SINCE])].value_counts().sort_index()
    return {str(code): int(rows) for code, rows in counts.items()}


def closed_note(closed: Mapping[str, int]) -> list[str]:
    """Return a line about the rows that were closed for what became known since as_of."""
    if not closed:
        return []
    parts = ", ".join(f"{rows:,} {code}" for code, rows in closed.items())
    return [f"kept off the list for what became known since as_of, or was reported back: {parts}"]
