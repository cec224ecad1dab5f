"""A simulated operator in memory, for tests that look at its tables or live through its months."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds

from savedesk.params.load import overlay
from savedesk.params.simulator import SimulatorParams
from savedesk.simulator import simulate
from savedesk.simulator.calendar import first_day, month_number
from tests.project import shipped_simulator

BOOK = "a.parquet"
FIXED = {"first_month": dt.date(2024, 1, 1), "months": 18, "seed": 7}


def section(**changes: Any) -> SimulatorParams:
    """Return the section ``simulator`` of the repository, 18 months of it, with changes as nested mappings."""
    return SimulatorParams.model_validate(overlay(shipped_simulator(), FIXED | changes))


def operator(**changes: Any) -> dict[str, pa.Table]:
    """Return every table of an operator, its parts one after the other."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        list(simulate(section(**changes), folder))
        return {path.name: plain(ds.dataset(path).to_table()) for path in sorted(folder.iterdir())}


def plain(table: pa.Table) -> pa.Table:
    """Return the table with texts in place of coded texts."""
    fields = [
        pa.field(field.name, field.type.value_type) if pa.types.is_dictionary(field.type) else field
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))


def frames_of(tables: dict[str, pa.Table]) -> dict[str, pd.DataFrame]:
    """Return the tables as frames whose dates are timestamps."""
    return {name: _dated(table) for name, table in tables.items()}


def _dated(table: pa.Table) -> pd.DataFrame:
    frame = table.to_pandas()
    for field in table.schema:
        if pa.types.is_date(field.type):
            frame[field.name] = pd.to_datetime(frame[field.name])
    return frame


def outcomes(
    folder: Path, params: SimulatorParams, asleep: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return whether lines 1, 2, ... churned in the window after the first written month began, and if they reached it.

    Slow and obvious, from the books of three months alone: a line leaves when it is cancelled, when a suspension has
    lasted, or when it has not been used for two months.

    Args:
        folder: what the ledger has saved.
        params: section ``simulator``.
        asleep: months that each line had been silent at the beginning.
    """
    count, month = len(asleep), month_number(params.first_month)
    as_of = pd.Timestamp(params.first_month)
    exits = np.full(count, np.inf)
    changes = read(folder, "status_changes").sort_values(["number", "changed_on"], kind="stable")
    last = changes.groupby("number").tail(1)
    days = (last["changed_on"] - as_of).dt.days
    days = days + np.where(last["status"] == "suspended_arrears", params.truth.arrears_days, 0)
    gone = last["status"] != "active"
    exits[last.loc[gone, "number"] - 1] = days[gone]
    use = read(folder, "usage")
    used = use[(use["voice_min"] + use["data_mb"] + use["sms"] + use["broadband_gb"]) > 0]
    steps = used.assign(step=(used["month"] - as_of).dt.days // 28).groupby("number")["step"].agg(set)
    before = first_day(month) - first_day(month - 1)
    for number in range(1, count + 1):
        seen = steps.get(number, set())
        if asleep[number - 1] == 1 and 0 not in seen:
            exits[number - 1] = min(exits[number - 1], params.truth.dormant_days - before)
        elif 0 not in seen and 1 not in seen:
            exits[number - 1] = min(exits[number - 1], params.truth.dormant_days)
    start = params.truth.lead_days
    end = start + params.truth.outcome_days
    return (exits >= start) & (exits < end), exits >= start


def read(folder: Path, table: str) -> pd.DataFrame:
    """Return one table of the books, with the number of each row's line."""
    frame = pd.read_parquet(folder / table / BOOK)
    frame["number"] = frame["subscriber_id"].astype(str).str[1:].astype(int)
    for name in ("changed_on", "month"):
        if name in frame:
            frame[name] = pd.to_datetime(frame[name])
    return frame
