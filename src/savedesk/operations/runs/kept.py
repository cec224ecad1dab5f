"""What stays of each run on this machine: rows, list, params, figures and model, below ``data/runs/<key>``.

It names subscribers, so it is never sent anywhere; MLflow has the same run without them. DVC does not know of it.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from savedesk import STAGES
from savedesk.errors import DataContractError
from savedesk.operations.promote.ledger import current
from savedesk.params.compare import CompareParams
from savedesk.params.load import load_params
from savedesk.pipeline.runner import exchange, recover, scratch_folder
from savedesk.redact import redacted_values
from savedesk.schemas import decisions, figures, model, pages, scores, source_facts
from savedesk.schemas.table import Table
from savedesk.stages.track.flatten import flatten, numbers

FOLDER = "data/runs"
RECORD, PARAMS, METRICS, MODEL = "run.json", "params.json", "metrics.json", "model"
RECORDED = {"kept_at", "source", "currency", "kind", "run", "run_id", "run_name", "registered_version"}
TABLES = (figures.ROWS, scores.BASELINES, decisions.LIST)
MODEL_FILES = (model.BOOSTER, model.TYPES, model.SURVIVAL, model.SCHEMA)


@dataclass(frozen=True)
class KeptRun:
    """A run whose evidence lies here.

    Args:
        folder: where.
        record: source, currency, kind, run (its key in any store), run_name, kept_at; run_id and registered_version
            are empty while the tracking store has not received it.
    """

    folder: Path
    record: Mapping[str, Any]

    @property
    def key(self) -> str:
        """By which the run is known, whether or not a tracking store has it."""
        return str(self.record["run"])

    @property
    def run_id(self) -> str:
        """Id of the run in MLflow; empty: it has not been sent yet."""
        return str(self.record["run_id"])

    @property
    def model(self) -> Path:
        """Folder with the model's files, named as in models/trained."""
        return self.folder / MODEL

    def values(self, name: str) -> dict[str, Any]:
        """Return ``params.json`` or ``metrics.json``."""
        return _read_json(self.folder / name)

    def features(self) -> tuple[str, ...]:
        """Return the columns that the model reads, in its order."""
        path = self.model / Path(model.SCHEMA.path).name
        try:
            return tuple(str(column["name"]) for column in _read_json(path)["columns"])
        except (KeyError, TypeError) as error:
            raise _damaged(path) from error

    def table(self, contract: Table, columns: Sequence[str]) -> pd.DataFrame | None:
        """Return columns of a kept table; None where the run did not make it.

        Only those that are needed: a run that an earlier version of Savedesk kept may lack others.
        """
        path = self.folder / Path(contract.path).name
        if not path.is_file():
            return None
        numbers = {column.name for column in contract.columns if column.dtype in ("float64", "int64")}
        try:
            read = pq.read_table(path, columns=list(columns))
            frame: pd.DataFrame = read.to_pandas()
        except (pa.ArrowException, OSError) as error:
            raise _damaged(path) from error
        texts = [field.name for field in read.schema if field.name in numbers and not _is_number(field.type)]
        key = [name for name in contract.key if name in frame]
        if texts or (len(key) == len(contract.key) and frame.duplicated(key).any()):
            raise _damaged(path)
        return frame


def keep_newest_run(root: Path) -> KeptRun:
    """Keep what the newest tracked run was made of; the oldest beyond ``compare.kept_runs`` go, never the champion."""
    sections = load_params(root)
    params = sections[CompareParams.key]
    assert isinstance(params, CompareParams)  # noqa: S101 - for the type checker
    tracked, facts = (_read_json(root / contract.path) for contract in (pages.RUN, source_facts.FILE))
    record = {
        "kept_at": dt.datetime.now(tz=dt.UTC).isoformat(),
        "source": facts["name"],
        "currency": facts.get("currency") or "",
        "kind": facts["kind"],
    } | {name: tracked.get(name) or "" for name in ("run", "run_id", "run_name", "registered_version")}
    top = f"{FOLDER}/{record['run']}"
    recover(root, "runs")
    with scratch_folder(root, "runs") as scratch:
        into = scratch / top
        (into / MODEL).mkdir(parents=True)
        for table in TABLES:
            if (root / table.path).is_file():
                shutil.copyfile(root / table.path, into / Path(table.path).name)
        for file in MODEL_FILES:
            shutil.copyfile(root / file.path, into / MODEL / Path(file.path).name)
        flat = flatten(redacted_values({name: section.model_dump(mode="json") for name, section in sections.items()}))
        for name, content in ((RECORD, record), (PARAMS, flat), (METRICS, _figures(root))):
            (into / name).write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        exchange(scratch, root, [top])
    try:
        champion = current(root, str(facts["name"])) or {"run": ""}
    except DataContractError:  # who the champion is cannot be read, so nothing is removed; promote will say so
        return KeptRun(root / top, record)
    _prune(root, params.kept_runs, {str(record["run"]), str(champion["run"])})
    return KeptRun(root / top, record)


def _figures(root: Path) -> dict[str, float]:
    """Return the figures of all stages under the names that they have in MLflow."""
    metrics: dict[str, float] = {}
    for stage in STAGES:
        path = root / "metrics" / f"{stage}.json"
        if path.is_file() and stage != "track":
            metrics |= numbers(_read_json(path), stage)
    return metrics


def _prune(root: Path, most: int, spared: set[str]) -> None:
    for old in kept_runs(root)[most:]:
        if old.key not in spared:
            shutil.rmtree(old.folder)


def kept_runs(root: Path, source: str = "") -> list[KeptRun]:
    """Return the kept runs, the newest first; of one source where it is named. Damaged ones are left out."""
    runs = []
    for path in (root / FOLDER).glob(f"*/{RECORD}"):
        with suppress(DataContractError):
            runs.append(KeptRun(path.parent, _record(path)))
    wanted = [run for run in runs if not source or run.record["source"] == source]
    return sorted(wanted, key=lambda run: str(run.record["kept_at"]), reverse=True)


def require_whole(root: Path, word: str) -> None:
    """Refuse a damaged run whose folder's name begins with the word.

    Raises:
        DataContractError: its record is damaged.
    """
    for path in sorted((root / FOLDER).glob(f"*/{RECORD}")):
        if path.parent.name.startswith(word):
            _record(path)


def _record(path: Path) -> dict[str, Any]:
    record = _read_json(path)
    if not record.keys() >= RECORDED:
        raise _damaged(path)
    return record


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_null(kind))


def _read_json(path: Path) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, FileNotFoundError) as error:
        raise _damaged(path) from error
    if not isinstance(loaded, dict):
        raise _damaged(path)
    return loaded


def _below_data(path: Path) -> str:
    """Return the path from the project folder on."""
    parts = path.parts
    first = len(parts) - 1 - parts[::-1].index("data") if "data" in parts else max(0, len(parts) - 4)
    return "/".join(parts[first:])


def _damaged(path: Path) -> DataContractError:
    return DataContractError(
        "damaged, or written by another version of Savedesk",
        where=_below_data(path),
        next_step=f"remove its folder, or run the stage that writes it (`savedesk track` for those of {FOLDER})",
    )
