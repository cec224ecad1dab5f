"""Stage cohort: (subscriber_id, as_of) with role, fold and label."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ibis
import pandas as pd

from savedesk.errors import DataContractError
from savedesk.params.cohort import CohortParams
from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import (
    attributes,
    bills,
    cohort,
    labels,
    source_facts,
    status_changes,
    subscribers,
    unknown_facts,
    usage,
)
from savedesk.schemas.labels import CHURN_TYPES
from savedesk.stages.cohort.dated import dated_cohort
from savedesk.stages.cohort.empty_cohort import nobody_known, nobody_left
from savedesk.stages.cohort.plausible import churn_doubts, early_doubts, rows_before_activation
from savedesk.stages.cohort.snapshot import snapshot_cohort
from savedesk.stages.cohort.usage_known import UsageKnown, usage_known
from savedesk.stages.cohort.windows import as_of_dates, month_start, windows

READS = (
    source_facts.FILE,
    subscribers.TABLE,
    status_changes.TABLE,
    usage.TABLE,
    bills.TABLE,
    labels.TABLE,
    attributes.TABLE,
    unknown_facts.TABLE,
)
WRITES = (cohort.TABLE, cohort.WINDOWS)
SECTIONS = (CohortParams,)
DORMANT = CHURN_TYPES[2]
DATED = (subscribers.TABLE, status_changes.TABLE, usage.TABLE, unknown_facts.TABLE)


def run(inputs: Inputs) -> dict[str, Any]:
    """Return the cohort and its counts by role."""
    params = inputs.section(CohortParams)
    facts = inputs.json(source_facts.FILE)
    first = None if facts["kind"] == "snapshot" else _data_from(inputs)
    cohort_rows = _dated(inputs, first) if first else _snapshot(inputs)
    counts = _counts(cohort_rows)
    return {
        cohort.TABLE.name: cohort_rows,
        cohort.WINDOWS.name: _windows(cohort_rows, params, first),
        "metrics": counts,
        "warnings": _doubts(inputs, cohort_rows, counts),
    }


def _doubts(inputs: Inputs, cohort_rows: Any, counts: dict[str, Any]) -> list[str]:
    """Return what no operator has; of a single as_of without labels nothing is said."""
    params = inputs.section(CohortParams)
    if params.score_only:
        return []
    labelled = int(cohort_rows.filter(cohort_rows.churned.notnull()).count().execute())
    churners = {kind: int(counts.get(f"churners_{kind}", 0)) for kind in CHURN_TYPES}
    master = inputs.table(subscribers.TABLE)
    early = {table.name: rows_before_activation(inputs.table(table), master) for table in (usage.TABLE, bills.TABLE)}
    counts |= {f"{name}_rows_before_activation": rows for name, (rows, _) in early.items() if rows}
    return [*churn_doubts(churners, labelled, params), *early_doubts(early, params)]


def _snapshot(inputs: Inputs) -> Any:
    tables = {table.name: inputs.table(table) for table in (subscribers.TABLE, labels.TABLE, attributes.TABLE)}
    as_of = dt.date.fromisoformat(inputs.json(source_facts.FILE)["as_of"])
    params = inputs.section(CohortParams)
    if params.score_only:
        tables[labels.TABLE.name] = inputs.engine.empty(labels.TABLE.columns)
    cohort_rows = inputs.engine.materialise(snapshot_cohort(tables, as_of, params), "cohort_made")
    if not cohort_rows.count().execute():
        raise nobody_known()
    return cohort_rows


def _dated(inputs: Inputs, data_from: dt.date) -> Any:
    params, engine = inputs.section(CohortParams), inputs.engine
    tables = {table.name: inputs.table(table) for table in DATED}
    extracted_on = dt.date.fromisoformat(inputs.json(source_facts.FILE)["extracted_on"])
    days = as_of_dates(params, data_from, extracted_on)
    days = days[-1:] if params.score_only else days
    known = UsageKnown(month_start(data_from), None)  # silence says nothing where it is no churn
    if DORMANT in params.churn_types:
        known = usage_known(engine, tables[usage.TABLE.name], month_start(data_from), days, params)
    spine = windows(params, data_from, extracted_on, known.until, known.lag_days, known.gaps)
    cohort_rows = engine.materialise(dated_cohort(engine, tables, spine, params, known), "cohort_made")
    if not cohort_rows.filter(cohort_rows.role == "score").count().execute():
        raise nobody_left(engine, tables, spine[-1], params, known)
    return cohort_rows


def _windows(cohort_rows: Any, params: CohortParams, data_from: dt.date | None) -> Any:
    """Return the windows around each as_of, with its rows and churners; nothing is observed before ``data_from``.

    Of an as_of without labels nobody knows the churners: their number is absent, and not 0.
    """
    by_as_of = cohort_rows.group_by("as_of").aggregate(
        role=cohort_rows.role.min(),
        roles=cohort_rows.role.nunique(),
        fold=cohort_rows.fold.min(),
        folds=cohort_rows.fold.nunique(),
        outcome_start=cohort_rows.outcome_start.min(),
        outcome_end=cohort_rows.outcome_end.min(),
        label_known_on=cohort_rows.label_known_on.min(),
        rows=cohort_rows.count(),
        churners=cohort_rows.churned.cast("int64").sum(),
    )
    start = (by_as_of.as_of - ibis.interval(months=params.observation_months)).cast("date")
    if data_from:
        start = ibis.greatest(start, ibis.date(data_from.year, data_from.month, data_from.day))
    return by_as_of.mutate(
        role=ibis.ifelse(by_as_of.roles > 1, "train", by_as_of.role),
        fold=ibis.ifelse(by_as_of.folds > 1, ibis.null("int64"), by_as_of.fold),
        observation_start=start,
    ).drop("roles", "folds")


def _data_from(inputs: Inputs) -> dt.date:
    """Return the first day of the dated facts: usage, else bills, else status changes."""
    for contract, column in (
        (usage.TABLE, "month"),
        (bills.TABLE, "month"),
        (status_changes.TABLE, "changed_on"),
    ):
        first = inputs.table(contract)[column].min().execute()
        if not pd.isna(first):
            return dt.date(first.year, first.month, first.day)
    raise DataContractError(
        "usage, bills and status_changes are all empty, so there is nothing to see churn in",
        where="data/ingest",
        next_step="connect one of them, or declare the source as a snapshot with labels",
    )


def _counts(cohort_rows: Any) -> dict[str, Any]:
    totals = cohort_rows.group_by("role").aggregate(
        rows=cohort_rows.count(),
        dates=cohort_rows.as_of.nunique(),
        churners=cohort_rows.churned.fill_null(False).sum(),
        first=cohort_rows.as_of.min(),
        last=cohort_rows.as_of.max(),
    )
    figures: dict[str, Any] = {}
    for row in totals.order_by("role").to_pandas().itertuples():
        figures |= {
            f"{row.role}_rows": int(row.rows),
            f"{row.role}_as_of_dates": int(row.dates),
            f"{row.role}_churners": int(row.churners),
            f"{row.role}_first_as_of": str(row.first)[:10],
            f"{row.role}_last_as_of": str(row.last)[:10],
        }
    types = (
        cohort_rows.filter(cohort_rows.churned)
        .group_by("churn_type")
        .aggregate(rows=cohort_rows.churned.sum())
        .to_pandas()
    )
    return figures | {
        f"churners_{row.churn_type}": int(row.rows) for row in types.sort_values("churn_type").itertuples()
    }
