"""A small operator's project folder, and the stage run on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from savedesk.engine.base import Engine
from savedesk.engine.duckdb import open_duckdb
from savedesk.params.engine import EngineParams
from savedesk.params.ingest import IngestParams
from savedesk.params.load import overlay
from savedesk.params.prioritise import PrioritiseParams
from savedesk.params.simulator import SimulatorParams
from savedesk.params.source import SourceName
from savedesk.pipeline.inputs import Inputs
from savedesk.schemas.table import Table
from savedesk.stages.ingest import stage
from tests.project import ROOT, shipped_simulator

PARAMS = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
SIMULATOR = SimulatorParams.model_validate(shipped_simulator())


def ingest_params(**changes: Any) -> IngestParams:
    """Return the section ``ingest`` of the repo's params.yaml with some changes."""
    return IngestParams.model_validate({**PARAMS["ingest"], **changes})


NO_LIMITS = {
    "max_quarantined_share": 1.0,
    "max_newest_month_share": 1.0,
    "max_touched_subscribers_share": 1.0,
    "max_value_share": 1.0,
    "max_extreme_share": 1.0,
    "extreme_quantile": 0.95,
    "repeat_from_share": 0.0,
}
STRICT = ingest_params(**{**NO_LIMITS, "max_quarantined_share": 0})


class Silent:
    def track(self, items: Iterable[Any], label: str, total: int) -> Iterator[Any]:
        assert label
        assert total >= 0
        return iter(items)


DUCKDB = partial(open_duckdb, EngineParams(name="duckdb", threads=1, memory_limit_gb=2))
EngineOpener = Callable[[], AbstractContextManager[Engine]]


@dataclass
class Outcome:
    tables: Mapping[str, list[dict[str, Any]]]
    facts: Mapping[str, Any]
    metrics: Mapping[str, Any]
    warnings: list[str]
    closing: list[str]
    notes: list[str]

    def ids(self, table: str = "subscribers") -> list[str]:
        return sorted(row["subscriber_id"] for row in self.tables[table])

    def rules(self, table: str) -> list[str]:
        return sorted(row["rule"] for row in self.tables["quarantine"] if row["table"] == table)


def run_stage(
    root: Path,
    name: str,
    params: IngestParams,
    simulator: SimulatorParams | None = None,
    opened: EngineOpener = DUCKDB,
    policy: Mapping[str, Any] | None = None,
) -> Outcome:
    sections = {
        "source": SourceName(name=name),
        "ingest": params,
        "simulator": simulator or SIMULATOR,
        "prioritise": PrioritiseParams.model_validate(overlay(PARAMS["prioritise"], policy or {})),
    }
    with opened() as engine:
        outputs = stage.run(Inputs(root, engine, stage.READS, sections, Silent()))
        given = {name.removesuffix("_in") for name in outputs["metrics"]} | {
            "attribute_dictionary",
            "ingest_counts",
            "quarantine",
            "repaired",
            "unknown_facts",
        }
        given |= {"contacts"} if "outcomes" in given else set()
        tables = {
            c.name: rows_of(outputs[c.name]) if c.name in given else [] for c in stage.WRITES if isinstance(c, Table)
        }
    return Outcome(
        tables, outputs["source_facts"], outputs["metrics"], outputs["warnings"], outputs["closing"], outputs["notes"]
    )


def rows_of(output: Any) -> list[dict[str, Any]]:
    table = output.to_pyarrow() if hasattr(output, "to_pyarrow") else output
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


@dataclass
class Desk:
    """An operator named ``mine`` with three subscribers, to which a test adds what it is about."""

    root: Path
    source: dict[str, Any] = field(default_factory=dict)
    limits: dict[str, Any] = field(default_factory=lambda: {**NO_LIMITS, "max_text_length": 100, "max_line_mb": 16})

    def __post_init__(self) -> None:
        self.source = {
            "title": "Mine",
            "kind": "dated",
            "origin": "here",
            "licence": "none",
            "currency": "EUR",
            "extracted_on": "2026-01-31",
            "files": {},
        }
        self.raw("people.csv", "id\na\nb\nc\n")
        self.sql("subscribers", "SELECT id AS subscriber_id FROM people")

    @property
    def folder(self) -> Path:
        return self.root / "data" / "sources" / "mine"

    def raw(self, file: str, content: str | bytes, **declared: Any) -> None:
        path = self.root / "data" / "raw" / "mine" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        self.source["files"][file.partition(".")[0]] = {"path": file, **declared}

    def sql(self, table: str, text: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{table}.sql").write_text(text, encoding="utf-8")

    def facts(self, table: str, text: str, **declared: Any) -> None:
        """Give a canonical table as a csv file whose columns have the contract's names already."""
        self.raw(f"{table}_raw.csv", text, **declared)
        self.sql(table, f"SELECT * FROM {table}_raw")  # noqa: S608 - a test's own name

    def run(self, opened: EngineOpener = DUCKDB, policy: Mapping[str, Any] | None = None, **limits: Any) -> Outcome:
        (self.folder / "source.yaml").write_text(yaml.safe_dump(self.source, allow_unicode=True), encoding="utf-8")
        return run_stage(self.root, "mine", ingest_params(**{**self.limits, **limits}), opened=opened, policy=policy)
