"""Import an outcome sheet: what is accepted is kept by list and becomes contacts; what is not goes to a file."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from savedesk.contracts import contacts, decisions, subscribers
from savedesk.contracts.outcomes import CONTACTS_FILE, FOLDER, OUTCOME_COLUMNS, REPORTED_FILE
from savedesk.contracts.table import Column
from savedesk.desk.outcome_contacts import Campaign, campaign
from savedesk.desk.outcome_lists import HandedOver, handed_over, list_of
from savedesk.desk.outcome_rules import Known, Outcome, SiftedSheet, as_given, complaints_of, sift_sheet
from savedesk.desk.outcome_sheet import read_sheet
from savedesk.desk.runs import data_reach, source_of
from savedesk.engine.base import ARROW_TYPES
from savedesk.errors import MissingInputError
from savedesk.params.load import load_params
from savedesk.params.prioritise import PrioritiseParams
from savedesk.prioritise.spreadsheet import to_csv
from savedesk.runner import exchange, recover, scratch_folder

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
        sifted: accepted, rejected, and still to be filled in.
        complaints: one line for each kind of mistake.
        added: outcomes that are new.
        corrected: outcomes that say something else than before.
        known: outcomes that had been imported already.
        data_until: last day of the project's tables.
        waiting: accepted outcomes of later days, which count once newer tables are there.
        rejected_file: where the rejected rows are; empty where there are none.
        campaigns: what each list's outcomes make now, by its day.
    """

    rows: int
    sifted: SiftedSheet
    complaints: list[str]
    added: int = 0
    corrected: int = 0
    known: int = 0
    data_until: dt.date = dt.date.max
    waiting: int = 0
    rejected_file: str = ""
    campaigns: dict[dt.date, Campaign] = field(default_factory=dict)


def import_outcomes(root: Path, path: Path, today: dt.date) -> Imported:
    """Read, sift and keep an outcome sheet. Importing it once more changes nothing.

    Args:
        root: project folder.
        path: csv or xlsx file.
        today: the day after which nobody can have been contacted.

    Raises:
        MissingInputError: no such file, no subscribers yet, or no list that anything could be the outcome of.
        DataContractError: the file cannot be read as an outcome sheet.
    """
    rows = read_sheet(path)
    source = source_of(root)
    policy = load_params(root)[PrioritiseParams.key]
    assert isinstance(policy, PrioritiseParams)  # noqa: S101 - for the type checker
    lists = handed_over(root, source)
    if not lists:
        raise MissingInputError(
            "no list is there yet", where=decisions.LIST.path, next_step="run `savedesk prioritise` or `dvc repro`"
        )
    known = Known(_ids(root), lists, policy, today)
    sifted = sift_sheet(rows, known)
    until = data_reach(root)
    waiting = sum(one.contacted_on > until for one in sifted.accepted)
    made = Imported(len(rows), sifted, complaints_of(sifted, known), data_until=until, waiting=waiting)
    made.rejected_file = _write_rejected(root, path, sifted)
    by_list: dict[dt.date, list[Outcome]] = {}
    for one in sifted.accepted:
        on = list_of(one.contacted_on, lists)
        assert on is not None  # noqa: S101 - a rule
        by_list.setdefault(on.as_of, []).append(one)
    _keep(root, source, by_list, {one.as_of: one for one in lists}, policy, made)
    return made


def _ids(root: Path) -> frozenset[str]:
    path = root / subscribers.TABLE.path
    if not path.is_file():
        raise MissingInputError("not there", where=subscribers.TABLE.path, next_step="run `savedesk ingest`")
    names: list[Any] = pq.read_table(path, columns=["subscriber_id"])["subscriber_id"].to_pylist()
    return frozenset(names)


def _write_rejected(root: Path, path: Path, sifted: SiftedSheet) -> str:
    """Write the rejected rows; the same file gives the same name, so that a second import adds none."""
    if not sifted.rejected:
        return ""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    place = f"{REJECTED_FOLDER}/{re.sub(r'[^A-Za-z0-9_-]+', '_', path.stem)[:40]}-{digest}.csv"
    target = root / place
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_name(f".{target.name}.tmp")
    frame = pd.DataFrame([as_given(one) for one in sifted.rejected])
    scratch.write_text(to_csv(frame), encoding="utf-8", newline="")
    scratch.replace(target)
    return place


def _keep(
    root: Path,
    source: str,
    by_list: dict[dt.date, list[Outcome]],
    lists: dict[dt.date, HandedOver],
    policy: PrioritiseParams,
    made: Imported,
) -> None:
    """Write outcomes and contacts of each list that the sheet speaks of, all of them or none."""
    recover(root, "outcomes")
    with scratch_folder(root, "outcomes") as scratch:
        tops = []
        for day, told in sorted(by_list.items()):
            top = f"{FOLDER}/{source}/{day}"
            before = root / top / REPORTED_FILE
            reported = _merged(before, told, made)
            found = campaign(reported, lists[day], policy)
            made.campaigns[day] = found
            (scratch / top).mkdir(parents=True)
            _write(reported, REPORTED, scratch / top / REPORTED_FILE)
            _write(found.contacts, _schema(contacts.TABLE.columns), scratch / top / CONTACTS_FILE)
            tops.append(top)
        exchange(scratch, root, tops)


def _merged(before: Path, told: list[Outcome], made: Imported) -> pd.DataFrame:
    """Return the outcomes of a list with the new ones; the later import of a subscriber and day is right."""
    old = pq.read_table(before, schema=REPORTED).to_pylist() if before.is_file() else []
    rows = {(row["subscriber_id"], row["contacted_on"]): row for row in old}
    for one in told:
        row = {name: getattr(one, name) for name in OUTCOME_COLUMNS}
        there = rows.get(one.key)
        made.known += there == row
        made.corrected += there is not None and there != row
        made.added += there is None
        rows[one.key] = row
    return pd.DataFrame(list(rows.values()), columns=list(OUTCOME_COLUMNS)).sort_values(KEY, ignore_index=True)


def _write(frame: pd.DataFrame, schema: pa.Schema, path: Path) -> None:
    rows: list[Any] = frame.astype(object).where(frame.notna(), None).to_dict("records")
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path, compression="zstd")


def _schema(columns: tuple[Column, ...]) -> pa.Schema:
    return pa.schema([(column.name, ARROW_TYPES[column.dtype]) for column in columns])
