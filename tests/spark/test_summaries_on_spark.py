"""The summaries of a small operator agree on both engines."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.tables import Silent, project, save, sections, table

from savedesk.engine.base import Engine
from savedesk.engine.duckdb import open_duckdb
from savedesk.engine.spark import SparkEngine
from savedesk.pipeline.inputs import Inputs
from savedesk.pipeline.runner import _typed
from savedesk.schemas import (
    bills,
    cohort,
    complaints,
    contacts,
    decisions,
    features,
    figures,
    plan_changes,
    reasons,
    scores,
    subscribers,
    summaries,
    surveys,
    usage,
    values,
)
from savedesk.schemas.scores import SURVIVAL_COLUMNS
from savedesk.stages.features.declaration import features_of
from savedesk.stages.features.stage import FAMILIES
from savedesk.stages.summarise import stage

pytestmark = pytest.mark.xdist_group("spark")  # one session, in one process
PEOPLE = [f"s{number:03}" for number in range(240)]
DAYS = [dt.date(2025, 1, 1), dt.date(2025, 2, 1), dt.date(2025, 3, 1)]
NUMBERS = [
    feature.name for family in FAMILIES.values() for feature in features_of(family) if feature.dtype == "float64"
]
SECTIONS = sections(summarise={"minimum_churners": 5})


def rows_of(draw: np.random.Generator) -> dict[Any, list[dict[str, Any]]]:
    """Return every table that the stage reads, of 240 subscribers at three dates."""
    keys = [{"subscriber_id": name, "as_of": day} for name in PEOPLE for day in DAYS]
    newest = [{"subscriber_id": name, "as_of": DAYS[-1]} for name in PEOPLE]
    one_of = lambda *values: values[draw.integers(len(values))]  # noqa: E731
    money = lambda: float(draw.lognormal(3, 1))  # noqa: E731
    offer = {"action": "service_recovery", "channel": "call"}
    months = [dt.date(2024, 11, 1), dt.date(2024, 12, 1), dt.date(2025, 2, 1)]
    return {
        subscribers.TABLE: [
            {
                "subscriber_id": n,
                "region": one_of("north", "south", None),
                "segment": one_of("consumer", "business", None),
            }
            for n in PEOPLE
        ],
        cohort.TABLE: [
            key
            | {"churned": None if key["as_of"] == DAYS[-1] else bool(draw.random() < 0.3), "churn_type": "cancelled"}
            for key in keys
        ],
        features.TABLE: [
            key
            | {name: float(draw.random()) for name in NUMBERS}
            | {
                "months_since_activation": money(),
                "contract_phase": one_of("none", "first", "last", None),
                "bill_shock_1m": float(draw.normal()),
                "plan_overspend_3m": float(draw.random()),
                "complaints_open": float(draw.random() < 0.2),
                "complaints_reopened_12m": float(draw.random() < 0.1),
                "complaints_repeated_12m": float(draw.random() < 0.1),
                "complaint_days_to_close": money(),
                "complaint_count_12m": float(draw.integers(3)),
                "competitor_campaigns_3m": float(draw.integers(6)),
                "competitor_price_index": float(0.8 + 0.3 * draw.random()),
                "last_overall_score": one_of(None, 3.0, 9.0),
                "usage_change_3m": float(draw.normal(0, 0.3)),
                "discount_share_3m": one_of(0.0, 0.2),
            }
            for key in keys
        ],
        scores.TABLE: [
            key
            | dict.fromkeys(SURVIVAL_COLUMNS, 0.5)
            | {"churn_probability": float(draw.random()), "churn_type": "arrears"}
            for key in keys
        ],
        values.TABLE: [
            key
            | {
                "remaining_value": money(),
                "value_at_risk": money(),
                "tier": one_of("key", "core"),
                "discounted_months": 9.0,
            }
            for key in keys
        ],
        reasons.TABLE: [key | {"position": 1, "reason": one_of("price", "network")} for key in keys],
        reasons.CONTACTS: [key | {"position": 1, "reason": one_of("price", "network")} for key in keys],
        reasons.CONTACT_SCORES: [key | {"probability_cancelled": 0.2} for key in keys if key["as_of"] != DAYS[-1]],
        contacts.TABLE: [
            {
                "contact_id": f"{n}{day}",
                "subscriber_id": n,
                "contacted_on": day + dt.timedelta(3),
                "campaign_id": f"C{day}",
                "action": "service_recovery",
                "arm": one_of("treated", "treated", "control"),
                "cost": 2.0,
            }
            for n in PEOPLE
            for day in DAYS[:2]
        ],
        figures.CONTACT_EFFECTS: [{"contact_id": f"{n}{DAYS[0]}", "true_change": 0.1} for n in PEOPLE],
        decisions.TABLE: [
            key | offer | {"decision": "contact", "action_reason": "network", "expected_gain": money()}
            for key in newest
        ],
        decisions.LIST: [
            {"subscriber_id": n, "rank": place, "tier": "key", "churn_type": "arrears", **offer}
            for place, n in enumerate(PEOPLE, start=1)
        ],
        decisions.OPTIONS: [
            key
            | offer
            | {"account_id": key["subscriber_id"], "expected_gain": money(), "expected_cost": money(), "open": True}
            | {"contact_minutes": 12.0, "touched_probability": 0.3, "remaining_value": money()}
            for key in newest
        ],
        decisions.SAVE_RATES: [
            {
                "as_of": DAYS[-1],
                "action": "service_recovery",
                "reason": "network",
                "save_rate": 0.2,
                "low": 0.1,
                "high": 0.3,
            }
        ],
        surveys.TABLE: [
            {"subscriber_id": n, "surveyed_on": day, "process": process, "score": int(draw.integers(1, 11))}
            for n in PEOPLE
            for day in (dt.date(2024, 8, 10), dt.date(2024, 12, 10))
            for process in ("network", "billing")
        ],
        usage.TABLE: [
            {"subscriber_id": n, "month": m, "voice_min": money(), "data_mb": money()} for n in PEOPLE for m in months
        ],
        bills.TABLE: [{"subscriber_id": n, "month": m, "plan_fee": money()} for n in PEOPLE for m in months],
        plan_changes.TABLE: [
            {
                "subscriber_id": n,
                "changed_on": dt.date(2025, 1, 15),
                "old_fee": 10.0,
                "new_fee": 11.0,
                "initiated_by": "operator",
            }
            for n in PEOPLE[::3]
        ],
        complaints.TABLE: [{"subscriber_id": n, "opened_at": dt.date(2025, 2, 1)} for n in PEOPLE[::5]],
    }


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    given = rows_of(np.random.default_rng(4))
    root = project(
        tmp_path_factory.mktemp("small"),
        {contract: rows for contract, rows in given.items() if contract.stage == "ingest"},
    )
    for contract, rows in given.items():
        save(root, contract, table(contract, rows))
    return root


def summaries_on(engine: Engine, root: Path) -> dict[str, pd.DataFrame]:
    inputs = Inputs(root, engine, stage.READS, SECTIONS, Silent(), stage.WRITES)
    outputs = stage.run(inputs)
    frames = {}
    for contract in stage.WRITES:
        frame = _typed(contract, outputs[contract.name], engine).to_pandas()
        frames[contract.name] = frame.sort_values(list(contract.key), ignore_index=True)
    return frames


@pytest.fixture(scope="module")
def on_duckdb(home: Path) -> dict[str, pd.DataFrame]:
    with open_duckdb(SECTIONS["engine"]) as engine:
        return summaries_on(engine, home)


def test_every_table_is_the_same_on_spark(spark: SparkEngine, home: Path, on_duckdb: dict[str, pd.DataFrame]) -> None:
    on_spark = summaries_on(spark, home)
    for contract in summaries.TABLES:
        mine, other = on_duckdb[contract.name], on_spark[contract.name]
        assert len(mine) > 0, contract.name
        pd.testing.assert_frame_equal(mine, other, check_dtype=False, rtol=1e-9, obj=contract.name)
