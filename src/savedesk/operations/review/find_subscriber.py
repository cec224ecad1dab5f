"""Find a subscriber by an id as somebody typed it, or say which ids are nearest."""

from __future__ import annotations

import duckdb

from savedesk.errors import ParamsError
from savedesk.operations.review.runs import Run
from savedesk.redact import shortened
from savedesk.schemas import cohort, decisions, subscribers

NEAREST = 3  # ids that are shown
LONGEST_SHOWN = 60  # characters of an id that is not there
FAR = 0.85  # Jaro-Winkler similarity below which an id is not shown as near


def require_scored(run: Run, given: str, where: str) -> str:
    """Return the id of a subscriber who was decided on at the run's as_of.

    An apostrophe that list.csv puts before an id such as ``=1+1`` is taken off.

    Raises:
        ParamsError: there is no such subscriber, or none at that as_of; the nearest ids are named.
    """
    name = given.strip().removeprefix("'")
    if not name:
        raise ParamsError("an empty id", where=where, next_step="give a subscriber_id as in list.csv")
    for spelling in dict.fromkeys((given, given.strip(), name)):
        if len(run.rows(decisions.TABLE, spelling)):
            return spelling
    if len(run.rows(subscribers.TABLE, name)):
        raise ParamsError(
            f"{name} is a subscriber, but was not scored at {run.as_of}: not yet or no longer active, or leaving",
            where=where,
            next_step=f"see the days on which they were eligible in {cohort.TABLE.path}, and give one with --as-of",
        )
    near = _nearest(run, name)
    step = f"did you mean {' or '.join(near)}?" if near else f"look ids up in {subscribers.TABLE.path} or list.csv"
    shown = shortened(name, LONGEST_SHOWN)
    raise ParamsError(f"no subscriber has the id {shown!r}", where=where, next_step=step)


def _nearest(run: Run, name: str) -> list[str]:
    """Return the ids that are most like a text, searched by DuckDB: there may be millions."""
    query = """
        SELECT subscriber_id FROM read_parquet(?)
        WHERE jaro_winkler_similarity(subscriber_id, ?) >= ?
        ORDER BY levenshtein(upper(subscriber_id), upper(?)), subscriber_id LIMIT ?
    """
    with duckdb.connect() as connection:
        path = str(run.path(subscribers.TABLE))
        return [row[0] for row in connection.execute(query, [path, name, FAR, name, NEAREST]).fetchall()]
