"""Try one feature on the current data: its spread, what it says about churn, whether it stays so, whether it leaks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from savedesk.params.cohort import CohortParams
from savedesk.params.features import FeaturesParams
from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import cohort, plans, subscribers
from savedesk.schemas.table import Table
from savedesk.stages.features.declaration import Feature
from savedesk.stages.features.replay import feature_values
from savedesk.stages.features.stage import FACTS

QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
BINS = 10
KEY = ["subscriber_id", "as_of"]


@dataclass(frozen=True)
class Trial:
    """What became of the feature.

    Args:
        feature: the feature.
        rows: subscriber_id, as_of, role, fold, churned and value, one row a subscriber and as_of.
        spread: share of rows by quantile, or by value where the feature is a text.
        folds: rows, churners and AUC by validation fold, and of the test dates.
        months: rows, missing share, median or commonest value, PSI against the first as_of, and AUC by as_of.
        leaks: rows of the newest labelled as_of whose value changes when later facts are taken away; must be 0.
        params: section ``features``: where to warn.
    """

    feature: Feature
    rows: pd.DataFrame
    spread: pd.Series
    folds: pd.DataFrame
    months: pd.DataFrame
    leaks: int
    params: FeaturesParams

    @property
    def missing(self) -> float:
        """Share of rows without a value."""
        return float(self.rows["value"].isna().mean())


def try_feature(inputs: Inputs, feature: Feature) -> Trial:
    """Compute the feature for every as_of of the cohort and look at it."""
    people = inputs.table(cohort.TABLE)
    days = sorted(pd.Timestamp(day).date() for day in people.select("as_of").distinct().to_pandas()["as_of"])
    tables = {contract: inputs.table(contract) for contract in FACTS}
    values = _values(inputs, tables, feature, days)
    labels = people.select(*KEY, "role", "fold", "churned").to_pandas()
    for frame in (values, labels):
        frame["as_of"] = pd.to_datetime(frame["as_of"])
    rows = labels.merge(values, on=KEY, validate="one_to_one").sort_values(KEY, ignore_index=True)
    checked = days[-1] if len(days) == 1 else days[-2]
    now = rows[rows["as_of"] == pd.Timestamp(checked)].set_index("subscriber_id")["value"]
    leaks = _leaks(inputs, tables, feature, checked, now)
    params = inputs.section(FeaturesParams)
    return Trial(feature, rows, _spread(rows["value"]), _folds(rows), _months(rows), leaks, params)


def _values(inputs: Inputs, tables: Mapping[Table, Any], feature: Feature, days: list[dt.date]) -> pd.DataFrame:
    """Return subscriber_id, as_of and value at each as_of."""
    given = {contract.name: table for contract, table in tables.items()}
    params, people = inputs.section(CohortParams), inputs.table(cohort.TABLE)
    computed = feature_values(inputs.engine, given, people, days, params, [feature])
    parts = [table.to_pandas() for _, table in inputs.progress.track(computed, "as_of dates", len(days))]
    values: pd.DataFrame = pd.concat(parts).rename(columns={feature.name: "value"})
    return values


def _spread(values: pd.Series) -> pd.Series:
    if not pd.api.types.is_numeric_dtype(values):
        return values.value_counts(normalize=True).head(BINS)
    return values.quantile(list(QUANTILES))


def _folds(rows: pd.DataFrame) -> pd.DataFrame:
    parts = {f"fold {number:.0f}": part for number, part in rows[rows["role"] == "train"].groupby("fold")}
    parts["test dates"] = rows[rows["role"] == "test"]
    return pd.DataFrame([{"where": name, **_counted(part)} for name, part in parts.items() if len(part)])


def _months(rows: pd.DataFrame) -> pd.DataFrame:
    first = rows.loc[rows["as_of"] == rows["as_of"].min(), "value"]
    return pd.DataFrame(
        [
            {
                "as_of": str(day)[:10],
                "missing": part["value"].isna().mean(),
                **_middle(part["value"]),
                "psi": stability_index(first, part["value"]),
                **_counted(part),
            }
            for day, part in rows.groupby("as_of")
        ]
    )


def _middle(values: pd.Series) -> dict[str, Any]:
    if pd.api.types.is_numeric_dtype(values):
        return {"median": values.median()}
    counts = values.value_counts()
    return {"commonest": counts.index[0] if len(counts) else None}


def _counted(part: pd.DataFrame) -> dict[str, Any]:
    """Return rows, churners and AUC of the labelled rows that have a value; a text ranks by its own churn rate."""
    known = part[part["churned"].notna() & part["value"].notna()]
    churned = known["churned"].astype(bool)
    score = known["value"]
    if not pd.api.types.is_numeric_dtype(score):
        score = score.map(churned.groupby(score).mean())
    both = churned.nunique() == 2  # noqa: PLR2004 - two classes
    auc = float(roc_auc_score(churned, score.astype("float64"))) if both else None
    return {"rows": len(part), "churners": int(churned.sum()), "auc": auc}


def stability_index(before: pd.Series, now: pd.Series) -> float:
    """Return the population stability index of two samples over the deciles of the first; missing is a bin of its own.

    Sum of (q - p) ln(q / p) over the bins; 0 is no change (Siddiqi, Credit Risk Scorecards, 2006). Empty bins count as
    half a row.
    """
    if pd.api.types.is_numeric_dtype(before):
        edges = np.unique(before.dropna().quantile(np.arange(1, BINS) / BINS))
        bins = [
            np.where(sample.isna(), len(edges) + 1, np.searchsorted(edges, sample.fillna(0)))
            for sample in (before, now)
        ]
        shares = [_shares(numbers, len(edges) + 2) for numbers in bins]
    else:
        names = {name: place for place, name in enumerate(sorted(before.dropna().unique()), start=1)}
        shares = [_shares(sample.map(names).fillna(0).to_numpy(int), len(names) + 1) for sample in (before, now)]
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


def _shares(bins: Any, count: int) -> Any:
    counts = np.maximum(np.bincount(bins.astype(int), minlength=count), 0.5)
    return counts / counts.sum()


def _leaks(inputs: Inputs, tables: Mapping[Table, Any], feature: Feature, day: dt.date, now: pd.Series) -> int:
    """Count the rows whose value is another one when every fact known on or after as_of is taken away."""
    before = {contract: _only_before(table, contract, day) for contract, table in tables.items()}
    then = _values(inputs, before, feature, [day]).set_index("subscriber_id")["value"].reindex(now.index)
    return int(((now != then) & ~(now.isna() & then.isna())).sum())


def _only_before(table: Any, contract: Table, day: dt.date) -> Any:
    known = {subscribers.TABLE: "activated_on", plans.TABLE: "on_sale_from"}.get(contract, "known_on")
    if known not in table.columns:
        return table
    table = table.filter((table[known] < _date(day)).fill_null(True))
    late = {
        column.name: ibis.ifelse(table[column.known_by] < _date(day), table[column.name], ibis.null(column.dtype))
        for column in contract.columns
        if column.known_by
    }
    return table.mutate(**late) if late else table


def _date(day: dt.date) -> Any:
    return ibis.date(day.year, day.month, day.day)
