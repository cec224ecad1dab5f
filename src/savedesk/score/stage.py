"""Stage score: probabilities for the test dates and the newest as_of, or all of a snapshot."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from savedesk.contracts import cohort, features, model, scores, source_facts
from savedesk.contracts.labels import CHURN_TYPES
from savedesk.errors import ModelSchemaError
from savedesk.inputs import Inputs
from savedesk.model.origin import require_source
from savedesk.model.schema import encode, unseen_shares
from savedesk.model.stored import StoredModel
from savedesk.params.cohort import CohortParams
from savedesk.params.score import ScoreParams
from savedesk.score.timing import expected_days_to_churn, monthly_hazard

READS = (cohort.TABLE, features.TABLE, model.BOOSTER, model.TYPES, model.SCHEMA, model.OUT_OF_FOLD, source_facts.FILE)
WRITES = (scores.TABLE,)
SECTIONS = (ScoreParams, CohortParams)


def run(inputs: Inputs) -> dict[str, Any]:
    """Return the scores. A row that the final model was trained on takes the score of the fold that had not seen it."""
    stored = StoredModel.read(inputs.text(model.BOOSTER), inputs.text(model.TYPES), inputs.json(model.SCHEMA))
    require_source(stored.description, inputs.json(source_facts.FILE))
    rows = rows_to_score(inputs)
    unseen = _check_unseen(rows, stored, inputs.section(ScoreParams))
    matrix = encode(rows, stored.schema)
    rows["raw_score"] = stored.raw_score(matrix)
    rows["churn_probability"] = stored.probability(rows["raw_score"].to_numpy())
    rows = _take_out_of_fold(rows, inputs.frame(model.OUT_OF_FOLD))
    made = _described(rows, stored.type_shares(matrix), stored.version, inputs.section(CohortParams))
    by_role = made.groupby("role")["churn_probability"].agg(["size", "mean"])
    figures: dict[str, Any] = {"rows": len(made), "model_version": stored.version}
    for role, line in by_role.iterrows():
        figures |= {f"{role}_rows": int(line["size"]), f"{role}_mean_churn_probability": float(line["mean"])}
    return {
        scores.TABLE.name: made,
        "metrics": figures | {f"unseen_{name}": share for name, share in unseen.items() if share},
    }


def rows_to_score(inputs: Inputs) -> pd.DataFrame:
    """Return cohort roles and features of the rows to score, in the order of their key.

    Training rows of a dated source are not scored again: only those of a snapshot, which has no other as_of.
    """
    people = inputs.table(cohort.TABLE)
    snapshot = people.label_known_on.isnull().all()
    people = people.filter(people.role.isin(["test", "score"]) | ((people.role == "train") & snapshot.as_scalar()))
    table = people.select("subscriber_id", "as_of", "role").inner_join(
        inputs.table(features.TABLE), ["subscriber_id", "as_of"], rname="{name}_feature"
    )
    rows: pd.DataFrame = table.order_by(["subscriber_id", "as_of"]).to_pandas().reset_index(drop=True)
    return rows


def _check_unseen(rows: pd.DataFrame, stored: StoredModel, params: ScoreParams) -> dict[str, float]:
    shares = unseen_shares(rows, stored.schema)
    for name, share in shares.items():
        if share > params.max_unseen_category_share:
            raise ModelSchemaError(
                f"{share:.0%} of the rows have a value that the model has never seen",
                where=f"data/features: {name}",
                allowed=f"at most {params.max_unseen_category_share:.0%} (score.max_unseen_category_share)",
                next_step="retrain with `dvc repro`, or check how the source fills this column",
            )
    return shares


def _take_out_of_fold(rows: pd.DataFrame, out_of_fold: pd.DataFrame) -> pd.DataFrame:
    seen = out_of_fold[["subscriber_id", "as_of", "churn_probability"]].rename(
        columns={"churn_probability": "fold_probability"}
    )
    rows = rows.merge(seen, on=["subscriber_id", "as_of"], how="left", validate="one_to_one")
    rows["out_of_fold"] = rows["fold_probability"].notna()
    rows["churn_probability"] = rows["fold_probability"].fillna(rows["churn_probability"])
    return rows


def _described(rows: pd.DataFrame, shares: Any, version: str, windows: CohortParams) -> pd.DataFrame:
    probability = rows["churn_probability"].to_numpy(dtype=np.float64)
    by_type = shares * probability[:, None]
    likeliest = (
        np.array(CHURN_TYPES, dtype=object)[np.argmax(shares, axis=1)] if len(rows) else np.array([], dtype=object)
    )
    return pd.DataFrame(
        {
            "subscriber_id": rows["subscriber_id"],
            "as_of": rows["as_of"],
            "role": rows["role"],
            "churn_probability": probability,
            **{f"probability_{name}": by_type[:, place] for place, name in enumerate(CHURN_TYPES)},
            "churn_type": likeliest,
            "monthly_hazard": monthly_hazard(probability, windows.outcome_days),
            "expected_days_to_churn": expected_days_to_churn(probability, windows.lead_days, windows.outcome_days),
            "out_of_fold": rows["out_of_fold"],
            "model_version": version,
        }
    )
