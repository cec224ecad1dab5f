"""What stays of each run on this machine: rows, list, params, figures and model, below ``data/runs/<key>``.

It names subscribers, so it is never sent anywhere; MLflow has the same run without them. DVC does not know of it.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from savedesk import STAGES
from savedesk.contracts import decisions, figures, model, pages, scores, source_facts
from savedesk.contracts.table import Table
from savedesk.errors import DataContractError
from savedesk.params.compare import CompareParams
from savedesk.params.load import load_params
from savedesk.promote.ledger import current
from savedesk.runner import exchange, recover, scratch_folder
from savedesk.track.flatten import flatten, numbers

FOLDER = "data/runs"
RECORD, PARAMS, METRICS, MODEL = "run.json", "params.json", "metrics.json", "model"
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
        described = _read_json(self.model / Path(model.SCHEMA.path).name)
        return tuple(str(column["name"]) for column in described["columns"])

    def table(self, contract: Table, columns: Sequence[str]) -> pd.DataFrame | None:
        """Return columns of a kept table; None where the run did not make it.

        Only those that are needed: a run that an earlier version of Savedesk kept may lack others.
        """
        path = self.folder / Path(contract.path).name
        if not path.is_file():
            return None
        try:
            frame: pd.DataFrame = pq.read_table(path, columns=list(columns)).to_pandas()
        except pa.ArrowInvalid as error:
            raise _damaged(path) from error
        return frame


def keep_newest_run(root: Path) -> KeptRun:
    """Keep what the newest tracked run was made of; the oldest beyond ``compare.kept_runs`` go, never the champion."""
    sections = load_params(root)
    params = sections[CompareParams.key]
    assert isinstance(params, CompareParams)  # noqa: S101 - for the type checker
    tracked, facts = (_read_json(root / one.path) for one in (pages.RUN, source_facts.FILE))
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
        flat = flatten({name: section.model_dump(mode="json") for name, section in sections.items()})
        for name, content in ((RECORD, record), (PARAMS, flat), (METRICS, _figures(root))):
            (into / name).write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        exchange(scratch, root, [top])
    champion = current(root, str(facts["name"])) or {"run": ""}
    _prune(root, params.kept_runs, {str(record["run"]), str(champion["run"])})
    return KeptRun(root / top, record)


def _figures(root: Path) -> dict[str, float]:
    """Return the figures of all stages under the names that they have in MLflow."""
    found: dict[str, float] = {}
    for stage in STAGES:
        path = root / "metrics" / f"{stage}.json"
        if path.is_file() and stage != "track":
            found |= numbers(_read_json(path), stage)
    return found


def _prune(root: Path, most: int, spared: set[str]) -> None:
    for old in kept_runs(root)[most:]:
        if old.key not in spared:
            shutil.rmtree(old.folder)


def kept_runs(root: Path, source: str = "") -> list[KeptRun]:
    """Return the kept runs, the newest first; of one source where it is named."""
    found = [KeptRun(path.parent, _read_json(path)) for path in (root / FOLDER).glob(f"*/{RECORD}")]
    wanted = [run for run in found if not source or run.record["source"] == source]
    return sorted(wanted, key=lambda run: str(run.record["kept_at"]), reverse=True)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, FileNotFoundError) as error:
        raise _damaged(path) from error
    return loaded


def _damaged(path: Path) -> DataContractError:
    return DataContractError(
        "damaged, or written by another version of Savedesk",
        where="/".join(path.parts[-4:]),
        next_step=f"remove its folder, or run the stage that writes it (`savedesk track` for those of {FOLDER})",
    )
