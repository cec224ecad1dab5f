"""Stage prioritise: the decision for every scored subscriber, and the files of the newest as_of."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa

from savedesk.errors import PolicyError
from savedesk.model.compatibility import require_source
from savedesk.params.cohort import CohortParams
from savedesk.params.language import Language
from savedesk.params.prioritise import PrioritiseParams
from savedesk.params.summarise import SummariseParams
from savedesk.params.value import ValueParams
from savedesk.pipeline.inputs import Inputs
from savedesk.policy.action_rules import called_for
from savedesk.policy.contact_facts import contact_facts, unaware_overspenders
from savedesk.policy.known_since import changed_since
from savedesk.policy.limits import worthwhile
from savedesk.policy.options import options, usual_of
from savedesk.policy.sight import Sight, sight_of
from savedesk.policy.unknown_rules import with_unknown_rules
from savedesk.schemas import (
    cohort,
    complaints,
    contacts,
    decisions,
    features,
    model,
    reasons,
    renamed_ids,
    scores,
    source_facts,
    status_changes,
    subscribers,
    unknown_facts,
    values,
)
from savedesk.schemas.outcomes import IMPORTED, OUTCOME_COLUMNS
from savedesk.stages.prioritise.campaign_warnings import harmful, unmatched, untaught
from savedesk.stages.prioritise.contact_list import give_up_rows, list_rows, policy_hash
from savedesk.stages.prioritise.data_age import closed_note, closed_since, far_apart
from savedesk.stages.prioritise.decide import Decided, decide
from savedesk.stages.prioritise.holdout import far_from_share
from savedesk.stages.prioritise.plausible import gain_doubts
from savedesk.stages.prioritise.reported import reported_outcomes, with_refusals
from savedesk.stages.prioritise.save_rates import randomised_contacts, save_rates
from savedesk.stages.prioritise.spreadsheet import to_csv, to_xlsx
from savedesk.stages.prioritise.words import say

READS = (
    scores.TABLE,
    values.TABLE,
    reasons.TABLE,
    reasons.CANDIDATES,
    reasons.CONTACTS,
    reasons.CONTACT_SCORES,
    cohort.TABLE,
    features.TABLE,
    subscribers.TABLE,
    unknown_facts.TABLE,
    contacts.TABLE,
    complaints.TABLE,
    status_changes.TABLE,
    model.SCHEMA,
    source_facts.FILE,
    renamed_ids.TABLE,
    IMPORTED,
)
WRITES = (
    decisions.TABLE,
    decisions.LIST,
    decisions.HOLD_OUT,
    decisions.GIVE_UP,
    decisions.LIMITS,
    decisions.OPTIONS,
    decisions.SAVE_RATES,
    decisions.REPORTED,
    decisions.LIST_CSV,
    decisions.LIST_XLSX,
    decisions.OUTCOMES_CSV,
    decisions.SUMMARY,
)
SECTIONS = (PrioritiseParams, Language, CohortParams, ValueParams, SummariseParams)
RATE = ["as_of", "action", "reason", "save_rate", "save_rate_source", "usual_share"]


def run(inputs: Inputs) -> dict[str, Any]:
    """Return decisions at every scored as_of and the hand-off files of the newest one.

    Raises:
        ModelSchemaError: the model was trained on another source.
        PolicyError: nobody is scored, no contact fits within the limits, or the solver found no plan.
    """
    policy, language = inputs.section(PrioritiseParams), inputs.section(Language).code
    require_source(inputs.json(model.SCHEMA), inputs.json(source_facts.FILE))
    reason_rows = inputs.frame(reasons.TABLE)
    sight = _sight(inputs)
    seen = reported_outcomes(inputs, sight)
    people = _people(inputs, policy, sight, seen)
    candidates = people[people["candidate"]]
    upset = candidates[candidates["open_complaints"] > 0]
    called = called_for(reason_rows, upset, candidates, policy)
    past = randomised_contacts(inputs, policy)
    parts: dict[str, list[pd.DataFrame]] = {}
    groups = list(people.groupby("as_of", sort=True))
    for day, group in inputs.progress.track(groups, "as_of dates", len(groups)):
        there, calls = group[group["candidate"]], called[called["as_of"] == day]
        rates = save_rates(past, usual_of(calls, there, policy), day, policy)
        offered = options(there, calls, rates[RATE], policy)
        decision = decide(group, offered, policy, language)
        tables = {
            decisions.TABLE: decision.rows,
            decisions.OPTIONS: decision.options,
            decisions.LIMITS: decision.limits,
        }
        for table, rows in (tables | {decisions.SAVE_RATES: rates}).items():
            parts.setdefault(table.name, []).append(rows[list(table.column_names)])
    newest, _ = groups[-1]
    _refuse_impossible(decision, policy)
    written = {name: pd.concat(rows, ignore_index=True) for name, rows in parts.items()}
    return {**written, decisions.REPORTED.name: seen} | _hand_off(
        inputs, decision, rates, reason_rows[reason_rows["as_of"] == newest], sight
    )


def _sight(inputs: Inputs) -> Sight:
    """Return how far the newest as_of sees.

    Raises:
        PolicyError: nobody is scored.
    """
    newest = inputs.table(scores.TABLE).as_of.max().execute()
    if pd.isna(newest):
        raise PolicyError("nobody is scored", where=scores.TABLE.path, next_step="check `savedesk cohort`")
    return sight_of(pd.Timestamp(newest).date(), inputs.json(source_facts.FILE))


def _refuse_impossible(decision: Decided, policy: PrioritiseParams) -> None:
    """Refuse limits within which not even one contact fits, though some would gain.

    Raises:
        PolicyError: no contact fits.
    """
    gain = worthwhile(decision.options["expected_gain"].to_numpy(float), policy)
    wanted = decision.options["open"].to_numpy(bool) & (gain > 0)
    if wanted.any() and not decision.plan.chosen.any():
        given = ", ".join(f"{row.limit} {row.available:g}" for row in decision.limits.itertuples())
        raise PolicyError(
            f"not one contact fits within the limits ({given}), of {int(wanted.sum()):,} that would gain",
            where="params.yaml: prioritise",
            next_step="give more budget or hours, or null for no limit",
        )


def _people(inputs: Inputs, policy: PrioritiseParams, sight: Sight, seen: pa.Table) -> pd.DataFrame:
    """Return every scored row with value, account, consent and contact facts; ``candidate`` says who was explained.

    At the newest as_of it also says who has left, given notice, been suspended or asked not to be called since.
    """
    keys = ["subscriber_id", "as_of"]
    scored = inputs.table(scores.TABLE).drop("role", "monthly_hazard", "out_of_fold", "model_version")
    worth = inputs.table(values.TABLE).drop("margin_source", "discounted_months")
    master = inputs.table(subscribers.TABLE)
    master = master.select("subscriber_id", "account_id", "segment", "region", "contact_allowed", "blocklisted")
    explained = inputs.table(reasons.CANDIDATES).select(*keys).mutate(candidate=True)
    rows = scored.inner_join(worth, keys, rname="{name}_worth").left_join(
        master, "subscriber_id", rname="{name}_master"
    )
    rows = rows.left_join(explained, keys, rname="{name}_explained")
    rows = rows.mutate(candidate=rows.candidate.fill_null(False))
    rows = rows.drop(*[name for name in rows.columns if name.endswith(("_worth", "_master", "_explained"))])
    past = inputs.table(contacts.TABLE), inputs.table(complaints.TABLE)
    known = contact_facts(rows, *past, policy.rules, sight, inputs.engine.taken(seen))
    gap = inputs.section(CohortParams).allowed_gap_days
    known = changed_since(inputs.engine, known, inputs.table(status_changes.TABLE), sight, gap)
    unknown = inputs.table(unknown_facts.TABLE)
    known = with_unknown_rules(known, unknown, inputs.table(status_changes.TABLE), policy.rules, sight)
    frame: pd.DataFrame = known.order_by(keys).to_pandas().reset_index(drop=True)
    frame = with_refusals(frame, seen, sight)
    unaware = unaware_overspenders(explained, inputs.table(features.TABLE), policy.rules).to_pandas()
    return frame.merge(unaware, on=keys, how="left")


def _hand_off(
    inputs: Inputs, decision: Decided, rates: pd.DataFrame, reason_rows: pd.DataFrame, sight: Sight
) -> dict[str, Any]:
    decided = decision.rows
    policy, language = inputs.section(PrioritiseParams), inputs.section(Language).code
    version, policy_version = str(inputs.json(model.SCHEMA)["version"]), policy_hash(policy)
    listed, held = (
        list_rows(decided, arm, reason_rows, version, policy_version, language, policy.actions).assign(
            propensity=chance
        )
        for arm, chance in (("contact", 1 - policy.hold_out_share), ("hold_out", policy.hold_out_share))
    )
    given_up = give_up_rows(decided)
    facts = inputs.json(source_facts.FILE)
    snapshot = facts["kind"] == "snapshot"
    as_of = pd.Timestamp(decided["as_of"].iloc[0]).date()
    doubts = gain_doubts(decided, inputs.section(CohortParams), inputs.section(ValueParams))
    summary = _summary(decision, rates, snapshot, language)
    empty = f"nobody is to be contacted, of {len(decided):,} scored; most often: {decided['why'].mode()[0]}"
    return {
        decisions.LIST.name: listed,
        decisions.HOLD_OUT.name: held,
        decisions.GIVE_UP.name: given_up,
        decisions.LIST_CSV.name: to_csv(listed),
        decisions.LIST_XLSX.name: to_xlsx(
            listed, given_up, as_of, policy, language, snapshot=snapshot, cards=_cards(inputs)
        ),
        decisions.OUTCOMES_CSV.name: "\ufeff" + ",".join(OUTCOME_COLUMNS) + "\r\n",
        decisions.SUMMARY.name: summary,
        "metrics": {name: value for name, value in summary.items() if isinstance(value, int | float | str)}
        | {
            f"shadow_price_{name}".replace(" ", "_"): limit["shadow_price"] for name, limit in summary["limits"].items()
        },
        "warnings": [
            *([] if len(listed) else [empty]),
            *far_apart(as_of, facts, sight, policy.data_age),
            *far_from_share(len(listed), len(held), policy.hold_out_share, worked=bool(summary["closed_since"])),
            *harmful(rates),
            *untaught(inputs, as_of),
            *unmatched(inputs, as_of, policy),
            *doubts,
        ],
        "notes": closed_note(summary["closed_since_by_rule"]),
    }


def _cards(inputs: Inputs) -> int:
    """Return up to which rank the report has cards; beside a list of one as_of alone lies no report."""
    return 0 if inputs.section(CohortParams).score_only else inputs.section(SummariseParams).most_cards


def _summary(decision: Decided, rates: pd.DataFrame, snapshot: bool, language: str) -> dict[str, Any]:
    """Return the list in figures, without an id in it."""
    decided, limits = decision.rows, decision.limits
    listed = decided[decided["decision"] == "contact"]
    counts = decided["decision"].value_counts()
    closed = closed_since(decided)
    return {
        "as_of": str(decided["as_of"].iloc[0])[:10],
        "scored": len(decided),
        "candidates": int(decided["candidate"].sum()),
        "contacts": len(listed),
        "hold_out": int(counts.get("hold_out", 0)),
        "give_ups": int(counts.get("give_up", 0)),
        "not_listed": int(counts.get("not_listed", 0)),
        "closed_since": sum(closed.values()),
        "closed_since_by_rule": closed,
        "expected_gain": float(listed["expected_gain"].sum()),
        "expected_cost": float(listed["expected_cost"].sum()),
        "gain_bound": decision.plan.bound,
        "gap_to_bound": decision.plan.gap,
        "save_rates_measured": int((rates["save_rate_source"] == "measured").sum()),
        "save_rates": len(rates),
        "value_at_risk_listed": float(listed["value_at_risk"].sum()),
        "value_at_risk": float(decided["value_at_risk"].sum()),
        "contacts_by_tier": {name: int(n) for name, n in listed["tier"].value_counts().sort_index().items()},
        "contacts_by_action": {name: int(n) for name, n in listed["action"].value_counts().sort_index().items()},
        "contacts_by_channel": {name: int(n) for name, n in listed["channel"].value_counts().sort_index().items()},
        "limits": limits.drop(columns="as_of").set_index("limit").to_dict("index"),
        "snapshot": snapshot,
        "note": say("read_me_snapshot", language) if snapshot else "",
    }
