"""Where the decisions of a day lie: in the project itself, or below data/scored."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from savedesk.engine.damaged_file import DAMAGED_FILE
from savedesk.engine.parts import folders_of
from savedesk.errors import DataContractError, MissingInputError, ParamsError
from savedesk.schemas import decisions, model, source_facts
from savedesk.schemas.table import Contract, Table

SCORED = "data/scored"
SUBSCRIBER, AS_OF = "subscriber_id", "as_of"


@dataclass(frozen=True)
class Run:
    """The decisions of one day.

    Args:
        root: project folder, in which the tables of ingest lie.
        folder: the project folder, or one below ``data/scored``, in which all else lies.
        as_of: day of the decision.
        newest: whether the run made its list for that day; other days are its backtest.
    """

    root: Path
    folder: Path
    as_of: dt.date
    newest: bool

    def path(self, contract: Contract) -> Path:
        """Return where a table or file lies.

        Raises:
            MissingInputError: it is not there.
        """
        path = (self.root if contract.stage == "ingest" else self.folder) / contract.path
        if not path.exists():
            place = path.relative_to(self.root)
            raise MissingInputError(
                "not there", where=str(place), next_step=f"run `savedesk {contract.stage}` or `dvc repro`"
            )
        return path

    def rows(self, contract: Table, subscriber_id: str = "") -> pd.DataFrame:
        """Return the rows of a table at this as_of, of one subscriber where one is named."""
        wanted: list[Any] = []
        if AS_OF in contract.column_names:
            wanted.append((AS_OF, "=", self.as_of))
        if subscriber_id:
            wanted.append((SUBSCRIBER, "=", subscriber_id))
        columns = None if contract.open_columns else list(contract.column_names)
        frame: pd.DataFrame = _read(self.root, self.path(contract), contract, columns, wanted).to_pandas()
        return frame

    @property
    def source(self) -> str:
        """Name of the source that the decisions are of."""
        return str(json.loads(self.path(model.SCHEMA).read_text(encoding="utf-8"))["source"])

    @property
    def shown(self) -> str:
        """How messages name it."""
        return str(self.folder.relative_to(self.root) / "data" / "prioritise")


def made_with(run: Run) -> str:
    """Return the shortened hash of the policy that a list was made with; empty where it has no row, or was not kept."""
    if not run.newest:
        return ""
    for table in (decisions.LIST, decisions.HOLD_OUT):
        first = _read(run.root, run.path(table), table, ["receipt"])["receipt"].slice(0, 1).to_pylist()
        if first:
            return "".join(str(first[0]).split(".")[2:3])
    return ""


def _read(
    root: Path, path: Path, contract: Table, columns: list[str] | None, wanted: list[Any] | None = None
) -> pa.Table:
    try:
        return pq.read_table(path, columns=columns, filters=wanted or None, partitioning=folders_of(contract))
    except (*DAMAGED_FILE, OSError) as error:
        raise DataContractError(
            "damaged, or written by another version of Savedesk",
            where=str(path.relative_to(root)),
            next_step=f"run `savedesk {contract.stage}` again",
        ) from error


def runs(root: Path) -> list[Run]:
    """Return the decisions that lie in a project, newest last; those of the pipeline after those of ``data/scored``."""
    all_runs = [run for folder in [*sorted((root / SCORED).glob("*")), root] for run in _of(root, folder)]
    return sorted(all_runs, key=lambda run: (run.as_of, run.newest))


def _of(root: Path, folder: Path) -> Iterator[Run]:
    path = folder / decisions.TABLE.path
    if path.is_file():
        dates: Any = _read(root, path, decisions.TABLE, [AS_OF])[AS_OF]
        days: list[dt.date] = sorted(dates.unique().to_pylist())
        yield from (Run(root, folder, day, day == days[-1]) for day in days)


def find_run(root: Path, as_of: str, where: str) -> Run:
    """Return the decisions of a day; the newest where none is named.

    Raises:
        MissingInputError: there are none yet.
        ParamsError: no day, or none of that day.
    """
    known = runs(root)
    if not known:
        raise MissingInputError(
            "not there", where=decisions.TABLE.path, next_step="run `savedesk prioritise` or `dvc repro`"
        )
    if not as_of:
        return known[-1]
    day = parsed_day(as_of, where)
    there = [run for run in known if run.as_of == day]
    if not there:
        raise ParamsError(
            f"no decisions of {day}",
            where=where,
            allowed=", ".join(sorted({str(run.as_of) for run in known})),
            next_step=f"choose one of them, or run `savedesk score --as-of {day} --list`",
        )
    return there[-1]


def parsed_day(text: str, where: str) -> dt.date:
    """Return a day.

    Raises:
        ParamsError: the text is none.
    """
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ParamsError(f"{text!r} is no date", where=where, allowed="a day such as 2026-01-01") from error


def source_of(root: Path) -> str:
    """Return the name of the source whose tables the project holds.

    Raises:
        MissingInputError: ingest has not run.
    """
    return str(facts_of(root)["name"])


def data_reach(root: Path) -> dt.date:
    """Return the day on which the project's tables were extracted: no fact of a later day is in them.

    Raises:
        MissingInputError: ingest has not run.
    """
    return dt.date.fromisoformat(str(facts_of(root)["extracted_on"]))


def facts_of(root: Path) -> dict[str, Any]:
    """Return what ingest says of the source.

    Raises:
        MissingInputError: ingest has not run.
    """
    path = root / source_facts.FILE.path
    if not path.is_file():
        raise MissingInputError("not there", where=source_facts.FILE.path, next_step="run `savedesk ingest`")
    facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return facts
