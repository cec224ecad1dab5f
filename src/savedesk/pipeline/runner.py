"""Run one stage: read by contract, run, check, write whole. The only place where stages touch the disk."""

from __future__ import annotations

import fcntl
import importlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pandas as pd
import pyarrow as pa

from savedesk.engine.base import Engine
from savedesk.engine.check import require
from savedesk.engine.choose import open_engine
from savedesk.errors import MissingInputError
from savedesk.params.engine import EngineParams
from savedesk.params.section import Section
from savedesk.pipeline.dvc_state import keep_lock
from savedesk.pipeline.inputs import Inputs, Progress
from savedesk.schemas.table import Contract, File, Table

METRICS, WARNINGS, NOTES, CLOSING = "metrics", "warnings", "notes", "closing"
FINISHED = "finished.json"


class StageModule(Protocol):
    """What a stage's ``stage`` module offers."""

    READS: Sequence[Contract]
    WRITES: Sequence[Contract]
    SECTIONS: Sequence[type[Section]]

    def run(self, inputs: Inputs) -> dict[str, Any]:
        """Return an output for each name in ``WRITES``, and ``metrics``: a flat mapping of figures.

        There may be ``warnings``, too: lines that the user should read although the stage has done its work; and
        ``notes``: lines that are no part of the result; and ``closing``: lines of a table that ends the summary.
        """


@dataclass(frozen=True)
class Written:
    """What a stage left behind: location below the root, and rows where it is a table."""

    path: str
    rows: int | None


@dataclass(frozen=True)
class Summary:
    """What a stage did, in how many seconds, and what the user should know about it."""

    stage: str
    seconds: float
    written: tuple[Written, ...]
    metrics: Mapping[str, Any]
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()


def stage_module(name: str) -> StageModule:
    """Import a stage, and only that stage."""
    module: StageModule = importlib.import_module(f"savedesk.stages.{name}.stage")
    return module


def run_stage(
    name: str,
    root: Path,
    sections: Mapping[str, Section],
    progress: Progress,
    paths: Mapping[str, Path] | None = None,
) -> Summary:
    """Run a stage in a project folder. Its outputs appear together, or the old ones stay.

    Args:
        name: of the stage.
        root: project folder.
        sections: of params.yaml.
        progress: progress display.
        paths: where it finds what it reads, and what its last run wrote, if not in the project folder.

    Raises:
        SavedeskError: whatever the stage found wrong.
    """
    started = time.perf_counter()
    stage = stage_module(name)
    engine_params = sections[EngineParams.key]
    assert isinstance(engine_params, EngineParams)  # noqa: S101 - for the type checker
    declared = {kind.key: sections[kind.key] for kind in stage.SECTIONS if kind.key in sections}
    refuse_in_the_way(root, _tops(name, stage.WRITES))
    recover(root, name)
    keep_lock(root)
    with open_engine(engine_params, name) as engine:
        inputs = Inputs(root, engine, stage.READS, declared, progress, stage.WRITES, paths or {})
        outputs = stage.run(inputs)
        written = _write_all(name, stage.WRITES, outputs, engine, root)
    metrics = outputs.get(METRICS, {})
    seconds = time.perf_counter() - started
    warnings, notes, closing = (tuple(outputs.get(kind, ())) for kind in (WARNINGS, NOTES, CLOSING))
    return Summary(name, seconds, tuple(written), metrics, warnings, notes, closing)


def _write_all(
    name: str, contracts: Sequence[Contract], outputs: Mapping[str, Any], engine: Engine, root: Path
) -> list[Written]:
    with scratch_folder(root, name) as staging:
        written = [_write(contract, outputs[contract.name], engine, staging) for contract in contracts]
        metrics_path = staging / "metrics" / f"{name}.json"
        metrics_path.parent.mkdir(parents=True)
        metrics_path.write_text(json.dumps(outputs.get(METRICS, {}), indent=2, sort_keys=True, allow_nan=False) + "\n")
        exchange(staging, root, _tops(name, contracts))
    return [*written, Written(f"metrics/{name}.json", None)]


def _tops(name: str, contracts: Sequence[Contract]) -> list[str]:
    """Return what is exchanged whole: the stage's data folder, folders of its files elsewhere, its metrics file."""
    folders = {str(Path(contract.path).parent) for contract in contracts if not contract.path.startswith("data/")}
    owned = {f"data/{name}"} if any(contract.path.startswith("data/") for contract in contracts) else set()
    return [*sorted(owned | folders), f"metrics/{name}.json"]


def refuse_in_the_way(root: Path, tops: Iterable[str]) -> None:
    """Refuse a file where outputs need a folder, or a folder where they need a file, before any work is done.

    Raises:
        MissingInputError: the first one found.
    """
    for top in tops:
        path = Path(top)
        folders = [Path("data"), *reversed(path.parents[:-1]), *([] if path.suffix else [path])]
        for folder in folders:
            if os.path.lexists(root / folder) and not (root / folder).is_dir():
                raise _in_the_way(folder, "not a folder", "a folder")
        if path.suffix and (root / path).is_dir():
            raise _in_the_way(path, "a folder", "a file")


def _in_the_way(path: Path, present: str, needed: str) -> MissingInputError:
    return MissingInputError(
        f"{present}, but outputs go there",
        where=str(path),
        allowed=f"{needed}, or nothing yet",
        next_step="move it away, then run the stage again",
    )


def _write(contract: Contract, output: Any, engine: Engine, staging: Path) -> Written:
    path = staging / contract.path
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(contract, File):
        _write_file(output, path)
        return Written(contract.path, None)
    return Written(contract.path, _write_table(contract, output, engine, path))


