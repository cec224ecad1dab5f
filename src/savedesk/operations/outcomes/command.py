"""Import an outcome sheet: what is accepted is kept by list as it was reported; what is not goes to a file.

``ingest`` makes contacts of it, beside whom the list had drawn (``policy/campaigns.py``).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from savedesk.engine.base import ARROW_TYPES
from savedesk.errors import MissingInputError
from savedesk.operations.outcomes.gateway_rows import from_gateway
from savedesk.operations.outcomes.lists import HandedOver, handed_over
from savedesk.operations.outcomes.refusals import let_act, list_for, warnings_of
from savedesk.operations.outcomes.rules import CheckedSheet, Known, Outcome, as_given, check_sheet, complaints_of
from savedesk.operations.outcomes.sheet import read_sheet
from savedesk.operations.review.runs import data_reach, source_of
from savedesk.params.ingest import IngestParams
from savedesk.params.load import load_params
from savedesk.params.prioritise import PrioritiseParams
from savedesk.pipeline.locks import OUTCOMES, held
from savedesk.pipeline.runner import exchange, recover, scratch_folder
from savedesk.policy.campaigns import Campaign, campaign, terms_of
from savedesk.schemas import decisions, subscribers
from savedesk.schemas.outcomes import (
    ASKED_NOT_TO_CALL,
    DRAWN,
    DRAWN_FILE,
    FOLDER,
    NOT_REACHED,
    OUTCOME_COLUMNS,
    REPORTED_FILE,
    SENT_NO_ANSWER,
)
from savedesk.schemas.table import Column
from savedesk.stages.ingest.source import zone_of
from savedesk.stages.prioritise.spreadsheet import to_csv

WAIT_SECONDS = 60.0  # for another import, which takes a second or two
REJECTED_FOLDER = "data/rejected"
KEY = ["subscriber_id", "contacted_on"]
REPORTED = pa.schema(
    [(name, pa.date32() if name == "contacted_on" else pa.string()) for name in OUTCOME_COLUMNS]  # as it was reported
)


@dataclass
class Imported:
    """What became of a sheet.

    Args:
        rows: that are not blank.
        validated: accepted, rejected, and still to be filled in.
        complaints: one line for each kind of mistake.
        added: outcomes that are new.
        corrected: outcomes that say something else than before.
        known: outcomes that had been imported already.
        taken_back: subscribers who asked not to be called, by the outcome before, and no more by this one.
        data_until: last day of the project's tables.
        waiting: accepted outcomes of later days, which count once newer tables are there.
        merged: lines of a message gateway that say the same subscriber and day as others, and went into theirs.
        refusals: what is wrong with rows that count as refusals all the same, and which refusals count for nobody.
        rejected_file: where the rejected rows are; empty where there are none.
        campaigns: what each list's outcomes make now, by its day.
    """

    rows: int
    validated: CheckedSheet
    complaints: list[str]
    added: int = 0
    corrected: int = 0
    known: int = 0
    taken_back: list[str] = field(default_factory=list)
    data_until: dt.date = dt.date.max
    waiting: int = 0
    merged: int = 0
    refusals: list[str] = field(default_factory=list)
    rejected_file: str = ""
    campaigns: dict[dt.date, Campaign] = field(default_factory=dict)


def import_outcomes(root: Path, path: Path, today: dt.date) -> Imported:
    """Read, validate and keep an outcome sheet. Importing it once more changes nothing.

    Args:
        root: project folder.
        path: csv or xlsx file.
        today: the day after which nobody can have been contacted.

    Raises:
        MissingInputError: no such file, no subscribers yet, no list that anything could be the outcome of, or another
            import that does not end.
        DataContractError: the file cannot be read as an outcome sheet.
    """
    with held(root, OUTCOMES, "savedesk outcomes import", WAIT_SECONDS):
        return _import(root, path, today)


def _import(root: Path, path: Path, today: dt.date) -> Imported:
    sections = load_params(root)
    policy, limits = sections[PrioritiseParams.key], sections[IngestParams.key]
    assert isinstance(policy, PrioritiseParams)  # noqa: S101 - for the type checker
    assert isinstance(limits, IngestParams)  # noqa: S101 - for the type checker
    rows = read_sheet(path, limits.max_unpacked_mb)
    source = source_of(root)
    lists = handed_over(root, source)
    if not lists:
        raise MissingInputError(
            "no list is there yet", where=decisions.LIST.path, next_step="run `savedesk prioritise` or `dvc repro`"
        )
    zone = zone_of(root, source)
    rows, merged = from_gateway(rows, policy, zone)
    known = Known(_ids(root), lists, policy, today, zone)
    validated = check_sheet(rows, known)
    refusals = let_act(validated, known, _refusals(root, source, lists))
    until = data_reach(root)
    waiting = sum(outcome.contacted_on > until for outcome in validated.accepted)
    imported = Imported(
        len(rows), validated, complaints_of(validated, known), data_until=until, waiting=waiting, merged=merged
    )
    imported.refusals = warnings_of(refusals, known)
    imported.rejected_file = _write_rejected(root, path, validated)
    by_list: dict[dt.date, list[Outcome]] = {}
    for outcome in validated.accepted:
        by_list.setdefault(list_for(outcome, lists).as_of, []).append(outcome)
    _keep(root, source, by_list, {contact_list.as_of: contact_list for contact_list in lists}, policy, imported)
    return imported


def _refusals(root: Path, source: str, lists: Sequence[HandedOver]) -> dict[str, dt.date]:
    """Return the day of the newest refusal that was imported before, by subscriber."""
    places = [root / FOLDER / source / str(contact_list.as_of) / REPORTED_FILE for contact_list in lists]
    rows = [row for place in places if place.is_file() for row in pq.read_table(place, schema=REPORTED).to_pylist()]
    refused = [row for row in rows if row["outcome"] == ASKED_NOT_TO_CALL]
    return {row["subscriber_id"]: row["contacted_on"] for row in sorted(refused, key=lambda row: row["contacted_on"])}


def _ids(root: Path) -> frozenset[str]:
    path = root / subscribers.TABLE.path
    if not path.is_file():
        raise MissingInputError("not there", where=subscribers.TABLE.path, next_step="run `savedesk ingest`")
    names: list[Any] = pq.read_table(path, columns=["subscriber_id"])["subscriber_id"].to_pylist()
    return frozenset(names)


def _write_rejected(root: Path, path: Path, validated: CheckedSheet) -> str:
    """Write the rejected rows; the same file gives the same name, so that a second import adds none."""
    if not validated.rejected:
        return ""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    place = f"{REJECTED_FOLDER}/{re.sub(r'[^A-Za-z0-9_-]+', '_', path.stem)[:40]}-{digest}.csv"
    target = root / place
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_name(f".{target.name}.tmp")
    frame = pd.DataFrame([as_given(rejected) for rejected in validated.rejected])
    scratch.write_text(to_csv(frame), encoding="utf-8", newline="")
    scratch.replace(target)
    return place


def _keep(
    root: Path,
    source: str,
    by_list: dict[dt.date, list[Outcome]],
    lists: dict[dt.date, HandedOver],
    policy: PrioritiseParams,
    imported: Imported,
) -> None:
    """Write the outcomes of each list that the sheet speaks of, and whom it had drawn, all of them or none."""
    recover(root, "outcomes")
    with scratch_folder(root, "outcomes") as scratch:
        tops = []
        for day, outcomes in sorted(by_list.items()):
            top = f"{FOLDER}/{source}/{day}"
            before = root / top / REPORTED_FILE
            reported = _merged(before, outcomes, imported)
            imported.campaigns[day] = campaign(reported, lists[day], terms_of(policy))
            (scratch / top).mkdir(parents=True)
            _write(reported, REPORTED, scratch / top / REPORTED_FILE)
            _write(lists[day].rows, _schema(DRAWN.columns), scratch / top / DRAWN_FILE)
            tops.append(top)
        exchange(scratch, root, tops)


def _merged(before: Path, outcomes: list[Outcome], imported: Imported) -> pd.DataFrame:
    """Return the outcomes of a list with the new ones; the later import of a subscriber and day is right."""
    old = pq.read_table(before, schema=REPORTED).to_pylist() if before.is_file() else []
    rows = {(row["subscriber_id"], row["contacted_on"]): row for row in old}
    for outcome in outcomes:
        row = {name: getattr(outcome, name) for name in OUTCOME_COLUMNS}
        there = rows.get(outcome.key)
        if there is not None and outcome.by_gateway and _knows_more(there, outcome):
            row = there
        imported.known += there == row
        imported.corrected += there is not None and there != row
        imported.added += there is None
        if there is not None and there["outcome"] == ASKED_NOT_TO_CALL != outcome.outcome and row is not there:
            imported.taken_back.append(outcome.subscriber_id)
        rows[outcome.key] = row
    return pd.DataFrame(list(rows.values()), columns=list(OUTCOME_COLUMNS)).sort_values(KEY, ignore_index=True)


def _knows_more(there: dict[str, Any], outcome: Outcome) -> bool:
    """Return whether what is known of a day stays, whatever a gateway says of it: what an agent wrote, or a refusal."""
    refusal = outcome.outcome == ASKED_NOT_TO_CALL
    by_message = there["outcome"] in (SENT_NO_ANSWER, NOT_REACHED) and (there["channel"] or "") == outcome.channel
    return not refusal and not by_message


def _write(frame: pd.DataFrame, schema: pa.Schema, path: Path) -> None:
    rows: list[Any] = frame.astype(object).where(frame.notna(), None).to_dict("records")
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path, compression="zstd")


def _schema(columns: tuple[Column, ...]) -> pa.Schema:
    return pa.schema([(column.name, ARROW_TYPES[column.dtype]) for column in columns])
