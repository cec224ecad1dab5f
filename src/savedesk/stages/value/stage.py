"""Stage value: margin, remaining value, value at risk and tier of every scored row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from savedesk.errors import DataContractError
from savedesk.params.cohort import CohortParams
from savedesk.params.value import ValueParams
from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import bills, model, plans, scores, subscribers, unknown_facts, valuations, values
from savedesk.schemas.scores import SURVIVAL_COLUMNS
from savedesk.stages.value.bad_debt import expected_bad_debt
from savedesk.stages.value.lifetime import discounted_months, monthly_hazards
from savedesk.stages.value.margin_sources import with_margin_sources
from savedesk.stages.value.worth import fill_margin, tiers

TABLES = (subscribers.TABLE, bills.TABLE, valuations.TABLE, plans.TABLE, unknown_facts.TABLE)
READS = (scores.TABLE, *TABLES, model.SCHEMA)
WRITES = (values.TABLE,)
SECTIONS = (ValueParams, CohortParams)


def run(inputs: Inputs) -> dict[str, Any]:
    """Return the values and how they are spread.

    Without a survival model the own hazard is the churn probability spread over the outcome window: it says nothing of
    the time after it, and the segment's alone counts.
    """
    params = inputs.section(ValueParams)
    scored = inputs.table(scores.TABLE).select("subscriber_id", "as_of", "churn_probability", *SURVIVAL_COLUMNS)
    tables = {table.name: inputs.table(table) for table in TABLES}
    joined = with_margin_sources(scored, tables, params, inputs.section(CohortParams), inputs.engine.materialise)
    rows = joined.order_by(["subscriber_id", "as_of"]).to_pandas().reset_index(drop=True)
    _refuse_unseen(tables[valuations.TABLE.name], rows)
    own_share = params.own_hazard_share if inputs.json(model.SCHEMA)["survival"] else 0.0
    months = discounted_months(monthly_hazards(rows, own_share), inputs.section(CohortParams), params)
    bad_debt = expected_bad_debt(rows, params)
    margin, source = fill_margin(rows, months, bad_debt, params)
    remaining = rows["given_value"].fillna(pd.Series(margin * months)).to_numpy(np.float64)
    at_risk = rows["churn_probability"].to_numpy(np.float64) * np.maximum(remaining, 0.0)
    valued = rows[["subscriber_id", "as_of"]].assign(
        margin=margin,
        margin_source=source,
        bad_debt_share=bad_debt,
        discounted_months=months,
        remaining_value=remaining,
        value_at_risk=at_risk,
        tier=tiers(rows["as_of"], rows["subscriber_id"], remaining, params),
    )
    figures = _figures(valued)
    warning = values.unpriced_warning(figures.get(values.UNPRICED_SHARE, 0.0))
    doubt = _risk_doubt(figures, inputs.section(CohortParams))
    return {values.TABLE.name: valued, "metrics": figures, "warnings": [line for line in (warning, doubt) if line]}


def _risk_doubt(figures: dict[str, Any], windows: CohortParams) -> str:
    """Return a warning where more of all value is at risk than any operator is known to lose; empty where it is not."""
    total, at_risk = figures["remaining_value"], figures["value_at_risk"]
    share = at_risk / total if total > 0 else 0.0
    monthly = windows.monthly(share)
    if figures["newest_rows"] < windows.FEWEST or monthly <= windows.doubtful_monthly_churn:
        return ""
    return (
        f"{share:.1%} of all remaining value is at risk within {windows.outcome_days} days, {monthly:.1%} a month; "
        f"no operator is known to lose more than {windows.doubtful_monthly_churn:.0%} "
        "(cohort.doubtful_monthly_churn); next: look at what counts as churn in section cohort of params.yaml"
    )


def _refuse_unseen(given: Any, rows: pd.DataFrame) -> None:
    """Refuse valuations of which none was known before an as_of: the list would be worth nothing without a word."""
    count = int(given.count().execute())
    if count and rows["given_margin"].isna().all() and rows["given_value"].isna().all():
        raise DataContractError(
            f"none of the {count} valuations was known before as_of",
            where="data/ingest/valuations.parquet: known_on",
            next_step="give valued_on a day before as_of in valuations.sql, such as as_of() - INTERVAL 1 DAY",
        )


def _figures(valued: pd.DataFrame) -> dict[str, Any]:
    newest = valued[valued["as_of"] == valued["as_of"].max()]
    total = float(newest["remaining_value"].clip(lower=0).sum())
    figures: dict[str, Any] = {
        "rows": len(valued),
        "newest_rows": len(newest),
        "remaining_value": total,
        "value_at_risk": float(newest["value_at_risk"].sum()),
    }
    for name in values.TIERS:
        tier = newest[newest["tier"] == name]
        figures[f"{name}_subscribers"] = len(tier)
        figures[f"{name}_value_share"] = float(tier["remaining_value"].clip(lower=0).sum() / total) if total else None
    shares = newest["margin_source"].value_counts(normalize=True)
    return figures | {f"margin_from_{name}": float(share) for name, share in shares.sort_index().items()}
