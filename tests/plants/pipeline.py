"""The stages run on an operator in a folder of its own, and what they say of each subscriber."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import yaml

from savedesk.engine.parts import folders_of
from savedesk.errors import SavedeskError
from savedesk.operations.batch_scoring import score_as_of
from savedesk.params.load import load_params, overlay
from savedesk.pipeline.runner import run_stage
from savedesk.schemas import cohort, decisions, features, quarantine, unknown_facts
from savedesk.schemas.table import Table
from tests.desk import NO_LIMITS
from tests.plants.raw import NAME, Raw
from tests.project import ROOT
from tests.tables import Silent

CHANNELS = ("visit", "call", "message")
PARAMS: dict[str, Any] = {
    "source": NAME,
    "engine": {"threads": 1, "memory_limit_gb": 2},
    "ingest": NO_LIMITS,
    "score": {"max_unseen_category_share": 1.0},
    "value": {
        "key_value_share": 1 - 1e-14,
        "core_value_share": 1 - 1e-15,
        "own_hazard_share": 1.0,
        "bad_debt_prior_bills": 0,
    },
    "prioritise": {
        "budget": None,
        "contacts": None,
        "minimum_gain": 0.0,
        "hold_out_share": 0.0,
        "strength_weight": 0.0,
        "channels": {name: {"hours": None, "tiers": ["key", "core", "small"]} for name in CHANNELS},
        "actions": {"check_in": {"save_rate": 0.2}},
    },
}
PLACES = ("rank",)  # where a row stands among the others
Rows = dict[str, tuple[str, ...]]


@dataclass
class Outputs:
    """What one run says: rows by subscriber, as texts that tell every bit apart, and what it says beside them.

    Args:
        labels: rows of the cohort.
        features: by subscriber and name, at the newest as_of.
        decisions: decision and economics, at the newest as_of.
        listed: the row of the list.
        said: texts that name what was turned away, repaired, unknown, or doubted.
        refused: the message of a stage that stopped; empty if none did.
    """

    labels: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    features: dict[str, dict[str, str]] = field(default_factory=dict)
    decisions: dict[str, dict[str, str]] = field(default_factory=dict)
    listed: dict[str, dict[str, str]] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    refused: str = ""

    @property
    def everybody(self) -> set[str]:
        """Return the subscribers of whom anything is said."""
        return {*self.labels, *self.features, *self.decisions, *self.listed}

    def of(self, who: str) -> tuple[Any, ...]:
        """Return all that is said of a subscriber."""
        return tuple(part.get(who) for part in (self.labels, self.features, self.decisions, self.listed))


def project(root: Path, raw: Raw) -> Path:
    """Lay out a project folder with the params under which a row of the list rests on its own facts alone."""
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    root.mkdir(parents=True, exist_ok=True)
    (root / "params.yaml").write_text(yaml.safe_dump(overlay(params, PARAMS), sort_keys=False), encoding="utf-8")
    raw.write(root)
    return root


def outputs(root: Path, raw: Raw, model: Path, *, before_cohort: Any = None) -> Outputs:
    """Run the stages on an operator in a new folder and return what they say; a refusal is said, too.

    Args:
        root: folder, which is removed afterwards.
        raw: the operator.
        model: folder of the model.
        before_cohort: called with the folder between ingest and cohort.
    """
    project(root, raw)
    result = Outputs()
    sections = load_params(root)
    try:
        ingest = run_stage("ingest", root, sections, Silent())
        result.said += [*ingest.warnings, *ingest.notes, *ingest.closing, *_set_aside(root)]
        if before_cohort:
            before_cohort(root)
        spine = run_stage("cohort", root, sections, Silent())
        result.labels = {
            who: {row.pop("as_of"): row for row in rows} for who, rows in _by_subscriber(root, cohort.TABLE).items()
        }
        scored = score_as_of(root, "newest", str(model), Silent(), with_list=True)
        result.said += [*spine.warnings, *(line for summary in scored.stages.values() for line in summary.warnings)]
        work = root / scored.folder
        result.features = _only(_by_subscriber(work, features.TABLE))
        result.decisions = _only(_by_subscriber(work, decisions.TABLE))
        result.listed = _only(_by_subscriber(work, decisions.LIST))
    except SavedeskError as error:
        result.refused = str(error)
    shutil.rmtree(root)
    return result


def _set_aside(root: Path) -> list[str]:
    """Return the rows of quarantine, repaired and unknown facts, one text each."""
    rows = [row for table in (quarantine.TABLE, quarantine.REPAIRED, unknown_facts.TABLE) for row in _rows(root, table)]
    return [json.dumps(row, ensure_ascii=False, default=str) for row in rows]


def _rows(root: Path, table: Table) -> list[dict[str, Any]]:
    path = root / table.path
    rows: list[dict[str, Any]] = pq.ParquetDataset(path, partitioning=folders_of(table)).read().to_pylist()
    return rows


def _by_subscriber(root: Path, table: Table) -> dict[str, list[dict[str, str]]]:
    """Return the rows of each subscriber, as texts that tell apart what differs in one bit."""
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in _rows(root, table):
        rows[row["subscriber_id"]].append({name: repr(value) for name, value in row.items() if name not in PLACES})
    return dict(rows)


def _only(rows: Mapping[str, Iterable[dict[str, str]]]) -> dict[str, dict[str, str]]:
    return {who: next(iter(own)) for who, own in rows.items()}
