"""A small operator on disk: what the earlier stages would have left for evaluate."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import yaml
from tests.tables import LEARNING, save

from savedesk.engine.duckdb import open_duckdb
from savedesk.params.cohort import CohortParams
from savedesk.params.engine import EngineParams
from savedesk.params.evaluate import EvaluateParams
from savedesk.params.features import FeaturesParams
from savedesk.params.language import Language
from savedesk.params.prioritise import PrioritiseParams
from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import (
    attributes,
    cohort,
    contacts,
    decisions,
    features,
    model,
    scores,
    source_facts,
    subscribers,
    truth,
    values,
)
from savedesk.schemas.table import Table
from savedesk.stages.evaluate import all_figures, stage

WINDOW = {"truth_window": {"lead_days": 14, "outcome_days": 60, "arrears_days": 30, "dormant_days": 60}}
SHIPPED = yaml.safe_load((Path(__file__).parents[3] / "params.yaml").read_text(encoding="utf-8"))
PANDAS = {"string": "string", "int64": "Int64", "float64": "float64", "boolean": "boolean", "date": "object"}
FILLERS: dict[str, Any] = {"string": "x", "int64": 1, "float64": 0.0, "boolean": False, "date": dt.date(2025, 1, 1)}


STATISTICS = [  # of the feature that the rows have, as training saw it
    {"name": "months_since_activation", "band": band, "up_to": end, "share": share}
    for band, end, share in ((0, None, 0.0), (1, "12", 0.5), (2, "60", 0.5))
]


class Silent:
    def track(self, items: Iterable[Any], label: str, total: int) -> Iterator[Any]:  # noqa: ARG002
        return iter(items)


def write(root: Path, contract: Table, frame: pd.DataFrame) -> None:
    """Write a table at its contract's path; what the frame lacks gets a value that does not matter."""
    columns = {}
    for column in contract.columns:
        given = (
            frame[column.name]
            if column.name in frame
            else [None if column.nullable else FILLERS[column.dtype]] * len(frame)
        )
        columns[column.name] = pd.array(list(given), dtype=PANDAS[column.dtype])
    extra = {name: frame[name].to_numpy() for name in frame if name not in columns} if contract.open_columns else {}
    filled = pd.DataFrame({**columns, **extra})
    for column in contract.columns:
        if column.dtype == "date":
            filled[column.name] = pd.array(pd.to_datetime(filled[column.name]), dtype="date32[pyarrow]")
    save(root, contract, pa.Table.from_pandas(filled, preserve_index=False))


@pytest.fixture
def settings() -> Callable[..., EvaluateParams]:
    def make(**changes: Any) -> EvaluateParams:
        usual = {
            "bootstrap_rounds": 10,
            "interval": 0.9,
            "seed": 7,
            "top_shares": (0.01, 0.05, 0.1, 0.2),
            "calibration_bins": 10,
            "coverage_bins": 20,
            "minimum_slice_rows": 5,
            "survival_minimum_rows": 200,
            "drift_rows": 1000,
            "capacity_share": 0.02,
            "empc_alpha": 6,
            "empc_beta": 14,
            "empc_clv": 200,
            "empc_incentive_cost": 10,
            "empc_contact_cost": 1,
        }
        return EvaluateParams(**{**usual, **changes})

    return make


@pytest.fixture
def policy() -> PrioritiseParams:
    usual = {"en": "x", "zh": "x", "channels": ["call"], "offer_cost": 0, "offer_cost_months": 0, "save_rate": 0.2}
    return PrioritiseParams.model_validate(
        {
            "campaign": "base",
            "channels": {"call": {"cost": 1, "minutes": 12, "hours": 10, "tiers": ["key"], "notice_days": 2}},
            "actions": {
                "discount": {**usual, "take_up": 0.5, "churn_types": ["cancelled"], "sales_offer": True},
                "reminder": {**usual, "take_up": 0, "churn_types": ["arrears"], "sales_offer": False},
            },
            "reason_actions": {},
            "default_actions": ["discount"],
            "strength_weight": 0.75,
            "hold_out_share": 0.1,
            "rules": {"quiet_days": 30, "max_contacts": 2, "max_contacts_days": 90, "one_per_account": True},
            "minimum_gain": 0.0,
            "learning": LEARNING,
        }
    )


