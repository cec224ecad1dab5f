"""Stage value: margin, remaining value, value at risk and tier of every scored row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from savedesk.contracts import bills, model, plans, scores, subscribers, valuations, values
from savedesk.contracts.scores import SURVIVAL_COLUMNS
from savedesk.errors import DataContractError
from savedesk.inputs import Inputs
from savedesk.params.cohort import CohortParams
from savedesk.params.value import ValueParams
from savedesk.value.bad_debt import expected_bad_debt
from savedesk.value.lifetime import expected_months, monthly_hazards
from savedesk.value.margin import with_margin_sources
from savedesk.value.worth import fill_margin, tiers

TABLES = (subscribers.TABLE, bills.TABLE, valuations.TABLE, plans.TABLE)
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
    joined = with_margin_sources(scored, tables, params)
    rows = joined.order_by(["subscriber_id", "as_of"]).to_pandas().reset_index(drop=True)
    _refuse_unseen(tables[valuations.TABLE.name], rows)
    own_share = params.own_hazard_share if inputs.json(model.SCHEMA)["survival"] else 0.0
    months = expected_months(monthly_hazards(rows, own_share), inputs.section(CohortParams), params)
    bad_debt = expected_bad_debt(rows, params)
    margin, source = fill_margin(rows, months, bad_debt, params)
    remaining = rows["given_value"].fillna(pd.Series(margin * months)).to_numpy(np.float64)
    at_risk = rows["churn_probability"].to_numpy(np.float64) * np.maximum(remaining, 0.0)
    made = rows[["subscriber_id", "as_of"]].assign(
        margin=margin,
        margin_source=source,
        bad_debt_share=bad_debt,
        expected_months=months,
        remaining_value=remaining,
        value_at_risk=at_risk,
        tier=tiers(rows["as_of"], rows["subscriber_id"], remaining, params),
    )
    figures = _figures(made)
    warning = values.unpriced_warning(figures.get(values.UNPRICED_SHARE, 0.0))
    return {values.TABLE.name: made, "metrics": figures, "warnings": [warning] if warning else []}


def _refuse_unseen(given: Any, rows: pd.DataFrame) -> None:
    """Refuse valuations of which none was known before an as_of: the list would be worth nothing without a word."""
    count = int(given.count().execute())
    if count and rows["given_margin"].isna().all() and rows["given_value"].isna().all():
        raise DataContractError(
            f"none of the {count} valuations was known before as_of",
            where="data/ingest/valuations.parquet: known_on",
            next_step="give valued_on a day before as_of in valuations.sql, such as as_of() - INTERVAL 1 DAY",
        )


def _figures(made: pd.DataFrame) -> dict[str, Any]:
    newest = made[made["as_of"] == made["as_of"].max()]
    total = float(newest["remaining_value"].clip(lower=0).sum())
    figures: dict[str, Any] = {
        "rows": len(made),
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
