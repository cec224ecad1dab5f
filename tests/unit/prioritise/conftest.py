"""A save desk in small tables: the stage's inputs with sane values where a test does not say otherwise."""

from __future__ import annotations

import datetime as dt
import json
from types import SimpleNamespace

import pytest
from tests.tables import LEARNING, Silent, read, save, sections, table

from savedesk.engine.duckdb import open_duckdb
from savedesk.params.language import Language
from savedesk.params.load import overlay
from savedesk.params.prioritise import PrioritiseParams
from savedesk.pipeline.inputs import Inputs
from savedesk.pipeline.runner import _typed, run_stage
from savedesk.schemas import (
    cohort,
    complaints,
    contacts,
    features,
    model,
    reasons,
    scores,
    source_facts,
    status_changes,
    subscribers,
    unknown_facts,
    values,
)
from savedesk.schemas.labels import CHURN_TYPES
from savedesk.schemas.table import Table
from savedesk.stages.prioritise import stage

DAY = dt.date(2025, 7, 1)
DEFAULTS = sections()
# The figures that tests compute with, whatever params.yaml says; no limit binds.
POLICY = {
    "campaign": "base",
    "budget": None,
    "hold_out_share": 0.0,
    "channels": {
        "visit": {"cost": 8.0, "minutes": 45, "hours": None, "notice_days": 7},
        "call": {"cost": 1.0, "minutes": 12, "hours": None, "notice_days": 2},
        "message": {"cost": 0.05, "minutes": 0, "hours": None, "notice_days": 1},
    },
    "actions": {
        "service_recovery": {"offer_cost": 2, "offer_cost_months": 0, "save_rate": 0.2, "take_up": 0.3},
        "renewal_benefit": {"offer_cost": 0, "offer_cost_months": 1.0, "save_rate": 0.2, "take_up": 0.5},
        "check_in": {"offer_cost": 0, "offer_cost_months": 0, "save_rate": 0.02, "take_up": 0},
    },
    "reason_actions": {"complaint": ["service_recovery"], "contract_end": ["renewal_benefit"]},
    "default_actions": ["check_in"],
    "rules": {"quiet_days": 30, "max_contacts": 2, "max_contacts_days": 90, "one_per_account": True},
    "contacts": None,
    "minimum_gain": 0.0,
    "learning": {**LEARNING, "minimum_contacts": 100},
}


def desk_of(root, *, to_disk):
    """Return a function that runs the stage on people given as mappings (id -> what differs) and reads the result."""

    def desk(
        people,
        contacts_="",
        complaints_="",
        more_reasons=(),
        language="en",
        kind="dated",
        also=None,
        statuses="",
        taken="2025-07-15",
        known=None,
        **policy,
    ):
        rows = [{"subscriber_id": name, "as_of": DAY, **own} for name, own in people.items()]
        master = [{"account_id": row["subscriber_id"], "segment": "consumer", "region": "north", **row} for row in rows]
        names = {column.name for column in subscribers.TABLE.columns}
        given = {
            subscribers.TABLE: list(
                {r["subscriber_id"]: {n: v for n, v in r.items() if n in names} for r in master}.values()
            )
        }
        given |= {contacts.TABLE: contacts_} if contacts_ else {}
        given |= {complaints.TABLE: complaints_} if complaints_ else {}
        given |= {status_changes.TABLE: statuses} if statuses else {}
        for contract in (subscribers.TABLE, contacts.TABLE, complaints.TABLE, status_changes.TABLE):
            save(root, contract, table(contract, given.get(contract, [])))
        (root / source_facts.FILE.path).write_text(
            json.dumps({"name": "mine", "kind": kind, "extracted_on": taken, "data_until": known})
        )
        save(root, scores.TABLE, table(scores.TABLE, [_scored(row) for row in rows]))
        save(root, values.TABLE, table(values.TABLE, [_valued(row) for row in rows]))
        explained = [row for row in rows if row.get("candidate", True)]
        key = ("subscriber_id", "as_of")
        candidates = [{name: row[name] for name in key} for row in explained]
        save(root, reasons.CANDIDATES, table(reasons.CANDIDATES, candidates))
        spoken = [
            {**{name: row[name] for name in key}, "position": place, "reason": reason, "text": f"{reason} told"}
            | {"feature": row.get("feature")}
            for row in explained
            for place, reason in enumerate(row.get("reasons", ["complaint"]), start=1)
        ]
        save(root, reasons.TABLE, table(reasons.TABLE, [*spoken, *more_reasons]))
        for contract in (cohort.TABLE, features.TABLE, reasons.CONTACTS, reasons.CONTACT_SCORES, unknown_facts.TABLE):
            save(root, contract, table(contract, (also or {}).get(contract, [])))
        path = root / model.SCHEMA.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"version": "0123456789abcdef", "source": "mine"}))
        own = PrioritiseParams.model_validate(overlay(DEFAULTS["prioritise"].model_dump(), overlay(POLICY, policy)))
        said = DEFAULTS | {"prioritise": own, "language": Language(code=language)}
        tables, metrics, warnings = (_written if to_disk else _unwritten)(root, said)
        newest = max(row["as_of"] for row in rows)
        return SimpleNamespace(
            metrics=metrics,
            warnings=warnings,
            rows={row["subscriber_id"]: row for row in tables["decisions"] if row["as_of"] == newest},
            all=tables["decisions"],
            list=sorted(tables["list"], key=lambda row: row["rank"]),
            hold_out=tables["holdout"],
            give_up=tables["give_up"],
            limits={row["limit"]: row for row in tables["limits"] if row["as_of"] == newest},
            root=root,
        )

    return desk


def _written(root, said):
    """Run the stage as a user would: checked and written to files."""
    summary = run_stage("prioritise", root, said, Silent())
    return (
        {contract.name: read(root, contract) for contract in stage.WRITES if isinstance(contract, Table)},
        summary.metrics,
        summary.warnings,
    )


def _unwritten(root, said):
    """Run the stage and look at what it returns: half the time, since nothing is written and read back."""
    with open_duckdb(said["engine"]) as engine:
        outputs = stage.run(Inputs(root, engine, stage.READS, said, Silent()))
        tables = [contract for contract in stage.WRITES if isinstance(contract, Table)]
        plain = {
            contract.name: _typed(contract, outputs[contract.name], engine).to_pyarrow().to_pylist()
            for contract in tables
        }
        return plain, outputs["metrics"], outputs["warnings"]


def _scored(row):
    p = row.get("p", 0.5)
    kind = row.get("type", "cancelled")
    return {
        "subscriber_id": row["subscriber_id"],
        "as_of": row["as_of"],
        "role": "score",
        "churn_probability": p,
        **{f"probability_{churn_type}": p if churn_type == kind else 0.0 for churn_type in CHURN_TYPES},
        "churn_type": kind,
        "expected_days_to_churn": row.get("days", 40.0),
        "model_version": "0123456789abcdef",
        "data_hash": "89abcdef01234567",
    }


def _valued(row):
    value = row.get("value", 400.0)
    return {
        "subscriber_id": row["subscriber_id"],
        "as_of": row["as_of"],
        "margin": row.get("margin", 20.0),
        "margin_source": "bills",
        "discounted_months": 20.0,
        "remaining_value": value,
        "value_at_risk": row.get("p", 0.5) * max(value, 0.0),
        "tier": row.get("tier", "core"),
    }


@pytest.fixture
def desk(tmp_path):
    return desk_of(tmp_path, to_disk=False)


@pytest.fixture
def office(tmp_path):
    """The desk with its files."""
    return desk_of(tmp_path, to_disk=True)
