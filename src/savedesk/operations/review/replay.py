"""Recompute one row of the list from the model's files, the features, the tables and the policy.

The stages' own functions are used: the subscriber is scored anew, then stages value and prioritise run on the scores of
that day with this one in its place. What they would write is compared with what was written.
"""

from __future__ import annotations

import math
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from savedesk.engine.duckdb import DuckdbEngine, open_duckdb
from savedesk.errors import MissingInputError, ParamsError
from savedesk.operations.batch_scoring import learned_from
from savedesk.operations.review.kept_lists import FOLDER, HELD_OUT, LISTED
from savedesk.operations.review.runs import Run, runs
from savedesk.params.cohort import CohortParams
from savedesk.params.engine import EngineParams
from savedesk.params.load import load_params
from savedesk.params.section import Section
from savedesk.pipeline.inputs import Inputs
from savedesk.pipeline.runner import stage_module
from savedesk.schemas import decisions, features, model, scores, values
from savedesk.schemas.outcomes import IMPORTED
from savedesk.schemas.table import Contract, Table
from savedesk.stages.score.scoring import FOLD, FOLD_RAW, SEEN, Scoring

WHERE = "list replay"
PARTS = ("as_of", "model", "policy", "data", "row")
SHAPE = re.compile(r"\d{4}-\d{2}-\d{2}(\.[0-9a-f]{8}){4}")
CLOSE = 1e-9  # relative difference up to which two figures are equal: the order of a sum may differ
LISTS = (decisions.LIST, decisions.HOLD_OUT)
NAMES = {"model": "model version", "policy": "section prioritise", "data": "features", "row": "figures of the gain"}
ItemT = TypeVar("ItemT")


@dataclass(frozen=True)
class Difference:
    """A figure that is not what it was: its name, what the list says, what comes out now."""

    name: str
    listed: Any
    now: Any


@dataclass(frozen=True)
class Replayed:
    """What came out.

    Args:
        receipt: of the row.
        table: ``list`` or ``holdout``.
        subscriber_id: whose row it is.
        compared: number of figures that were compared.
        differences: those that differ; parts of the receipt first.
    """

    receipt: str
    table: str
    subscriber_id: str
    compared: int
    differences: list[Difference]


def replayed(root: Path, receipt: str) -> Replayed:
    """Recompute the row with a receipt.

    Raises:
        ParamsError: the text is no receipt, or no row has it.
        MissingInputError: what the row was made from is not there any more.
        ModelSchemaError: the model's files do not fit the features.
    """
    receipt = receipt.strip()
    run, table, row = _row(root, receipt)
    sections = load_params(root)
    engine = sections[EngineParams.key]
    assert isinstance(engine, EngineParams)  # noqa: S101 - for the type checker
    name = str(row["subscriber_id"])
    with open_duckdb(engine) as opened, tempfile.TemporaryDirectory(prefix=".replay-", dir=root / "data") as scratch:
        again = _Again(run, sections, opened, Path(scratch))
        now = again.row(name)
    columns = [column for column in table.columns if column.name != "receipt"]
    differences = _parts(receipt, str(now.get("receipt") or ""))
    differences += [
        Difference(column.name, row[column.name], now[column.name])
        for column in columns
        if column.name in now and not _equal(row[column.name], now[column.name])
    ]
    if now["decision"] != ("contact" if table is decisions.LIST else "hold_out"):
        differences.insert(0, Difference("decision", table.name, f"{now['decision']}: {now['why']}"))
    return Replayed(receipt, table.name, name, len(columns) + len(PARTS) - 1, differences)


def _row(root: Path, receipt: str) -> tuple[Run, Table, Mapping[str, Any]]:
    if not SHAPE.fullmatch(receipt):
        raise ParamsError(
            f"{receipt!r} is no receipt",
            where=WHERE,
            allowed=f"{'.'.join(f'<{part}>' for part in PARTS)}, as in column receipt of list.csv",
            next_step="copy it whole; `savedesk list show SUBSCRIBER_ID` ends with it",
        )
    lists = [run for run in runs(root) if run.newest]
    for run in reversed(lists):
        for table in LISTS:
            rows = pq.read_table(run.path(table), filters=[("receipt", "=", receipt)]).to_pylist()
            if rows:
                return run, table, rows[0]
    _refuse_kept_only(root, receipt)
    raise ParamsError(
        "no row has this receipt",
        where=WHERE,
        allowed="rows of " + " and ".join(run.shown for run in lists) if lists else "",
        next_step="a later run has replaced its list; look the subscriber up with `savedesk list show SUBSCRIBER_ID`",
    )


def _refuse_kept_only(root: Path, receipt: str) -> None:
    """Refuse a row whose list was kept while all that it was made from has given way to a later run.

    Raises:
        MissingInputError: it is such a row.
    """
    day = receipt.partition(".")[0]
    for folder in sorted((root / FOLDER).glob(f"*/{day}")):
        for name in (LISTED, HELD_OUT):
            kept = folder / name
            if kept.is_file() and pq.read_table(kept, filters=[("receipt", "=", receipt)]).num_rows:
                raise MissingInputError(
                    f"the scores and options of {day} have given way to a later run",
                    where=str(kept.relative_to(root)),
                    next_step=f"run `savedesk score --as-of {day} --list` with the model of that list, then again",
                )


