"""Contacts that agents reported back (`savedesk outcomes import`), beside those of the source itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from savedesk.engine.base import ARROW_TYPES, Engine
from savedesk.engine.damaged_file import DAMAGED_FILE
from savedesk.errors import DataContractError
from savedesk.policy.campaigns import Terms, campaign, drawn_of
from savedesk.schemas import contacts, subscribers
from savedesk.schemas.outcomes import (
    ASKED_NOT_TO_CALL,
    CONTACTS,
    DRAWN_FILE,
    FOLDER,
    OLD_CONTACTS_FILE,
    REPORTED_FILE,
)
from savedesk.stages.ingest.casting import ROW_ID
from savedesk.stages.ingest.identity.owners import FormerOwners
from savedesk.stages.ingest.identity.renamed import Renames
from savedesk.stages.ingest.statement import WORK, Given
from savedesk.stages.ingest.validation import Validated, validate


@dataclass(frozen=True)
class Reported:
    """What agents reported back.

    Args:
        validated: the rows, by the rules of contacts.
        waiting: rows after the day on which the data was extracted: they count once the data reach that day.
        known_already: rows left out since the source has a contact of that subscriber and day itself.
        refusals: subscriber_id of everybody who asked not to be called, whatever the day.
    """

    validated: Validated
    waiting: int
    known_already: int
    refusals: Any

    @property
    def figures(self) -> dict[str, int]:
        """What the summary of the stage says beside the rows."""
        return {"outcomes_waiting": self.waiting, "outcomes_in_source": self.known_already}


def contacts_of(root: Path, source: str, terms: Terms) -> pa.Table | None:
    """Return the contacts that the imported outcomes of a source make; None where nothing was imported.

    Args:
        root: project folder.
        source: its name.
        terms: see ``campaigns.terms_of``.
    """
    folders = sorted(path.parent for path in (root / FOLDER / source).glob(f"????-??-??/{REPORTED_FILE}"))
    if not folders:
        return None
    schema = pa.schema([(column.name, ARROW_TYPES[column.dtype]) for column in contacts.TABLE.columns])
    return pa.concat_tables([_contacts_in(folder, terms, schema) for folder in folders])


def _contacts_in(folder: Path, terms: Terms, schema: pa.Schema) -> pa.Table:
    """Return the contacts of one list. Of a list that an older version imported they lie there as it made them.

    Raises:
        DataContractError: a file of the import is gone, or damaged.
    """
    names = (REPORTED_FILE, DRAWN_FILE) if (folder / DRAWN_FILE).is_file() else (OLD_CONTACTS_FILE,)
    try:
        tables = [pq.read_table(folder / name, partitioning=None) for name in names]
    except (*DAMAGED_FILE, FileNotFoundError) as error:
        step = "import the outcome sheets of that list again, with `savedesk outcomes import`"
        raise DataContractError(
            "what was imported is damaged, or a part of it is gone",
            where=f"{FOLDER}/{folder.parent.name}/{folder.name}",
            next_step=f"take the folder away, then {step}",
        ) from error
    if len(tables) == 1:
        return tables[0].select(schema.names).cast(schema)
    outcomes, drawn = (table.to_pandas() for table in tables)
    derived = campaign(outcomes, drawn_of(drawn, date.fromisoformat(folder.name)), terms).contacts
    given: list[Any] = derived.astype(object).where(derived.notna(), None).to_dict("records")
    return pa.Table.from_pylist(given, schema=schema)


def reported(
    imported: pa.Table,
    engine: Engine,
    accepted: Mapping[str, Any],
    latest: date,
    max_text_length: int,
    renames: Renames | None = None,
    owners: FormerOwners | None = None,
) -> Reported:
    """Return the contacts that were reported back, validated like those of a source.

    Args:
        imported: see ``contacts_of``.
        engine: where the rows are.
        accepted: accepted rows of subscribers, and of contacts where the source has some.
        latest: the day after which no fact may lie.
        max_text_length: most characters of a text.
        renames: ids that were exchanged for others since, if any were.
        owners: who had an id before its owner today.
    """
    rows = engine.materialise(engine.taken(imported), f"{WORK}reported")
    rows = rows if renames is None else renames.under_new_ids(rows, contacts.TABLE)
    rows = rows if owners is None else owners.part(rows, contacts.TABLE)
    end = ibis.date(latest.isoformat())
    there = rows.filter((rows.known_on <= end) & (rows.contacted_on <= end))
    fresh = there
    own = accepted.get(contacts.TABLE.name)
    if own is not None:
        key = ["subscriber_id", "contacted_on", "arm"]
        fresh = there.anti_join(own.filter(own.arm == "treated").select(*key), key).select(*there.columns)
    table = engine.numbered(fresh, ROW_ID, f"{WORK}given_{CONTACTS.name}")
    count = int(table.count().execute())
    known = {subscribers.TABLE.name: accepted[subscribers.TABLE.name]}
    validated = validate(CONTACTS, Given(table, count), engine, known, latest, max_text_length)
    total, timely = int(rows.count().execute()), int(there.count().execute())
    refusals = rows.filter(rows.outcome == ASKED_NOT_TO_CALL).select("subscriber_id").distinct()
    return Reported(validated, total - timely, timely - count, refusals)


def with_reported(tables: Mapping[str, Any], outcomes: Reported) -> dict[str, Any]:
    """Return the tables of ingest with the reported contacts, and without consent of those who asked for no calls.

    Consent is no feature and needs no day: it is withdrawn at once, also where the contact waits for newer data.
    """
    names, accepted = contacts.TABLE.column_names, outcomes.validated.accepted
    own = tables.get(contacts.TABLE.name)
    together = accepted.select(*names) if own is None else ibis.union(own.select(*names), accepted.select(*names))
    people = tables[subscribers.TABLE.name]
    consent = ibis.ifelse(people.subscriber_id.isin(outcomes.refusals.subscriber_id), False, people.contact_allowed)
    return {
        **tables,
        contacts.TABLE.name: together,
        subscribers.TABLE.name: people.mutate(contact_allowed=consent),
    }
