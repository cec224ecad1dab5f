"""Stage summarise: the tables behind the pages of the report, so that the report only shows."""

from __future__ import annotations

from typing import Any

import pandas as pd

from savedesk.params.cohort import CohortParams
from savedesk.params.prioritise import PrioritiseParams
from savedesk.params.summarise import SummariseParams
from savedesk.params.value import ValueParams
from savedesk.pipeline.inputs import Inputs
from savedesk.policy.sight import sight_of
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
    source_facts,
    subscribers,
    summaries,
    surveys,
    unknown_facts,
    usage,
    values,
)
from savedesk.schemas.table import Table
from savedesk.stages.summarise.campaigns import campaigns, contacted, tier_edges
from savedesk.stages.summarise.cards import card_months, cards
from savedesk.stages.summarise.drivers import drivers
from savedesk.stages.summarise.listed import capacity, list_groups
from savedesk.stages.summarise.loyalty import loyalty_counts, loyalty_types
from savedesk.stages.summarise.months import months
from savedesk.stages.summarise.reason_shares import reason_shares
from savedesk.stages.summarise.satisfaction import satisfaction

READS = (
    cohort.TABLE,
    features.TABLE,
    scores.TABLE,
    values.TABLE,
    reasons.TABLE,
    reasons.CONTACTS,
    reasons.CONTACT_SCORES,
    decisions.TABLE,
    decisions.LIST,
    decisions.OPTIONS,
    decisions.SAVE_RATES,
    decisions.REPORTED,
    figures.CONTACT_EFFECTS,
    subscribers.TABLE,
    usage.TABLE,
    bills.TABLE,
    unknown_facts.TABLE,
    plan_changes.TABLE,
    complaints.TABLE,
    contacts.TABLE,
    surveys.TABLE,
    source_facts.FILE,
)
WRITES = (summaries.CONTENTS, *summaries.TABLES)
SECTIONS = (SummariseParams, PrioritiseParams, ValueParams, CohortParams)
LACKS = {
    summaries.MONTHLY: "no_as_of",
    summaries.LISTED: "no_list",
    summaries.CAPACITY: "no_limits",
    summaries.REASON_SHARES: "no_reasons",
    summaries.DRIVER_RATES: "no_labels",
    summaries.SATISFACTION: "no_surveys",
    summaries.LOYALTY: "no_features",
    summaries.LOYALTY_COUNTS: "no_features",
    summaries.CAMPAIGNS: "no_contacts",
    summaries.CARDS: "no_list",
    summaries.CARD_MONTHS: "no_list",
}


def run(inputs: Inputs) -> dict[str, Any]:
    """Return every table of ``summaries``; one for which the source lacks something has no rows, and says why."""
    p, policy = inputs.section(SummariseParams), inputs.section(PrioritiseParams)
    master, worth, scored = (inputs.table(table) for table in (subscribers.TABLE, values.TABLE, scores.TABLE))
    known, whole = inputs.table(features.TABLE), inputs.table(cohort.TABLE)
    newest = scored.as_of.max().as_scalar().to_pyarrow().as_py()
    tables: dict[Table, Any] = {
        summaries.MONTHLY: months(whole, scored, worth, master, p.interval),
        summaries.REASON_SHARES: reason_shares(inputs.table(reasons.TABLE), worth, master),
        summaries.DRIVER_RATES: drivers(whole, known, inputs.table(plan_changes.TABLE), master, p),
        summaries.SATISFACTION: satisfaction(inputs.table(surveys.TABLE), whole, known, master, newest, p),
        summaries.CAMPAIGNS: _campaigns(inputs, p, policy),
    }
    tables |= _list(inputs, policy) | _people(inputs, known.filter(known.as_of == newest), newest, p, policy)
    return _with_contents(inputs, tables)


def _campaigns(inputs: Inputs, p: SummariseParams, policy: PrioritiseParams) -> pd.DataFrame:
    read = (
        reasons.CONTACT_SCORES,
        reasons.CONTACTS,
        contacts.TABLE,
        cohort.TABLE,
        subscribers.TABLE,
        bills.TABLE,
        unknown_facts.TABLE,
        values.TABLE,
        figures.CONTACT_EFFECTS,
    )
    tables = {table.name: inputs.table(table) for table in read}
    rows = (
        contacted(tables, inputs.section(ValueParams), inputs.section(CohortParams)).order_by("contact_id").to_pandas()
    )
    return campaigns(rows, tier_edges(tables["values"]), policy, p.interval)


def _list(inputs: Inputs, policy: PrioritiseParams) -> dict[Table, Any]:
    read = (decisions.TABLE, decisions.OPTIONS, decisions.SAVE_RATES, values.TABLE, subscribers.TABLE)
    return {
        summaries.LISTED: list_groups(*(inputs.table(table) for table in read)),
        summaries.CAPACITY: capacity(inputs.table(decisions.OPTIONS), policy),
    }


def _people(inputs: Inputs, known: Any, newest: Any, p: SummariseParams, policy: PrioritiseParams) -> dict[Table, Any]:
    """Return what is told of single subscribers, and the counts of their loyalty."""
    scored, worth, master = (inputs.table(table) for table in (scores.TABLE, values.TABLE, subscribers.TABLE))
    loyal = inputs.engine.materialise(loyalty_types(known, p.loyalty), "loyalty_types")
    tables = {table.name: inputs.table(table) for table in (contacts.TABLE, complaints.TABLE, subscribers.TABLE)}
    seen = inputs.table(decisions.REPORTED) if inputs.there(decisions.REPORTED) else None
    sight = sight_of(pd.Timestamp(newest).date(), inputs.json(source_facts.FILE))
    shown = cards(inputs.table(decisions.LIST), scored, known, loyal, tables, policy.rules, p, sight, seen)
    shown = inputs.engine.materialise(shown, "cards_shown")
    monthly = (usage.TABLE, bills.TABLE, subscribers.TABLE, unknown_facts.TABLE)
    by_month = {table.name: inputs.table(table) for table in monthly}
    return {
        summaries.LOYALTY: loyal,
        summaries.LOYALTY_COUNTS: loyalty_counts(loyal, scored, worth, master),
        summaries.CARDS: shown,
        summaries.CARD_MONTHS: card_months(shown, by_month, newest, inputs.section(CohortParams)),
    }


def _with_contents(inputs: Inputs, tables: dict[Table, Any]) -> dict[str, Any]:
    """Return the tables with one that says how many rows each has, or why it has none."""
    counts = {
        table: len(rows) if isinstance(rows, pd.DataFrame) else int(rows.count().execute())
        for table, rows in tables.items()
    }
    lacks = {table: None if counts[table] else LACKS[table] for table in summaries.TABLES}
    contents = [{"table": table.name, "rows": counts[table], "lacks": lacks[table]} for table in summaries.TABLES]
    outputs = {
        table.name: inputs.engine.empty(table.columns) if counts[table] == 0 else _ordered(rows, table)
        for table, rows in tables.items()
    }
    metrics = {f"rows_{table.name}": counts[table] for table in summaries.TABLES}
    return {**outputs, summaries.CONTENTS.name: pd.DataFrame(contents), "metrics": metrics}


def _ordered(rows: Any, table: Table) -> Any:
    return rows[list(table.column_names)] if isinstance(rows, pd.DataFrame) else rows.select(*table.column_names)