def simulated_rows(count: int, seed: int = 1, months: int = 2) -> pd.DataFrame:
    """Return rows whose churn is drawn from the very probability that they are scored with."""
    generator = np.random.default_rng(seed)
    people = pd.DataFrame(
        {
            "subscriber_id": [f"S{number:06d}" for number in range(count)],
            "region": generator.choice(["North", "South"], count),
            "segment": generator.choice(["consumer", "business"], count),
            "birth_year": generator.integers(1940, 2005, count),
            "liking": generator.normal(-2, 1, count),
        }
    )
    rows = pd.concat([people.assign(as_of=dt.date(2025, 1 + month, 1)) for month in range(months)], ignore_index=True)
    chance = 1 / (1 + np.exp(-rows.pop("liking") - generator.normal(0, 0.3, len(rows))))
    churned = generator.random(len(rows)) < chance
    return rows.assign(
        churn_probability=chance,
        churned=churned,
        churn_type=np.where(churned, "cancelled", None),
        remaining_value=generator.gamma(2, 100, len(rows)),
        tier=generator.choice(["key", "core", "small"], len(rows)),
        decision=np.where(chance > 0.25, "contact", "not_listed"),
        action="discount",
        offer_cost=10.0,
        contact_cost=1.0,
        save_rate=0.2,
        take_up=0.5,
        expected_gain=generator.normal(0, 5, len(rows)),
        role="test",
        probability_cancelled=chance,
        tenure_only=generator.uniform(0.1, 0.2, len(rows)),
        default_lightgbm=(chance * generator.uniform(0.5, 1.5, len(rows))).clip(0, 1),
    )


class NoParts:
    """There is no model on disk; tests of the parts have one of their own."""

    def __init__(self, inputs: Inputs) -> None: ...

    def look(self, rows: pd.DataFrame) -> None: ...

    def figures(self) -> dict[str, Any]:
        return {}


@pytest.fixture
def stage_inputs(
    tmp_path: Path, settings: Any, policy: PrioritiseParams, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Inputs]]:
    """Return a function that puts rows on disk as the earlier stages would and opens them for a stage.

    Charts take longest, so they are drawn only where a test asks for them.
    """
    with open_duckdb(EngineParams(name="duckdb", threads=1, memory_limit_gb=1)) as engine:

        def make(
            rows: pd.DataFrame, kind: str = "dated", language: str = "en", charts: bool = False, **changes: Any
        ) -> Inputs:
            if not charts:
                monkeypatch.setattr(stage, "charts", lambda *_: {})
            monkeypatch.setattr(all_figures, "Parts", NoParts)
            facts = tmp_path / source_facts.FILE.path
            facts.parent.mkdir(parents=True, exist_ok=True)
            facts.write_text(json.dumps({"name": "test", "kind": kind, "currency": "CNY", **WINDOW}))
            for contract in (cohort.TABLE, values.TABLE, decisions.TABLE, scores.BASELINES):
                write(tmp_path, contract, rows)
            described = tmp_path / model.SCHEMA.path
            described.parent.mkdir(parents=True, exist_ok=True)
            described.write_text(json.dumps({"survival": None, "interval": {"level": 0.9}}))
            write(tmp_path, model.HELD_OUT_SURVIVAL, rows.iloc[:0])
            write(tmp_path, decisions.OPTIONS, rows.iloc[:0])
            write(tmp_path, scores.TABLE, rows.assign(churn_type="cancelled"))
            for contract in (subscribers.TABLE, attributes.TABLE):
                write(tmp_path, contract, rows.drop_duplicates("subscriber_id"))
            write(tmp_path, features.TABLE, rows)
            write(tmp_path, features.STATISTICS, pd.DataFrame(STATISTICS))
            known = rows.assign(churn_probability=rows["true"]) if "true" in rows else rows.iloc[:0]
            write(tmp_path, truth.TABLE, known)
            write(tmp_path, contacts.TABLE, rows.iloc[:0])
            looks = FeaturesParams.model_validate(SHIPPED["features"])
            spans = (CohortParams.model_validate(SHIPPED["cohort"]),)
            sections = {s.key: s for s in (settings(**changes), policy, looks, *spans, Language(code=language))}  # type: ignore[arg-type]
            return Inputs(tmp_path, engine, stage.READS, sections, Silent())

        yield make


@pytest.fixture
def simulate() -> Callable[..., pd.DataFrame]:
    return simulated_rows
