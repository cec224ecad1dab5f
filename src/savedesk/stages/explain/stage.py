"""Stage explain: exact TreeSHAP of the candidates and of past randomised contacts, grouped into reasons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ibis
import numpy as np
import numpy.typing as npt
import pandas as pd

from savedesk.model.compatibility import require_source
from savedesk.model.predicted import probabilities_by_type
from savedesk.model.schema import encode
from savedesk.model.stored import StoredModel
from savedesk.params.explain import ExplainParams
from savedesk.params.language import Language
from savedesk.pipeline.inputs import Inputs
from savedesk.reasons.explained import Explainer
from savedesk.reasons.words import say
from savedesk.schemas import cohort, contacts, features, model, reasons, scores, source_facts, values
from savedesk.schemas.reasons import NO_REASON
from savedesk.schemas.table import Table
from savedesk.stages.explain.contacts import KEY, contacted

READS = (
    cohort.TABLE,
    contacts.TABLE,
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
WRITES = (reasons.TABLE, reasons.CANDIDATES, reasons.CONTACTS, reasons.CONTACT_SCORES)
SECTIONS = (ExplainParams, Language)


def run(inputs: Inputs) -> dict[str, Any]:
    """Return the reasons of the candidates, those with the most value at risk at each scored as_of, and of contacts.

    The final model has seen the rows of most past contacts, and the training rows of a snapshot: an explanation is of
    the model, not evidence of its quality.
    """
    params = inputs.section(ExplainParams)
    stored = _stored(inputs)
    language = inputs.section(Language).code
    explainer = Explainer(stored, inputs.frame(features.DICTIONARY), params, language, say("no_reason", language))
    parts_by_table: dict[Table, list[pd.DataFrame]] = {table: [] for table in WRITES}
    for rows in _by_date(inputs, _candidates(inputs, params.max_candidates), "candidates"):
        reason_rows, contributions = explainer.explained(rows)
        parts_by_table[reasons.TABLE].append(reason_rows)
        parts_by_table[reasons.CANDIDATES].append(_raw_scores(rows, contributions))
    past = contacted(inputs.table(cohort.TABLE), inputs.table(contacts.TABLE), params.max_contacts)
    for rows in _by_date(inputs, past, "contacts"):
        parts_by_table[reasons.CONTACTS].append(explainer.explained(rows)[0])
        parts_by_table[reasons.CONTACT_SCORES].append(_scores(stored, rows))
    tables = {table: _whole(table, parts) for table, parts in parts_by_table.items()}
    first = tables[reasons.TABLE].query("position == 1")
    counts = first["reason"].value_counts()
    figures = {
        "candidates": len(tables[reasons.CANDIDATES]),
        "contacts": len(tables[reasons.CONTACT_SCORES]),
        "without_clear_reason": int((first["reason"] == NO_REASON).sum()),
    }
    figures |= {f"first_reason_{name}": int(counts[name]) for name in sorted(counts.index)}
    return {table.name: rows for table, rows in tables.items()} | {"metrics": figures}


def _raw_scores(rows: pd.DataFrame, contributions: npt.NDArray[np.float64]) -> pd.DataFrame:
    keys = rows[KEY].reset_index(drop=True)
    return keys.assign(base_score=contributions[:, -1], raw_score=contributions.sum(axis=1))


def _scores(stored: StoredModel, rows: pd.DataFrame) -> pd.DataFrame:
    """Return churn probability and its types, as the final model says them."""
    matrix = encode(rows, stored.schema)
    probability = stored.probability(stored.raw_score(matrix))
    named = probabilities_by_type(stored.type_shares(matrix), probability)
    return rows[KEY].reset_index(drop=True).assign(churn_probability=probability, **named)


def _stored(inputs: Inputs) -> StoredModel:
    churn, types, survival = (inputs.text(file) for file in (model.BOOSTER, model.TYPES, model.SURVIVAL))
    described = inputs.json(model.SCHEMA)
    require_source(described, inputs.json(source_facts.FILE))
    return StoredModel.read(churn, types, survival, described)


def _whole(table: Table, parts: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(table.column_names))


def _by_date(inputs: Inputs, keys: Any, label: str) -> Iterator[pd.DataFrame]:
    """Yield the features of the rows with these keys, one as_of after the other."""
    chosen = inputs.engine.materialise(keys, f"chosen_{label}")
    dates = sorted(chosen.select("as_of").distinct().to_pyarrow()["as_of"].to_pylist())
    given = inputs.table(features.TABLE)
    for as_of in inputs.progress.track(dates, f"as_of dates of {label}", len(dates)):
        day = ibis.date(as_of.isoformat())
        rows = given.filter(given.as_of == day).semi_join(chosen.filter(chosen.as_of == day), KEY)
        yield rows.order_by("subscriber_id").to_pandas().reset_index(drop=True)


def _candidates(inputs: Inputs, most: int) -> Any:
    """Return the keys of the subscribers with the most value at risk at each as_of; ties by subscriber_id."""
    worth = inputs.table(values.TABLE)
    worth = worth.filter(worth.value_at_risk > 0)
    order = ibis.window(group_by="as_of", order_by=[ibis.desc("value_at_risk"), ibis.asc("subscriber_id")])
    first = worth.mutate(place=ibis.row_number().over(order))
    return first.filter(first.place < most).select(*KEY)
