"""Small tables written as text, and a project folder that holds them, for tests that read as facts about the domain."""

from __future__ import annotations

import calendar
import datetime as dt
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import yaml

from savedesk.engine.parts import folders_of
from savedesk.params.cohort import CohortParams
from savedesk.params.load import overlay, section_of
from savedesk.params.mistake import Layers
from savedesk.params.registry import SECTIONS
from savedesk.params.section import Section
from savedesk.pipeline import runner
from savedesk.schemas import (
    attributes,
    bills,
    complaints,
    contacts,
    contracts,
    incidents,
    labels,
    market,
    plan_changes,
    plans,
    renamed_ids,
    source_facts,
    status_changes,
    subscribers,
    surveys,
    unknown_facts,
    usage,
    valuations,
)
from savedesk.schemas.table import Column, Table
from savedesk.stages.features.declaration import features_of
from savedesk.stages.features.facts import facts_at, month_panels
from savedesk.stages.features.replay import features_at
from savedesk.stages.features.stage import FACTS, FAMILIES
from tests.project import shipped_simulator

REPO = Path(__file__).parents[1]
LEARNING = {  # prioritise.learning of policies that are written out in tests
    "prior_error": 0.1,
    "wrong_share": 0.05,
    "wrong_error": 0.3,
    "harm_share": 0.05,
    "harm_error": 0.036,
    "minimum_contacts": 200,
    "minimum_reported": 0.9,
    "interval": 0.9,
}
INGESTED = (
    subscribers.TABLE,
    status_changes.TABLE,
    plans.TABLE,
    usage.TABLE,
    bills.TABLE,
    plan_changes.TABLE,
    contracts.TABLE,
    complaints.TABLE,
    surveys.TABLE,
    contacts.TABLE,
    incidents.TABLE,
    market.TABLE,
    valuations.TABLE,
    attributes.TABLE,
    attributes.DICTIONARY,
    labels.TABLE,
    unknown_facts.TABLE,
    renamed_ids.TABLE,
)
ARROW = {
    "string": pa.string(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}
PARSE: dict[str, Any] = {
    "string": str,
    "int64": int,
    "float64": float,
    "boolean": lambda text: {"true": True, "false": False}[text],
    "date": dt.date.fromisoformat,
}
FILL = {"string": "-", "int64": 0, "float64": 0.0, "boolean": False, "date": dt.date(2024, 1, 1)}
Rows = list[dict[str, Any]]
ItemT = TypeVar("ItemT")


class Silent:
    """A progress display that shows nothing."""

    def track(self, items: Iterable[ItemT], label: str, total: int) -> Iterator[ItemT]:  # noqa: ARG002
        return iter(items)


def rows_of(contract: Table, text: str) -> Rows:
    """Return the rows of an aligned text table; an empty cell is a missing value, extra columns are floats."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    names = [name.strip() for name in lines[0].split("|")]
    kinds = {name: contract.column(name).dtype if name in contract.column_names else "float64" for name in names}
    rows = []
    for line in lines[1:]:
        cells = [cell.strip() for cell in line.split("|")]
        assert len(cells) == len(names), line
        rows.append({n: PARSE[kinds[n]](cell) if cell else None for n, cell in zip(names, cells, strict=True)})
    return rows


def table(contract: Table, given: str | Rows) -> pa.Table:
    """Return a typed table with the contract's columns.

    Columns that are not given are missing where the contract allows it, follow their default where it has one, and
    hold a value that does not matter elsewhere. Only columns beyond an open contract keep their own type.
    """
    rows = rows_of(contract, given) if isinstance(given, str) else given
    extra = [n for n in dict.fromkeys(key for row in rows for key in row) if n not in contract.column_names]
    assert contract.open_columns or not extra, extra
    arrays = {column.name: pa.array(_cells(contract, column, rows), ARROW[column.dtype]) for column in contract.columns}
    return pa.table({**arrays, **{name: pa.array([row.get(name) for row in rows]) for name in extra}})


def _cells(contract: Table, column: Column, rows: Rows) -> list[Any]:
    if rows and any(column.name in row for row in rows):
        return [row.get(column.name) for row in rows]
    if column.default_from:
        given = _cells(contract, contract.column(column.default_from), rows)
        like = {"month": month_end, "billed_on": str if column.dtype == "string" else lambda day: day}
        return [like.get(column.default_from, lambda day: day)(day) for day in given]
    if column.name == "total_due":
        fees = ("plan_fee", "overage_fee", "vas_fee", "other_fee")
        return [sum(row.get(fee, 0.0) for fee in fees) - row.get("discount", 0.0) for row in rows]
    if column.name == "billed_on":
        return [month_end(row["month"]) for row in rows]
    if column.name == "ticket_id":
        return [f"t{number}" for number in range(len(rows))]
    return [None if column.nullable else FILL[column.dtype]] * len(rows)


def month_end(day: dt.date) -> dt.date:
    """Return the last day of the month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def sections(**changes: Mapping[str, Any]) -> dict[str, Section]:
    """Return every section of the repo's params.yaml, with changes to single keys."""
    raw = yaml.safe_load((REPO / "params.yaml").read_text(encoding="utf-8"))
    raw["simulator"] = shipped_simulator()
    merged = overlay(
        {kind.key: {} for kind in SECTIONS} | raw,
        {"engine": {"threads": 1, "memory_limit_gb": 2}, "train": {"threads": 1}},
    )
    merged = overlay(merged, changes)
    return {kind.key: section_of(kind, Layers(merged)) for kind in SECTIONS}


def save(root: Path, contract: Table, content: pa.Table) -> None:
    """Write a table where a stage looks for it."""
    path, by = root / contract.path, contract.partition_by
    if not by:
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(content, path)
        return
    shutil.rmtree(path, ignore_errors=True)
    for value in pc.unique(content[by]).to_pylist() or [dt.date(2000, 1, 1)]:  # a part without rows has columns
        part = path / contract.part_name(value)
        part.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(content.filter(pc.field(by) == value).drop_columns([by]), part)


def project(
    root: Path,
    given: Mapping[Table, str | Rows],
    *,
    kind: str = "dated",
    as_of: str | None = None,
    extracted_on: str = "2025-12-31",
) -> Path:
    """Write every table of ingest, empty where not given, and the facts of the source."""
    named = {contract.name: content for contract, content in given.items()}
    for contract in INGESTED:
        save(root, contract, table(contract, named.get(contract.name, [])))
    facts = {"name": "mine", "kind": kind, "as_of": as_of, "extracted_on": extracted_on, "currency": "EUR"}
    (root / source_facts.FILE.path).write_text(json.dumps(facts))
    return root


def _as_is(expression, name):  # noqa: ARG001 - the engine would keep it under this name
    return expression


def run(root: Path, stage: str, **changes: Mapping[str, Any]) -> runner.Summary:
    """Run a stage on a project with the repo's params.yaml and some changes."""
    return runner.run_stage(stage, root, sections(**changes), Silent())


def read(root: Path, contract: Table) -> Rows:
    """Return the rows that a stage wrote."""
    return pq.ParquetDataset(root / contract.path, partitioning=folders_of(contract)).read().to_pylist()


@cache
def cohort_params() -> CohortParams:
    """Return the section ``cohort`` of the repo's params.yaml."""
    section = sections()[CohortParams.key]
    assert isinstance(section, CohortParams)
    return section


def feature_values(
    given: Mapping[Table, str | Rows], as_of: str, names: Iterable[str] = ()
) -> dict[str, dict[str, Any]]:
    """Return the features of each of the given subscribers at one as_of; all registered ones where none is named."""
    everything = [feature for family in FAMILIES.values() for feature in features_of(family)]
    wanted = [feature for feature in everything if feature.name in set(names)] if names else everything
    assert len(wanted) == len(set(names)) or not names, names
    named = {contract.name: content for contract, content in given.items()}
    facts = {contract.name: table(contract, named.get(contract.name, [])) for contract in FACTS}
    tables = {name: ibis.memtable(content) for name, content in facts.items()}
    day, cohort = dt.date.fromisoformat(as_of), tables["subscribers"].select("subscriber_id")
    cohort_at = cohort.mutate(as_of=ibis.date(day.year, day.month, day.day))
    bases = {feature.basis for feature in wanted}
    panels = month_panels(tables, [day], cohort_params(), _as_is, bases)
    at = facts_at(tables, panels, cohort_at, cohort_params(), _as_is, bases)
    rows = features_at(at, wanted, cohort_at, _as_is).to_pyarrow().to_pylist()
    return {row["subscriber_id"]: {feature.name: row[feature.name] for feature in wanted} for row in rows}
