"""The lists of every day, kept beside the pipeline, so that the next one can be compared with them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from savedesk.operations.review.runs import SUBSCRIBER, Run, runs
from savedesk.pipeline.runner import exchange, recover, scratch_folder
from savedesk.schemas import decisions, scores, values
from savedesk.schemas.outcomes import FOLDER as OUTCOMES
from savedesk.schemas.outcomes import REPORTED_FILE

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

    DVC does not know of it: a list that was handed over stays what it was, whatever is run again. Of a former list of
    the same day those stay who were contacted from it, before the others, and their hold-out beside that of the new
    one: together they are what the desk was given, and what outcomes are compared with.
    """
    run = next(run for run in reversed(runs(root)) if run.newest and run.folder == folder)
    top = f"{FOLDER}/{run.source}/{run.as_of}"
    recover(root, "lists")
    with scratch_folder(root, "lists") as scratch:
        into = scratch / top
        into.mkdir(parents=True)
        standing(run).to_parquet(into / STANDING, index=False, compression="zstd")
        for table, name in ((decisions.LIST, LISTED), (decisions.HOLD_OUT, HELD_OUT)):
            (into / name).write_bytes(run.path(table).read_bytes())
        _carry_over(root / top, root / OUTCOMES / run.source / str(run.as_of) / REPORTED_FILE, into)
        exchange(scratch, root, [top])


def _carry_over(former: Path, reported: Path, into: Path) -> None:
    """Add to a list those of a former one of its day of whom an outcome is there, at the head of it."""
    if not (reported.is_file() and (former / LISTED).is_file()):
        return
    contacted = pq.read_table(reported, columns=[SUBSCRIBER])[SUBSCRIBER].to_pylist()
    old, new = (read_kept(folder, LISTED) for folder in (former, into))
    stay = old[old[SUBSCRIBER].isin(contacted) & ~old[SUBSCRIBER].isin(new[SUBSCRIBER])].sort_values("rank")
    if stay.empty:
        return
    stay, new = stay.assign(rank=range(1, len(stay) + 1)), new.assign(rank=new["rank"] + len(stay))
    _write_as(pd.concat([stay, new], ignore_index=True), into / LISTED)
    held, more = (read_kept(folder, HELD_OUT) for folder in (into, former))
    more = more[~more[SUBSCRIBER].isin(held[SUBSCRIBER])]
    _write_as(pd.concat([held, more], ignore_index=True), into / HELD_OUT)


def _write_as(rows: pd.DataFrame, path: Path) -> None:
    """Write rows in the place of a table, with its columns and types."""
    schema = pq.read_schema(path).remove_metadata()
    pq.write_table(pa.Table.from_pandas(rows, schema=schema, preserve_index=False), path, compression="zstd")


def kept_lists(root: Path, source: str) -> dict[dt.date, Path]:
    """Return the folders of the kept lists of a source by their day, oldest first."""
    folders = {}
    for path in sorted((root / FOLDER / source).glob(f"*/{STANDING}")):
        try:
            folders[dt.date.fromisoformat(path.parent.name)] = path.parent
        except ValueError:  # not one of ours
            continue
    return folders


def read_kept(folder: Path, name: str = STANDING) -> pd.DataFrame:
    """Return a table of a kept list."""
    frame: pd.DataFrame = pq.read_table(folder / name).to_pandas()
    return frame