def _write_file(output: Any, path: Path) -> None:
    if isinstance(output, Mapping) and path.suffix == ".json":
        path.write_text(json.dumps(output, indent=2, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    elif isinstance(output, Mapping):
        path.mkdir()
        for name, content in output.items():
            _write_file(content, path / name)
    elif isinstance(output, bytes):
        path.write_bytes(output)
    else:
        path.write_text(output, encoding="utf-8", newline="")


def _write_table(contract: Table, output: Any, engine: Engine, path: Path) -> int:
    if contract.partition_by:
        return sum(_write_partition(contract, value, table, engine, path) for value, table in output)
    rows = engine.write(_typed(contract, output, engine), contract, path)
    require(engine.read(contract, path), contract, engine)
    return rows


def _write_partition(contract: Table, value: Any, table: Any, engine: Engine, path: Path) -> int:
    part = path / contract.part_name(value)
    part.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(table, Path):  # one of the last run that still holds
        shutil.copytree(table, part) if table.is_dir() else shutil.copy2(table, part)
        return int(engine.read(contract, part).count().execute())
    rows = engine.write(_typed(contract, table, engine), contract, part)
    require(engine.read(contract, part), contract, engine)
    return rows


def _typed(contract: Table, output: Any, engine: Engine) -> Any:
    """Return the output as an expression whose declared columns have the contract's names, order and types."""
    table = output
    if isinstance(output, pd.DataFrame):
        table = engine.taken(pa.Table.from_pandas(_plain(contract, output), preserve_index=False))
    elif isinstance(output, pa.Table):
        table = engine.taken(output)
    missing = [name for name in contract.column_names if name not in table.columns]
    if missing:
        message = f"stage {contract.stage} did not give {contract.name} the column {missing[0]!r}"
        raise KeyError(message)
    extra = [name for name in table.columns if name not in contract.column_names] if contract.open_columns else []
    casts = {column.name: _cast(table[column.name], column.dtype) for column in contract.columns}
    return table.select(**casts, **{name: table[name] for name in extra})


def _cast(value: Any, dtype: str) -> Any:
    """Cast a column. A date is cast twice: Ibis takes date + interval for a date, and DuckDB makes it a timestamp."""
    return value.cast("timestamp").cast("date") if dtype == "date" else value.cast(dtype)


def _plain(contract: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Give columns without any value the contract's type: pandas cannot know it."""
    empty = [c.name for c in contract.columns if c.name in frame and frame[c.name].isna().all()]
    kinds: dict[str, Any] = {"string": "string", "int64": "Int64", "float64": "float64", "boolean": "boolean"}
    for name in empty:
        kind = contract.column(name).dtype
        frame = frame.assign(
            **{
                name: pd.Series(pd.NaT, index=frame.index, dtype="datetime64[s]")
                if kind == "date"
                else frame[name].astype(kinds[kind])
            }
        )
    return frame


@contextmanager
def scratch_folder(root: Path, name: str) -> Iterator[Path]:
    """Yield a hidden folder below ``root / "data"`` that is removed afterwards. Its lock says that its run is alive."""
    with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=_folder(root / "data")) as folder:
        held = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield Path(folder)
        finally:
            os.close(held)


def _require_dead(scratch: Path) -> None:
    """Check that the run that made a hidden folder has ended.

    Raises:
        MissingInputError: it is still at work, and would lose its files.
    """
    try:
        held = os.open(scratch, os.O_RDONLY)
    except FileNotFoundError:  # it has ended just now
        return
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise MissingInputError(
            "another run is at work in this project", where="data", next_step="wait until it has ended, then run again"
        ) from None
    finally:
        os.close(held)


def exchange(staging: Path, root: Path, tops: Sequence[str]) -> None:
    """Put finished folders and files in the place of the old ones, so that even a killed process leaves all or none.

    Args:
        staging: hidden folder below ``root / "data"`` that holds them.
        root: project folder.
        tops: their locations below both.
    """
    (staging / FINISHED).write_text(json.dumps(tops))
    _swap(staging, root, tops)


def _swap(staging: Path, root: Path, tops: Iterable[str]) -> None:
    """Put each finished folder or file in the place of the old one.

    Should the process die on the way, ``recover`` finishes it: from the note ``FINISHED`` on, all of it is there.
    """
    for top in tops:
        new, old = staging / top, root / top
        old.parent.mkdir(parents=True, exist_ok=True)
        if new.is_file():
            new.replace(old)
            continue
        aside = old.with_name(f".old-{old.name}")
        if old.exists():
            old.rename(aside)
        new.rename(old)
        if aside.exists():
            shutil.rmtree(aside)


def recover(root: Path, name: str) -> None:
    """Finish the exchange that a killed run began, so that outputs of two runs never stand side by side.

    What a run of the stage ``name`` had not finished is removed; what was left aside goes back or away.

    Raises:
        MissingInputError: that other run has not been killed: it is still at work.
    """
    for note in (root / "data").glob(f".*/{FINISHED}"):
        staging = note.parent
        _require_dead(staging)
        _swap(staging, root, [top for top in json.loads(note.read_text()) if (staging / top).exists()])
        shutil.rmtree(staging)
    for scratch in (root / "data").glob(f".{name}-*"):
        _require_dead(scratch)
        shutil.rmtree(scratch, ignore_errors=not scratch.exists())
    data = root / "data"
    lists = [*(data / "lists").glob("*/"), *(data / "outcomes").glob("*/")]
    for parent in (data, data / "scored", *lists, root / "models", root):
        if not parent.is_dir():
            continue
        for aside in parent.glob(".old-*"):
            current = aside.with_name(aside.name.removeprefix(".old-"))
            if current.exists():
                shutil.rmtree(aside)
            else:
                aside.rename(current)


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path
