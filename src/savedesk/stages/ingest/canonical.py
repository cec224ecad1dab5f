"""The canonical tables, and those of them that a source folder has SQL for."""

from __future__ import annotations

import difflib

from savedesk.errors import MissingInputError, ParamsError
from savedesk.schemas import (
    attributes,
    bills,
    complaints,
    contacts,
    contracts,
    incidents,
    labels,
    market,
    plan_changes,
    plans,
    renamed_ids,
    status_changes,
    subscribers,
    surveys,
    truth,
    usage,
    valuations,
)
from savedesk.schemas.table import Table
from savedesk.stages.ingest.ingest_run import IngestRun
from savedesk.stages.ingest.source import SOURCE_FILE
from savedesk.stages.ingest.statement import SPARK_SUFFIX

CANONICAL: tuple[Table, ...] = (
    subscribers.TABLE,
    plans.TABLE,
    status_changes.TABLE,
    usage.TABLE,
    bills.TABLE,
    plan_changes.TABLE,
    contracts.TABLE,
    complaints.TABLE,
    surveys.TABLE,
    contacts.TABLE,
    incidents.TABLE,
    market.TABLE,
    valuations.TABLE,
    labels.TABLE,
    attributes.TABLE,
    renamed_ids.TABLE,
    truth.TABLE,  # last, so that the SQL of no other table can see it
)


def wanted_tables(ingest_run: IngestRun) -> list[Table]:
    """Return the tables that the source folder has SQL for, subscribers first.

    Raises:
        ParamsError: an SQL file that is named after no table.
        MissingInputError: no subscribers.sql.
    """
    known = [table.name for table in CANONICAL]
    stems = sorted(path.stem for path in ingest_run.folder.glob("*.sql") if not path.name.endswith(SPARK_SUFFIX))
    for path in ingest_run.folder.glob(f"*{SPARK_SUFFIX}"):
        stem = path.name.removesuffix(SPARK_SUFFIX)
        if stem not in stems:
            step = f"add {stem}.sql in DuckDB's dialect, or remove it"
            raise ParamsError(f"there is no {stem}.sql beside it", where=ingest_run.where(path.name), next_step=step)
    for stem in stems:
        if stem not in known:
            near = difflib.get_close_matches(stem, known, n=1, cutoff=0.5)
            step = f"did you mean {near[0]}.sql?" if near else "rename or remove it"
            raise ParamsError(
                f"no table is named {stem!r}",
                where=ingest_run.where(f"{stem}.sql"),
                allowed=", ".join(known),
                next_step=step,
            )
    if subscribers.TABLE.name not in stems:
        raise MissingInputError(
            "not there",
            where=ingest_run.where("subscribers.sql"),
            next_step="write a SELECT that gives at least subscriber_id",
        )
    if ingest_run.source.attributes and attributes.TABLE.name not in stems:
        raise ParamsError(
            "attributes are declared without attributes.sql",
            where=ingest_run.where(SOURCE_FILE),
            next_step="write it, or remove them",
        )
    renamed_first = sorted(CANONICAL, key=lambda table: table is not renamed_ids.TABLE)
    return [table for table in renamed_first if table.name in stems]
