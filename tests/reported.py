"""Outcomes as `savedesk outcomes import` leaves them, for tests that begin where they were imported."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from savedesk.schemas.outcomes import DRAWN, DRAWN_FILE, FOLDER, OUTCOME_COLUMNS, REPORTED_FILE
from savedesk.schemas.table import Column, Table
from tests.tables import Rows, rows_of, table

REPORTED = Table(
    "reported",
    "outcomes",
    "outcome",
    ("subscriber_id", "contacted_on"),
    tuple(
        Column(name, "date" if name == "contacted_on" else "string", "as reported", nullable=name != "subscriber_id")
        for name in OUTCOME_COLUMNS
    ),
)


def report(root: Path, day: str, reported: str | Rows, drawn: str | Rows = (), source: str = "mine") -> Path:
    """Leave outcomes of the list of a day, and whom it had drawn; return their folder."""
    folder = root / FOLDER / source / day
    folder.mkdir(parents=True, exist_ok=True)
    for contract, given, name in ((REPORTED, reported, REPORTED_FILE), (DRAWN, drawn, DRAWN_FILE)):
        rows = rows_of(contract, given) if isinstance(given, str) else list(given)
        pq.write_table(table(contract, rows), folder / name)
    return folder
