"""A save desk in small tables: the stage's inputs with sane values where a test does not say otherwise."""

from __future__ import annotations

import datetime as dt
import json
from types import SimpleNamespace

import pytest

from savedesk.contracts import complaints, contacts, decisions, model, reasons, scores, subscribers, values
from tests.tables import project, read, run, save, table

DAY = dt.date(2025, 7, 1)
NO_LIMITS = {
    "budget": None,
    "hold_out_share": 0.0,
    "channels": {name: {"hours": None} for name in ("visit", "call", "message")},
}


def desk_of(root):
    """Return a function that runs the stage on people given as mappings (id -> what differs) and reads the result."""

    def desk(people, contacts_="", complaints_="", told=(), language="en", kind="dated", **policy):
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
        project(root, given, kind=kind, as_of=str(DAY) if kind == "snapshot" else None)
        save(root, scores.TABLE, table(scores.TABLE, [_scored(row) for row in rows]))
        save(root, values.TABLE, table(values.TABLE, [_valued(row) for row in rows]))
        explained = [row for row in rows if row.get("candidate", True)]
        key = ("subscriber_id", "as_of")
        candidates = [{name: row[name] for name in key} for row in explained]
        save(root, reasons.CANDIDATES, table(reasons.CANDIDATES, candidates))
        spoken = [
            {**{name: row[name] for name in key}, "position": place, "reason": reason, "text": f"{reason} told"}
            for row in explained
            for place, reason in enumerate(row.get("reasons", ["complaint"]), start=1)
        ]
        save(root, reasons.TABLE, table(reasons.TABLE, [*spoken, *told]))
        path = root / model.SCHEMA.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"version": "0123456789abcdef"}))
        summary = run(root, "prioritise", prioritise=NO_LIMITS | policy, language={"code": language})
        return SimpleNamespace(
            metrics=summary.metrics,
            rows={row["subscriber_id"]: row for row in read(root, decisions.TABLE) if row["as_of"] == max_day(rows)},
            all=read(root, decisions.TABLE),
            list=sorted(read(root, decisions.LIST), key=lambda row: row["rank"]),
            hold_out=read(root, decisions.HOLD_OUT),
            give_up=read(root, decisions.GIVE_UP),
            limits={row["limit"]: row for row in read(root, decisions.LIMITS) if row["as_of"] == max_day(rows)},
            summary=json.loads((root / decisions.SUMMARY.path).read_text(encoding="utf-8")),
            root=root,
        )

    return desk


def max_day(rows):
    return max(row["as_of"] for row in rows)


def _scored(row):
    p = row.get("p", 0.5)
    kind = row.get("type", "cancelled")
    return {
        "subscriber_id": row["subscriber_id"],
        "as_of": row["as_of"],
        "role": "score",
        "churn_probability": p,
        f"probability_{kind}": p,
        "churn_type": kind,
        "expected_days_to_churn": row.get("days", 40.0),
        "model_version": "0123456789abcdef",
    }


def _valued(row):
    value = row.get("value", 400.0)
    return {
        "subscriber_id": row["subscriber_id"],
        "as_of": row["as_of"],
        "margin": row.get("margin", 20.0),
        "margin_source": "bills",
        "expected_months": 20.0,
        "remaining_value": value,
        "value_at_risk": row.get("p", 0.5) * max(value, 0.0),
        "tier": row.get("tier", "core"),
    }


@pytest.fixture
def desk(tmp_path):
    return desk_of(tmp_path)
