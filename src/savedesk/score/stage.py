"""Stage score: probabilities for the test dates and the newest as_of, or all of a snapshot."""

from __future__ import annotations

from typing import Any

from savedesk.contracts import cohort, features, model, scores, source_facts
from savedesk.errors import ModelSchemaError
from savedesk.inputs import Inputs
from savedesk.model.origin import require_source
from savedesk.model.schema import unseen_shares
from savedesk.model.stored import StoredModel
from savedesk.params.cohort import CohortParams
from savedesk.params.score import ScoreParams
from savedesk.score.baselines import baseline_scores
from savedesk.score.scoring import FOLD, FOLD_RAW, KEY, SCORED, SEEN, Scoring

READS = (
    cohort.TABLE,
    features.TABLE,
    model.BOOSTER,
    model.TYPES,
    model.SURVIVAL,
    model.SCHEMA,
    model.OUT_OF_FOLD,
    model.BASELINES,
    model.BASELINE_BOOSTER,
    model.BASELINES_OUT_OF_FOLD,
    source_facts.FILE,
)
WRITES = (scores.TABLE, scores.BASELINES)
SECTIONS = (ScoreParams, CohortParams)
FIGURE_DIGITS = 12  # of a mean over rows: beyond them it depends on the order in which an engine adds up


def run(inputs: Inputs) -> dict[str, Any]:
    """Return the scores. A row that the final model was trained on takes the score of the fold that had not seen it."""
    boosters = inputs.text(model.BOOSTER), inputs.text(model.TYPES), inputs.text(model.SURVIVAL)
    texts = (*boosters, inputs.json(model.SCHEMA))
    stored = StoredModel.read(*texts)
    require_source(stored.description, inputs.json(source_facts.FILE))
    rows = rows_to_score(inputs, stored)
    unseen = _check_unseen(rows, stored, inputs.section(ScoreParams))
    scoring = Scoring(texts, inputs.section(CohortParams))
    made = inputs.engine.materialise(inputs.engine.map_frames(rows, scoring, SCORED), "scored")
    by_role = made.group_by("role").aggregate(rows=made.count(), mean=made.churn_probability.mean())
    figures: dict[str, Any] = {"rows": int(made.count().execute()), "model_version": stored.version}
    for line in by_role.order_by("role").to_pyarrow().to_pylist():
        figures |= {
            f"{line['role']}_rows": int(line["rows"]),
            f"{line['role']}_mean_churn_probability": round(float(line["mean"]), FIGURE_DIGITS),
        }
    return {
        scores.TABLE.name: made,
        scores.BASELINES.name: baseline_scores(inputs, rows),
        "metrics": figures | {f"unseen_{name}": share for name, share in unseen.items() if share},
    }


def rows_to_score(inputs: Inputs, stored: StoredModel) -> Any:
    """Return role, features and out-of-fold probability of the rows to score, as an Ibis table.

    Training rows of a dated source are not scored again: only those of a snapshot, which has no other as_of. Those
    that the training sample left out were not seen by the final model either.
    """
    people = inputs.table(cohort.TABLE)
    snapshot = people.label_known_on.isnull().all()
    people = people.filter(people.role.isin(["test", "score"]) | ((people.role == "train") & snapshot.as_scalar()))
    seen = (people.role == "train") & stored.sample.drawn(people)
    people = people.select("subscriber_id", "as_of", "role", **{SEEN: seen.fill_null(False)})
    unseen = inputs.table(model.OUT_OF_FOLD).select(*KEY, **{FOLD: "churn_probability", FOLD_RAW: "raw_score"})
    people = people.left_join(unseen, KEY, rname="{name}_fold").drop("subscriber_id_fold", "as_of_fold")
    table = people.inner_join(inputs.table(features.TABLE), KEY, rname="{name}_feature")
    wanted = [name for name in stored.schema.inputs if name in table.columns]
    return table.select(*KEY, "role", SEEN, FOLD, FOLD_RAW, *wanted)


def _check_unseen(rows: Any, stored: StoredModel, params: ScoreParams) -> dict[str, float]:
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
