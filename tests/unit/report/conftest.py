"""A small month on disk: what the other stages would have left for the report."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from tests.tables import LEARNING
from tests.unit.report import sample
from tests.unit.report.sample import NOW

from savedesk.engine.duckdb import open_duckdb
from savedesk.params.cohort import CohortParams
from savedesk.params.engine import EngineParams
from savedesk.params.language import Language
from savedesk.params.prioritise import PrioritiseParams
from savedesk.params.report import ReportParams
from savedesk.params.value import ValueParams
from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import cohort, decisions, figures, model, source_facts, summaries, values
from savedesk.schemas.table import Table
from savedesk.stages.report.stage import READS

SHIPPED = yaml.safe_load((Path(__file__).parents[3] / "params.yaml").read_text(encoding="utf-8"))
PANDAS = {"string": "string", "int64": "Int64", "float64": "float64", "boolean": "boolean", "date": "object"}
FILLERS: dict[str, Any] = {"string": "x", "int64": 1, "float64": 0.0, "boolean": False, "date": dt.date(2025, 6, 1)}


class Silent:
    def track(self, items: Iterable[Any], label: str, total: int) -> Iterator[Any]:  # noqa: ARG002
        return iter(items)


def write(root: Path, contract: Table, lines: list[dict[str, Any]]) -> None:
    """Write a table at its contract's path; what the lines lack gets a value that does not matter."""
    columns = {}
    for column in contract.columns:
        filler = None if column.nullable else FILLERS[column.dtype]
        array = pd.array([line.get(column.name, filler) for line in lines], dtype=PANDAS[column.dtype])
        if column.dtype == "date":
            array = pd.array(pd.to_datetime(array), dtype="date32[pyarrow]")
        columns[column.name] = array
    path = root / contract.path
    path.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(columns).to_parquet(path, index=False)


def usual_month() -> dict[str, Any]:
    """Return a month of four subscribers; a test changes what it is about."""
    ids = ["S1", "S2", "S3", "S4"]
    auc = {"model": "savedesk", "metric": "auc", "value": 0.8, "low": 0.78, "high": 0.82, "rows": 4000, "churners": 300}
    return {
        "summaries": sample.summaries(["North", "South"], listed=3),
        "facts": {"name": "test", "title": "Test operator", "kind": "dated", "currency": "CNY", "lacks": ["surveys"]},
        "values": [{"subscriber_id": who, "value_at_risk": 1000.0, "tier": "key"} for who in ids],
        "list": [{"rank": place, "subscriber_id": f"S{place:07d}", "receipt": f"r.{place}"} for place in (1, 2, 3)],
        "limits": [
            {
                "as_of": NOW,
                "limit": "hours call",
                "unit": "hours",
                "available": 120.0,
                "used": 120.0,
                "shadow_price": 34.25,
            },
            {
                "as_of": NOW,
                "limit": "budget",
                "unit": "money",
                "available": 4000.0,
                "used": 3000.0,
                "shadow_price": 0.0,
            },
        ],
        "calibration": [{"bin": 1, "predicted": 0.04, "observed": 0.05, "low": 0.04, "high": 0.06, "rows": 400}],
        "gains": [
            {"model": "savedesk", "share": share, "churn_caught": share**0.5, "lift": 1.0} for share in (0.0, 0.5, 1.0)
        ],
        "profit": [{"ranking": "policy", "contacts": count, "realised_gain": 40.0 * count} for count in (0, 2, 4)],
        "survival": [
            {"sample": "test", "month": month, "observed": 0.02 * month, "predicted": 0.021 * month} for month in (1, 2)
        ],
        "metrics": [
            {**auc, "slice_by": "all", "slice": "all"},
            {**auc, "slice_by": "all", "slice": "all", "model": "tenure only", "value": 0.61},
            {**auc, "slice_by": "as_of", "slice": "2025-02-01"},
            *beside(auc),
            {**auc, "slice_by": "region", "slice": "North", "value": None, "low": None, "high": None, "rows": 3},
        ],
        "counts": [
            {"table": "usage", "rule": "accepted", "kind": "accepted", "rows": 985},
            {"table": "usage", "rule": "repaired", "kind": "repaired", "rows": 5},
            {"table": "usage", "rule": "type:sms", "kind": "unreadable", "rows": 5, "subscribers": 4},
            {"table": "usage", "rule": "range:month", "kind": "quarantined", "rows": 10, "subscribers": 7},
            {"table": "surveys", "rule": "accepted", "kind": "accepted", "rows": 0},
        ],
        "windows": [
            window("2024-11-01", "train", 1),
            window("2024-12-01", "embargo"),
            window("2025-02-01", "test"),
            window("2025-06-01", "score", churners=None),
        ],
        "trials": [
            {"trial": name, "fold": 1, "train_rows": 800, "validation_rows": 200, "weight": weight, "rounds": 100}
            for name, weight in (("linear_15", 0.6), ("trees_15", 0.0))
        ],
        "model": {
            "version": "abc",
            "columns": [{"name": "usage_change_1m"}],
            "members": [{"name": "linear_15", "weight": 0.6, "bags": 3, "rounds": 120, "settings": {}}],
            "left_out": [],
            "additive": None,
            "calibrator": {"method": "beta"},
            "sample": {"seed": 7, "churners": 1.0, "stayers": 1.0},
            "type_shares": {"cancelled": 0.8, "arrears": 0.2, "dormant": 0.0},
            "types_modelled": [],
            "train_rows": 9000,
            "train_rows_without_label": 60,
            "effort": {"recipes": "1 of 7 tried, no more for 9,000 rows", "seeds": "3 of 3 a booster"},
            "train_churners": 700,
            "train_first_as_of": "2024-01-01",
            "train_last_as_of": "2024-11-01",
        },
        "baselines": {"left_out": {"complaint_count": "no complaint_count_3m is known"}},
    }


