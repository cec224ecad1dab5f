"""Contacts that agents reported back (`savedesk outcomes import`), beside those of the source itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import ibis

from savedesk.engine.base import Engine
from savedesk.schemas import contacts, subscribers
from savedesk.schemas.outcomes import ASKED_NOT_TO_CALL, CONTACTS, CONTACTS_FILE, FOLDER
from savedesk.stages.ingest.casting import ROW_ID
from savedesk.stages.ingest.identity.owners import FormerOwners
from savedesk.stages.ingest.identity.renamed import Renames
from savedesk.stages.ingest.statement import WORK, Given
from savedesk.stages.ingest.validation import Sifted, sift


@dataclass(frozen=True)
class Reported:
    """What agents reported back.

    Args:
        sifted: the rows, by the rules of contacts.
        waiting: rows after the day on which the data was extracted: they count once the data reach that day.
        known_already: rows left out since the source has a contact of that subscriber and day itself.
        refusals: subscriber_id of everybody who asked not to be called, whatever the day.
    """

    sifted: Sifted
    waiting: int
    known_already: int
    refusals: Any

    @property
    def figures(self) -> dict[str, int]:
        """What the summary of the stage says beside the rows."""
        return {"outcomes_waiting": self.waiting, "outcomes_in_source": self.known_already}


def files_of(root: Path, source: str) -> list[Path]:
    """Return the files that outcomes of this source were imported into."""
    return sorted((root / FOLDER / source).glob(f"*/{CONTACTS_FILE}"))


def reported(
    files: Sequence[Path],
    engine: Engine,
    accepted: Mapping[str, Any],
    latest: date,
    max_text_length: int,
    renames: Renames | None = None,
    owners: FormerOwners | None = None,
) -> Reported:
    """Return the contacts that were reported back, sifted like those of a source.

    Args:
        files: see ``files_of``.
        engine: where the rows are.
        accepted: accepted rows of subscribers, and of contacts where the source has some.
        latest: the day after which no fact may lie.
        max_text_length: most characters of a text.
        renames: ids that were exchanged for others since, if any were.
        owners: who had an id before its owner today.
    """
    rows = engine.show(f"{WORK}reported", files).select(*contacts.TABLE.column_names)
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
    sifted = sift(CONTACTS, Given(table, count), engine, known, latest, max_text_length)
    total, timely = int(rows.count().execute()), int(there.count().execute())
    refusals = rows.filter(rows.outcome == ASKED_NOT_TO_CALL).select("subscriber_id").distinct()
    return Reported(sifted, total - timely, timely - count, refusals)


def with_reported(tables: Mapping[str, Any], found: Reported) -> dict[str, Any]:
    """Return the tables of ingest with the reported contacts, and without consent of those who asked for no calls.

    Consent is no feature and needs no day: it is withdrawn at once, also where the contact waits for newer data.
    """
    names, made = contacts.TABLE.column_names, found.sifted.accepted
    own = tables.get(contacts.TABLE.name)
    together = made.select(*names) if own is None else ibis.union(own.select(*names), made.select(*names))
    people = tables[subscribers.TABLE.name]
    consent = ibis.ifelse(people.subscriber_id.isin(found.refusals.subscriber_id), False, people.contact_allowed)
    return {
        **tables,
        contacts.TABLE.name: together,
        subscribers.TABLE.name: people.mutate(contact_allowed=consent),
    }
