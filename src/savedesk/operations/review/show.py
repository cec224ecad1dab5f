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

from savedesk.engine.base import ARROW_TYPES
from savedesk.engine.duckdb import open_duckdb
from savedesk.operations.review.find_subscriber import require_scored
from savedesk.operations.review.runs import Run, facts_of, find_run, made_with
from savedesk.params.cohort import CohortParams
from savedesk.params.engine import EngineParams
from savedesk.params.language import Language
from savedesk.params.load import load_params
from savedesk.params.prioritise import PrioritiseParams
from savedesk.params.section import Section
from savedesk.policy.contact_facts import contact_facts
from savedesk.policy.known_since import changed_since
from savedesk.policy.limits import limits
from savedesk.policy.options import with_terms
from savedesk.policy.sight import BEFORE_ONLY, sight_of
from savedesk.schemas import complaints, contacts, decisions, reasons, scores, status_changes, subscribers, values
from savedesk.stages.prioritise.contact_list import SHORT, policy_hash
from savedesk.stages.prioritise.eligibility import SINCE
from savedesk.stages.prioritise.holdout import draw
from savedesk.stages.prioritise.reported import with_refusals

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
    policy, language = sections[PrioritiseParams.key], sections[Language.key]
    assert isinstance(policy, PrioritiseParams)  # noqa: S101 - for the type checker
    assert isinstance(language, Language)  # noqa: S101
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
        rules=_rules(run, name, value, master, policy, sections),
        options=offered,
        rates=rates,
        limits=bounds,
        account=_account(run, name, master),
        draw=draw(_payer(name, master, policy), policy.campaign),
        receipt=_receipt(run, name),
        policy_changed=bool(policy_then) and policy_then != policy_hash(policy)[:SHORT],
        policy=policy,
        language=language.code,
    )


def _payer(name: str, master: Mapping[str, Any], policy: PrioritiseParams) -> str:
    """Return what the hold-out was drawn by: the account, or the subscriber where each may be contacted."""
    account = str(master.get("account_id") or name)
    return account if policy.rules.one_per_account else name


def _only(rows: pd.DataFrame) -> dict[str, Any]:
    first: list[dict[str, Any]] = [{str(k): v for k, v in row.items()} for row in rows.head(1).to_dict("records")]
    return first[0] if first else {}


def _priced(offered: pd.DataFrame, policy: PrioritiseParams, bounds: pd.DataFrame) -> pd.DataFrame:
    """Return options with the terms of their gain, and what is left of it when the limits are paid for."""
    prices = dict(zip(bounds["limit"], bounds["shadow_price"], strict=True))
    taken = sum(
        (prices.get(limit.name, 0.0) * limit.takes for limit in limits(offered, policy)), np.zeros(len(offered))
    )
    offered = with_terms(offered).assign(limits_cost=taken)
    offered["net"] = offered["expected_gain"] - taken
    return offered.sort_values(["expected_gain", "action", "channel"], ascending=[False, True, True], ignore_index=True)


def _receipt(run: Run, name: str) -> str:
    """Return the receipt of the subscriber's row; empty where there is none."""
    if not run.newest:
        return ""
    receipts = pd.concat([run.rows(table, name)["receipt"] for table in (decisions.LIST, decisions.HOLD_OUT)])
    return str(receipts.iloc[0]) if len(receipts) else ""


def _rules(
    run: Run,
    name: str,
    value: Mapping[str, Any],
    master: Mapping[str, Any],
    policy: PrioritiseParams,
    sections: Mapping[str, Section],
) -> list[Rule]:
    """Return the rules in the order of ``verdicts.barred``, each with the figure of this subscriber."""
    facts, rules = _contact_facts(run, name, policy, sections), policy.rules
    since, least = facts["days_since_contact"], _least_at_risk(run)
    blocked, refused = master.get("blocklisted") is True, master.get("contact_allowed") is False
    candidate = bool(len(run.rows(reasons.CANDIDATES, name)))
    return [
        Rule("since", facts["since"], None, facts["since"] is None),
        Rule("blocklisted", blocked, False, not blocked),
        Rule("consent", not refused, True, not refused),
        Rule("worth", value["remaining_value"], 0.0, value["remaining_value"] > 0),
        Rule("candidate", value["value_at_risk"], least, candidate),
        Rule("quiet_days", since, rules.quiet_days, since is None or since > rules.quiet_days),
        Rule("contacts", facts["recent_contacts"], rules.max_contacts, facts["recent_contacts"] < rules.max_contacts),
        Rule("open_complaints", facts["open_complaints"], 0, facts["open_complaints"] == 0),
    ]