def beside(auc: dict[str, Any]) -> list[dict[str, Any]]:
    """Return lines of the best baseline, and of two segments, one of them off."""
    whole = {**auc, "slice_by": "all", "slice": "all"}
    best, loss = {**whole, "model": "default lightgbm"}, {"metric": "log_loss", "low": 0.19, "high": 0.21}
    lines = [
        {**whole, **loss, "value": 0.19},
        {**best, **loss, "value": 0.2},
        {**best, "value": 0.77, "low": 0.75, "high": 0.79},
        {**best, "metric": "auc_ahead", "value": 0.03, "low": 0.02, "high": 0.04},
        {**best, "metric": "log_loss_ahead", "value": 0.01, "low": 0.005, "high": 0.015},
    ]
    counts = {"slices_judged": 3.0, "slices_off": 1.0, "slices_off_by_chance": 0.3}
    lines += [{**whole, "metric": name, "value": value, "low": None, "high": None} for name, value in counts.items()]
    for name, predicted, gap, low, high in (
        ("business", 0.06, 0.02, 0.01, 0.03),
        ("consumer", 0.045, 0.005, -0.01, 0.02),
    ):
        part = {**auc, "slice_by": "segment", "slice": name}
        lines += [
            {**part, "metric": "predicted_rate", "value": predicted},
            {**part, "metric": "churn_rate", "value": 0.04},
            {**part, "metric": "calibration_gap", "value": gap, "low": low, "high": high},
        ]
    return lines


def window(
    as_of: str, role: str, fold: int | None = None, known: bool = True, churners: int | None = 7
) -> dict[str, Any]:
    """Return a line of the table windows: 12 months seen, 14 days of lead, 60 in which churn is counted."""
    day = dt.date.fromisoformat(as_of)
    after = {name: day + dt.timedelta(days=days) for name, days in (("outcome_start", 14), ("outcome_end", 74))}
    return {
        "as_of": day,
        "role": role,
        "fold": fold,
        "observation_start": day.replace(year=day.year - 1),
        **after,
        "label_known_on": day + dt.timedelta(days=105) if known else None,
        "rows": 200,
        "churners": churners,
    }


@pytest.fixture(autouse=True)
def _charts_only_where_they_are_tested(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts take most of the stage's time, and no other test looks at them."""
    if request.path.name != "test_interactive_charts.py":
        monkeypatch.setattr("savedesk.stages.report.stage.interactive_page", lambda *_: "")


@pytest.fixture
def report_inputs(tmp_path: Path) -> Iterator[Callable[..., Inputs]]:
    """Return a function that puts a month on disk and opens it for the stage; keywords replace parts of the month."""
    action = {"channels": ["call"], "offer_cost": 0, "offer_cost_months": 0, "save_rate": 0.2, "take_up": 0.5}
    policy = PrioritiseParams.model_validate(
        {
            "campaign": "base",
            "channels": {"call": {"cost": 1, "minutes": 12, "hours": 10, "tiers": ["key"], "notice_days": 2}},
            "actions": {
                "discount": {
                    "en": "Discount",
                    "zh": "优惠",
                    "churn_types": ["cancelled"],
                    "sales_offer": True,
                    **action,
                }
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
    tables = {
        "values": values.TABLE,
        "list": decisions.LIST,
        "limits": decisions.LIMITS,
        "calibration": figures.CALIBRATION,
        "gains": figures.GAINS,
        "profit": figures.PROFIT,
        "survival": figures.SURVIVAL,
        "metrics": figures.METRICS,
        "fairness": figures.FAIRNESS,
        "counts": source_facts.COUNTS,
        "windows": cohort.WINDOWS,
        "trials": model.TRIALS,
    }
    with open_duckdb(EngineParams(name="duckdb", threads=1, memory_limit_gb=1)) as engine:

        def make(language: str = "en", show_ids: bool = False, **changes: Any) -> Inputs:
            month = {"fairness": [], **usual_month(), **changes}
            for name, contract in tables.items():
                write(tmp_path, contract, month[name])
            for contract in (summaries.CONTENTS, *summaries.TABLES):
                write(tmp_path, contract, month["summaries"][contract.name])
            (tmp_path / source_facts.FILE.path).write_text(json.dumps(month["facts"]))
            for file, name in ((model.SCHEMA, "model"), (model.BASELINES, "baselines")):
                path = tmp_path / file.path
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(json.dumps(month[name]))
            spans = CohortParams.model_validate(SHIPPED["cohort"])
            worth = ValueParams.model_validate(SHIPPED["value"])
            given = (ReportParams(show_ids=show_ids), Language(code=language), policy, spans, worth)  # type: ignore[arg-type]
            return Inputs(tmp_path, engine, READS, {section.key: section for section in given}, Silent())

        yield make
