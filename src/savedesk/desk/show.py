"""Everything that decided whether a subscriber is on the list, read from what the stages wrote."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from savedesk.contracts import complaints, contacts, decisions, reasons, scores, subscribers, values
from savedesk.desk.people import require_scored
from savedesk.desk.runs import Run, find_run, made_with
from savedesk.engine.duckdb import open_duckdb
from savedesk.params.engine import EngineParams
from savedesk.params.language import Language
from savedesk.params.load import load_params
from savedesk.params.prioritise import PrioritiseParams
from savedesk.policy.contact_facts import contact_facts
from savedesk.policy.limits import limits
from savedesk.policy.options import with_terms
from savedesk.prioritise.holdout import draw
from savedesk.prioritise.listing import SHORT, policy_hash

WHERE = "list show"
ON_THE_LIST = ("contact", "hold_out")


@dataclass(frozen=True)
class Rule:
    """One rule that may keep a subscriber off the list: its name, the own figure, the limit, whether it is kept."""

    name: str
    figure: Any
    limit: Any
    kept: bool


@dataclass(frozen=True)
class Shown:
    """What is known of one subscriber at one as_of.

    Args:
        run: where it was read.
        decision: row of ``decisions``.
        score: row of ``scores``.
        value: row of ``values``.
        master: row of ``subscribers``; empty where the source has none of that id any more.
        reasons: rows of ``reasons``, the strongest first.
        rules: in the order in which they are looked at.
        options: rows of ``options`` with the terms of the gain (``saved``, ``given_away``, ``contact_cost``), what
            they take from the limits at their shadow prices (``limits_cost``) and the rest (``net``); best first.
        rates: rows of ``save_rates`` of those options.
        limits: rows of ``limits``.
        account: decisions of the other lines of the account.
        draw: number in [0, 1) that the hold-out is drawn by.
        receipt: of the row of the list or hold-out; empty where there is none.
        policy_changed: whether ``prioritise`` in params.yaml is another than the list was made with.
        policy: section ``prioritise``.
        language: of the run.
    """

    run: Run
    decision: Mapping[str, Any]
    score: Mapping[str, Any]
    value: Mapping[str, Any]
    master: Mapping[str, Any]
    reasons: pd.DataFrame
    rules: list[Rule]
    options: pd.DataFrame
    rates: pd.DataFrame
    limits: pd.DataFrame
    account: pd.DataFrame
    draw: float
    receipt: str
    policy_changed: bool
    policy: PrioritiseParams
    language: str

    @property
    def held_out(self) -> bool:
        """Whether the draw puts the subscriber into the hold-out."""
        return self.draw < self.policy.hold_out_share


def shown(root: Path, subscriber_id: str, as_of: str) -> Shown:
    """Return why a subscriber is on or off the list of a day.

    Raises:
        MissingInputError: prioritise has not run.
        ParamsError: no such day, or no such subscriber on it.
    """
    run = find_run(root, as_of, WHERE)
    sections = load_params(root)
    policy, language, engine = sections[PrioritiseParams.key], sections[Language.key], sections[EngineParams.key]
    assert isinstance(policy, PrioritiseParams)  # noqa: S101 - for the type checker
    assert isinstance(language, Language)  # noqa: S101
    assert isinstance(engine, EngineParams)  # noqa: S101
    name = require_scored(run, subscriber_id, WHERE)
    decision, score, value, master = (
        _only(run.rows(table, name)) for table in (decisions.TABLE, scores.TABLE, values.TABLE, subscribers.TABLE)
    )
    bounds = run.rows(decisions.LIMITS)
    offered = _priced(run.rows(decisions.OPTIONS, name), policy, bounds)
    rates = run.rows(decisions.SAVE_RATES).merge(offered[["action", "reason"]].drop_duplicates())
    policy_then = made_with(run)
    return Shown(
        run=run,
        decision=decision,
        score=score,
        value=value,
        master=master,
        reasons=run.rows(reasons.TABLE, name).sort_values("position"),
        rules=_rules(run, name, value, master, policy, engine),
        options=offered,
        rates=rates,
        limits=bounds,
        account=_account(run, name, master),
        draw=draw(name, policy.campaign),
        receipt=_receipt(run, name),
        policy_changed=bool(policy_then) and policy_then != policy_hash(policy)[:SHORT],
        policy=policy,
        language=language.code,
    )


def _only(rows: pd.DataFrame) -> dict[str, Any]:
    first: list[dict[str, Any]] = [{str(k): v for k, v in row.items()} for row in rows.head(1).to_dict("records")]
    return first[0] if first else {}


def _priced(offered: pd.DataFrame, policy: PrioritiseParams, bounds: pd.DataFrame) -> pd.DataFrame:
    """Return options with the terms of their gain, and what is left of it when the limits are paid for."""
    prices = dict(zip(bounds["limit"], bounds["shadow_price"], strict=True))
    taken = sum((prices.get(one.name, 0.0) * one.takes for one in limits(offered, policy)), np.zeros(len(offered)))
    offered = with_terms(offered).assign(limits_cost=taken)
    offered["net"] = offered["expected_gain"] - taken
    return offered.sort_values(["expected_gain", "action", "channel"], ascending=[False, True, True], ignore_index=True)


def _receipt(run: Run, name: str) -> str:
    """Return the receipt of the subscriber's row; empty where there is none."""
    if not run.newest:
        return ""
    found = pd.concat([run.rows(table, name)["receipt"] for table in (decisions.LIST, decisions.HOLD_OUT)])
    return str(found.iloc[0]) if len(found) else ""