def _contact_facts(run: Run, name: str, policy: PrioritiseParams, sections: Mapping[str, Section]) -> dict[str, Any]:
    """Return the contact facts that the list saw; ``since``: the day of what closed the row since as_of, or none."""
    engine, windows = sections[EngineParams.key], sections[CohortParams.key]
    assert isinstance(engine, EngineParams)  # noqa: S101 - for the type checker
    assert isinstance(windows, CohortParams)  # noqa: S101
    sight = sight_of(run.as_of, facts_of(run.root)) if run.newest else BEFORE_ONLY
    with open_duckdb(engine) as opened:
        person = opened.taken(pa.table({"subscriber_id": [name], "as_of": pa.array([run.as_of], pa.date32())}))
        read = (contacts.TABLE, complaints.TABLE, status_changes.TABLE)
        contact_rows, tickets, changes = (opened.read(table, run.path(table)) for table in read)
        contact_rows, tickets, changes = (
            table.filter(table.subscriber_id == name) for table in (contact_rows, tickets, changes)
        )
        seen = _reported(run, name)
        rows = contact_facts(person, contact_rows, tickets, policy.rules, sight, opened.taken(seen))
        rows = changed_since(opened, rows, changes, sight, windows.allowed_gap_days)
        facts: dict[str, Any] = rows.to_pyarrow().to_pylist()[0]
    asked = with_refusals(pd.DataFrame([facts]), seen, sight)["asked_on"].iloc[0]
    facts["asked_on"] = None if pd.isna(asked) else pd.Timestamp(asked).date()
    days = (facts[day] for code, day in SINCE.items() if code != "contacted_since")
    return facts | {"since": next((day for day in days if day is not None), None)}


def _reported(run: Run, name: str) -> pa.Table:
    """Return the imported outcomes of the subscriber that the list saw; none where it was made before it saw any."""
    path, table = run.folder / decisions.REPORTED.path, decisions.REPORTED
    schema = pa.schema([(column.name, ARROW_TYPES[column.dtype]) for column in table.columns])
    if not (run.newest and path.is_file()):
        return schema.empty_table()
    return pq.read_table(path, schema=schema, filters=[("subscriber_id", "=", name)])


def _least_at_risk(run: Run) -> float:
    """Return the least value at risk of the candidates; 0 where there are none."""
    explained = run.rows(reasons.CANDIDATES)[["subscriber_id"]]
    least = run.rows(values.TABLE).merge(explained)["value_at_risk"].min()
    return 0.0 if pd.isna(least) else float(least)


def _account(run: Run, name: str, master: Mapping[str, Any]) -> pd.DataFrame:
    """Return the decisions of the other lines that one account pays for."""
    payer: list[Any] = [("account_id", "=", str(master.get("account_id") or ""))]
    own = pq.read_table(run.path(subscribers.TABLE), columns=["subscriber_id"], filters=payer)
    others = [other for other in own["subscriber_id"].to_pylist() if other != name]
    rows = run.rows(decisions.TABLE) if others else run.rows(decisions.TABLE, name)
    return rows[rows["subscriber_id"].isin(others)].reset_index(drop=True)


def call_by(facts: Shown) -> dt.date | None:
    """Return the last day on which the decided contact still comes in time; absent where none is decided."""
    if not facts.receipt:
        return None
    table = decisions.LIST if facts.decision["decision"] == "contact" else decisions.HOLD_OUT
    day: dt.date = facts.run.rows(table, str(facts.decision["subscriber_id"]))["call_by"].iloc[0]
    return day
