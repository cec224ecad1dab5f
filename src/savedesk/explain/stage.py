"""Stage explain: exact TreeSHAP of the candidates, grouped into reasons."""

from __future__ import annotations

from typing import Any

import ibis
import pandas as pd

from savedesk.contracts import features, model, reasons, scores, source_facts, values
from savedesk.contracts.reasons import NO_REASON
from savedesk.explain.reasons import reason_rows
from savedesk.inputs import Inputs
from savedesk.model.origin import require_source
from savedesk.model.schema import encode, with_fitted
from savedesk.model.stored import StoredModel
from savedesk.params.explain import ExplainParams
from savedesk.params.language import Language

READS = (
    scores.TABLE,
    values.TABLE,
    features.TABLE,
    features.DICTIONARY,
    model.BOOSTER,
    model.TYPES,
    model.SURVIVAL,
    model.SCHEMA,
    source_facts.FILE,
)
WRITES = (reasons.TABLE, reasons.CANDIDATES)
SECTIONS = (ExplainParams, Language)


def run(inputs: Inputs) -> dict[str, Any]:
    """Return the reasons of the candidates: those with the most value at risk at each scored as_of.

    A snapshot's training rows are explained by the final model, which has seen them: an explanation is of the model,
    not evidence of its quality.
    """
    params, language = inputs.section(ExplainParams), inputs.section(Language).code
    churn, types, survival = (inputs.text(file) for file in (model.BOOSTER, model.TYPES, model.SURVIVAL))
    described = inputs.json(model.SCHEMA)
    require_source(described, inputs.json(source_facts.FILE))
    stored = StoredModel.read(churn, types, survival, described)
    rows = _candidates(inputs, params.max_candidates)
    dictionary = inputs.frame(features.DICTIONARY)
    parts, bases = [], []
    groups = list(rows.groupby("as_of", sort=True))
    for _, group in inputs.progress.track(groups, "as_of dates", len(groups)):
        contributions = stored.contributions(encode(group, stored.schema))
        keys = group[["subscriber_id", "as_of"]].reset_index(drop=True)
        own = with_fitted(group, stored.schema)[stored.schema.names].reset_index(drop=True)
        parts.append(reason_rows(keys, own, contributions[:, :-1], dictionary, language, params.minimum_contribution))
        bases.append(keys.assign(base_score=contributions[:, -1], raw_score=contributions.sum(axis=1)))
    made = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(reasons.TABLE.column_names))
    base = pd.concat(bases, ignore_index=True) if bases else pd.DataFrame(columns=list(reasons.CANDIDATES.column_names))
    first = made[made["position"] == 1]
    counts = first["reason"].value_counts()
    figures = {"candidates": len(base), "without_clear_reason": int((first["reason"] == NO_REASON).sum())}
    figures |= {f"first_reason_{name}": int(counts[name]) for name in sorted(counts.index)}
    return {reasons.TABLE.name: made, reasons.CANDIDATES.name: base, "metrics": figures}


def _candidates(inputs: Inputs, most: int) -> pd.DataFrame:
    """Return the features of the subscribers with the most value at risk at each as_of; ties by subscriber_id."""
    worth = inputs.table(values.TABLE)
    worth = worth.filter(worth.value_at_risk > 0)
    order = ibis.window(group_by="as_of", order_by=[ibis.desc("value_at_risk"), ibis.asc("subscriber_id")])
    first = worth.mutate(place=ibis.row_number().over(order))
    first = first.filter(first.place < most).select("subscriber_id", "as_of")
    table = first.inner_join(inputs.table(features.TABLE), ["subscriber_id", "as_of"], rname="{name}_feature")
    rows: pd.DataFrame = table.order_by(["as_of", "subscriber_id"]).to_pandas().reset_index(drop=True)
    return rows