def _rules(
    run: Run,
    name: str,
    value: Mapping[str, Any],
    master: Mapping[str, Any],
    policy: PrioritiseParams,
    engine: EngineParams,
) -> list[Rule]:
    """Return the rules in the order of ``verdicts.barred``, each with the figure of this subscriber."""
    facts, rules = _contact_facts(run, name, policy, engine), policy.rules
    since, least = facts["days_since_contact"], _least_at_risk(run)
    blocked, refused = master.get("blocklisted") is True, master.get("contact_allowed") is False
    candidate = bool(len(run.rows(reasons.CANDIDATES, name)))
    return [
        Rule("blocklisted", blocked, False, not blocked),
        Rule("consent", not refused, True, not refused),
        Rule("worth", value["remaining_value"], 0.0, value["remaining_value"] > 0),
        Rule("candidate", value["value_at_risk"], least, candidate),
        Rule("quiet_days", since, rules.quiet_days, since is None or since > rules.quiet_days),
        Rule("contacts", facts["recent_contacts"], rules.max_contacts, facts["recent_contacts"] < rules.max_contacts),
        Rule("open_complaints", facts["open_complaints"], 0, facts["open_complaints"] == 0),
    ]


def _contact_facts(run: Run, name: str, policy: PrioritiseParams, engine: EngineParams) -> dict[str, Any]:
    with open_duckdb(engine) as opened:
        person = opened.taken(pa.table({"subscriber_id": [name], "as_of": pa.array([run.as_of], pa.date32())}))
        made, opened_tickets = (opened.read(table, run.path(table)) for table in (contacts.TABLE, complaints.TABLE))
        made, opened_tickets = (table.filter(table.subscriber_id == name) for table in (made, opened_tickets))
        facts: dict[str, Any] = contact_facts(person, made, opened_tickets, policy.rules).to_pyarrow().to_pylist()[0]
    return facts


def _least_at_risk(run: Run) -> float:
    """Return the least value at risk of the candidates; 0 where there are none."""
    explained = run.rows(reasons.CANDIDATES)[["subscriber_id"]]
    least = run.rows(values.TABLE).merge(explained)["value_at_risk"].min()
    return 0.0 if pd.isna(least) else float(least)


def _account(run: Run, name: str, master: Mapping[str, Any]) -> pd.DataFrame:
    """Return the decisions of the other lines that one account pays for."""
    payer: list[Any] = [("account_id", "=", str(master.get("account_id") or ""))]
    own = pq.read_table(run.path(subscribers.TABLE), columns=["subscriber_id"], filters=payer)
    others = [one for one in own["subscriber_id"].to_pylist() if one != name]
    told = run.rows(decisions.TABLE) if others else run.rows(decisions.TABLE, name)
    return told[told["subscriber_id"].isin(others)].reset_index(drop=True)


def call_by(one: Shown) -> dt.date | None:
    """Return the last day on which the decided contact still comes in time; absent where none is decided."""
    if not one.receipt:
        return None
    table = decisions.LIST if one.decision["decision"] == "contact" else decisions.HOLD_OUT
    day: dt.date = one.run.rows(table, str(one.decision["subscriber_id"]))["call_by"].iloc[0]
    return day