class _Again:
    """The stages once more, on one day and for one subscriber where that is enough."""

    def __init__(self, run: Run, sections: Mapping[str, Section], engine: DuckdbEngine, scratch: Path) -> None:
        self._run, self._sections, self._engine, self._scratch = run, sections, engine, scratch
        self._made: dict[str, Path] = {}

    def row(self, name: str) -> dict[str, Any]:
        """Return scores, value and decision of a subscriber, and all columns of the list where there is such a row."""
        day = self._run.rows(scores.TABLE).drop(columns="as_of")
        fresh = self._score(name)
        others = day[day["subscriber_id"] != name]
        self._keep(scores.TABLE, pd.concat([others, fresh.drop(columns="as_of")]).assign(as_of=self._run.as_of))
        worth = self._stage("value")[values.TABLE.name]
        self._keep(values.TABLE, worth)
        outputs = self._stage("prioritise")
        decided = _of(fresh, name) | _of(worth, name) | _of(outputs[decisions.TABLE.name], name)
        listed = [row for table in LISTS if (row := _of(outputs[table.name], name))]
        return decided | (listed[0] if listed else {})

    def _score(self, name: str) -> pd.DataFrame:
        """Return the subscriber's scores by the stored model, or by the fold that had not seen the row."""
        run = self._run
        texts = [run.path(file).read_text(encoding="utf-8") for file in (model.BOOSTER, model.TYPES, model.SURVIVAL)]
        described = Inputs(run.folder, self._engine, (model.SCHEMA,), {}, _Silent()).json(model.SCHEMA)
        windows = self._sections[CohortParams.key]
        assert isinstance(windows, CohortParams)  # noqa: S101 - for the type checker
        rows = self._features(name)
        before = run.rows(scores.TABLE, name)
        role, kept_out = str(before["role"].iloc[0]), bool(before["out_of_fold"].iloc[0])
        said = self._fold(name) if kept_out else (math.nan, math.nan)
        seen = role == "train" and not kept_out
        rows = rows.assign(role=role, **{SEEN: seen, FOLD: said[0], FOLD_RAW: said[1]})
        return Scoring((texts[0], texts[1], texts[2], described), windows)(rows)

    def _fold(self, name: str) -> tuple[float, float]:
        """Return what the fold that had not seen the row said, where there was one: `score --as-of` reads it, too."""
        run = self._run
        if not (run.folder / model.OUT_OF_FOLD.path).exists():
            run = Run(run.root, run.root, run.as_of, run.newest)
        fold = run.rows(model.OUT_OF_FOLD, name)
        return (
            (float(fold["churn_probability"].iloc[0]), float(fold["raw_score"].iloc[0]))
            if len(fold)
            else (math.nan, math.nan)
        )

    def _features(self, name: str) -> pd.DataFrame:
        path = self._run.path(features.TABLE)
        rows = self._engine.read(features.TABLE, path)
        own = rows.filter((rows.subscriber_id == name) & (rows.as_of.cast("string") == str(self._run.as_of)))
        frame: pd.DataFrame = own.to_pandas()
        if not len(frame):
            raise MissingInputError(
                f"no features of {name} at {self._run.as_of}",
                where=features.TABLE.path,
                next_step="run `savedesk features`, which computes them anew",
            )
        return frame

    def _stage(self, name: str) -> dict[str, Any]:
        """Return what a stage makes of this day."""
        stage = stage_module(name)
        paths = {contract.name: self._path(contract) for contract in stage.READS if contract is not IMPORTED}
        paths[IMPORTED.name] = self._run.folder / decisions.REPORTED.path  # what was reported later was not seen
        if name == "prioritise" and self._run.folder != self._run.root:
            paths |= learned_from(self._run.root)
        declared = {kind.key: self._sections[kind.key] for kind in stage.SECTIONS if kind.key in self._sections}
        return stage.run(Inputs(self._run.folder, self._engine, stage.READS, declared, _Silent(), (), paths))

    def _path(self, contract: Contract) -> Path:
        return self._made.get(contract.name) or self._run.path(contract)

    def _keep(self, table: Table, rows: pd.DataFrame) -> None:
        path = self._scratch / f"{table.name}.parquet"
        pq.write_table(pa.Table.from_pandas(rows[list(table.column_names)], preserve_index=False), path)
        self._made[table.name] = path


def _of(rows: pd.DataFrame, name: str) -> dict[str, Any]:
    own = rows[rows["subscriber_id"] == name].to_dict("records")
    return {str(key): value for key, value in own[0].items()} if own else {}


def _parts(listed: str, now: str) -> list[Difference]:
    """Return the parts of the receipt that differ, in words."""
    both = zip(PARTS, listed.split("."), now.split(".") if now else [None] * len(PARTS), strict=True)
    return [Difference(NAMES[part], old, new) for part, old, new in both if part in NAMES and new not in (None, old)]


def _equal(listed: Any, now: Any) -> bool:
    if listed is None or now is None or pd.isna(listed) or pd.isna(now):
        return (listed is None or pd.isna(listed)) and (now is None or pd.isna(now))
    if isinstance(listed, float):
        return math.isclose(listed, float(now), rel_tol=CLOSE, abs_tol=CLOSE)
    return str(listed) == str(now)


class _Silent:
    """A progress display that shows nothing."""

    def track(self, items: Iterable[ItemT], label: str, total: int) -> Iterator[ItemT]:  # noqa: ARG002
        """Yield the items."""
        return iter(items)
