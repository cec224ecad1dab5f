"""The lists of every day, kept beside the pipeline, so that the next one can be compared with them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from savedesk.contracts import decisions, scores, values
from savedesk.desk.runs import SUBSCRIBER, Run, runs
from savedesk.runner import exchange, recover, scratch_folder

FOLDER = "data/lists"
STANDING, LISTED, HELD_OUT = "standing.parquet", "list.parquet", "holdout.parquet"
COLUMNS = {
    decisions.TABLE: ("decision", "why", "rank", "action", "channel", "save_rate", "expected_gain"),
    scores.TABLE: ("churn_probability",),
    values.TABLE: ("remaining_value", "value_at_risk", "tier"),
}


def standing(run: Run) -> pd.DataFrame:
    """Return how every scored subscriber stood on a day: decision, rank and the figures behind them, by subscriber."""
    parts = [run.rows(table)[[SUBSCRIBER, *names]].set_index(SUBSCRIBER) for table, names in COLUMNS.items()]
    return pd.concat(parts, axis=1, join="inner").sort_index().reset_index()


def keep_newest(root: Path, folder: Path) -> None:
    """Keep the list that lies in a folder as ``data/lists/<source>/<as_of>``; one of the same day gives way.

    DVC does not know of it: a list that was handed over stays what it was, whatever is run again.
    """
    run = next(one for one in reversed(runs(root)) if one.newest and one.folder == folder)
    top = f"{FOLDER}/{run.source}/{run.as_of}"
    recover(root, "lists")
    with scratch_folder(root, "lists") as scratch:
        into = scratch / top
        into.mkdir(parents=True)
        standing(run).to_parquet(into / STANDING, index=False, compression="zstd")
        for table, name in ((decisions.LIST, LISTED), (decisions.HOLD_OUT, HELD_OUT)):
            (into / name).write_bytes(run.path(table).read_bytes())
        exchange(scratch, root, [top])


def kept_lists(root: Path, source: str) -> dict[dt.date, Path]:
    """Return the folders of the kept lists of a source by their day, oldest first."""
    found = {}
    for path in sorted((root / FOLDER / source).glob(f"*/{STANDING}")):
        try:
            found[dt.date.fromisoformat(path.parent.name)] = path.parent
        except ValueError:  # not one of ours
            continue
    return found


def read_kept(folder: Path, name: str = STANDING) -> pd.DataFrame:
    """Return a table of a kept list."""
    frame: pd.DataFrame = pq.read_table(folder / name).to_pandas()
    return frame
