"""Stage score: probabilities for the test dates and the newest as_of, or all of a snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from savedesk.errors import DataContractError
from savedesk.model.compatibility import require_source, require_windows
from savedesk.model.schema import ModelSchema, differences, require_fit
from savedesk.model.stored import StoredModel, require_one_model
from savedesk.model.trial_read import require_readable
from savedesk.model.unseen import Unseen, unseen_names
from savedesk.params.cohort import CohortParams
from savedesk.params.score import ScoreParams
from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import cohort, features, model, scores, source_facts
from savedesk.stages.score.baselines import baseline_scores
from savedesk.stages.score.scoring import FOLD, FOLD_RAW, KEY, SCORED, SEEN, Scoring

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
WRITES = (scores.TABLE, scores.BASELINES, scores.UNSEEN)
SECTIONS = (ScoreParams, CohortParams)
FIGURE_DIGITS = 12  # of a mean over rows: beyond them it depends on the order in which an engine adds up
NAMED = 3  # columns without any value that are named


@dataclass(frozen=True)
class _Fit:
    """How the rows fit the model: names without a category, and columns in which no row has a value."""

    unseen: list[Unseen]
    without_values: list[str]


def run(inputs: Inputs) -> dict[str, Any]:
    """Return the scores. A row that the final model was trained on takes the score of the fold that had not seen it.

    Raises:
        ModelSchemaError: the model is of another source or other windows, or the features differ from those that it was
            trained on.
        DataContractError: there is nobody to score, or somebody has no features.
    """
    boosters = inputs.text(model.BOOSTER), inputs.text(model.TYPES), inputs.text(model.SURVIVAL)
    texts = (*boosters, inputs.json(model.SCHEMA))
    require_source(texts[-1], inputs.json(source_facts.FILE))
    require_one_model(*texts)
    require_readable(*texts)
    stored = StoredModel.read(*texts)
    windows = inputs.section(CohortParams)
    require_windows(stored.description, windows)
    people = _people(inputs, stored)
    expected = _count(people)
    rows = _with_features(inputs, people, stored)
    _require_everybody(expected, _count(rows))
    fit = _fit(rows, stored.schema, inputs.section(ScoreParams))
    scoring = Scoring(texts, windows)
    scored = inputs.engine.materialise(inputs.engine.map_frames(rows, scoring, SCORED), "scored")
    by_role = scored.group_by("role").aggregate(rows=scored.count(), mean=scored.churn_probability.mean())
    figures: dict[str, Any] = {"rows": expected, "model_version": stored.version}
    for line in by_role.order_by("role").to_pyarrow().to_pylist():
        figures |= {
            f"{line['role']}_rows": int(line["rows"]),
            f"{line['role']}_mean_churn_probability": round(float(line["mean"]), FIGURE_DIGITS),
        }
    beside = inputs.engine.empty(scores.BASELINES.columns) if windows.score_only else baseline_scores(inputs, rows)
    return {
        scores.TABLE.name: scored,
        scores.BASELINES.name: beside,
        scores.UNSEEN.name: _unseen_table(fit.unseen),
        "metrics": figures | _unseen_summary(fit),
    }


def _people(inputs: Inputs, stored: StoredModel) -> Any:
    """Return key, role, out-of-fold probability of the rows to score, and whether the final model has seen them.

    Training rows of a dated source are not scored again: only those of a snapshot, which has no other as_of. Those
    that the training sample left out were not seen by the final model either.
    """
    people = inputs.table(cohort.TABLE)
    snapshot = people.label_known_on.isnull().all()
    people = people.filter(people.role.isin(["test", "score"]) | ((people.role == "train") & snapshot.as_scalar()))
    seen = (people.role == "train") & stored.sample.drawn(people)
    people = people.select("subscriber_id", "as_of", "role", **{SEEN: seen.fill_null(False)})
    unseen = inputs.table(model.OUT_OF_FOLD).select(*KEY, **{FOLD: "churn_probability", FOLD_RAW: "raw_score"})
    return people.left_join(unseen, KEY, rname="{name}_fold").drop("subscriber_id_fold", "as_of_fold")


def _with_features(inputs: Inputs, people: Any, stored: StoredModel) -> Any:
    """Return the rows to score with those features that the model needs and that are there."""
    table = people.inner_join(inputs.table(features.TABLE), KEY, rname="{name}_feature")
    wanted = [name for name in stored.schema.inputs if name in table.columns]
    return table.select(*KEY, "role", SEEN, FOLD, FOLD_RAW, *wanted)


def _count(table: Any) -> int:
    return int(table.count().execute())


def _require_everybody(expected: int, with_features: int) -> None:
    if not expected:
        raise DataContractError(
            "nobody to score: no row has the role test or score",
            where=cohort.TABLE.path,
            next_step="run `savedesk cohort` again",
        )
    if with_features < expected:
        raise DataContractError(
            f"{expected - with_features:,} of {expected:,} rows to score have no features",
            where=features.TABLE.path,
            next_step="run `savedesk features` again: the cohort is newer",
        )


def _fit(rows: Any, schema: ModelSchema, params: ScoreParams) -> _Fit:
    """Return how the rows fit the model.

    Raises:
        ModelSchemaError: a column is missing, of another type, or has too many names without a category.
    """
    there = [name for name in schema.inputs if name in rows.columns]
    given = rows.aggregate(**{f"given_{place}": _values(rows[name]) for place, name in enumerate(there)})
    counts = given.to_pyarrow().to_pylist()[0]
    empty = [name for place, name in enumerate(there) if not counts[f"given_{place}"]]
    kinds = {name: "" if name in empty else str(rows[name].type()) for name in there}
    mismatches = differences(kinds, schema)
    unseen = unseen_names(rows, schema, params.unseen_named_from_rows)
    most = params.max_unseen_category_share
    new = [
        f"column {column.feature!r}: {column.excess:.0%} of the rows have a name that the model has never seen"
        + (f", most often {column.words}" if column.commonest else "")
        for column in unseen
        if column.excess > most
    ]
    allowed = f"at most {most:.0%} (score.max_unseen_category_share)" if new else ""
    step = "retrain with `dvc repro`, or check how the source fills this column" if new and not mismatches else ""
    require_fit(mismatches + new, allowed, step)
    return _Fit(unseen, empty)


def _values(column: Any) -> Any:
    """Return how many values a column has; a number that is none is missing."""
    return column.count(where=~column.isnan()) if column.type().is_floating() else column.count()


def _unseen_table(unseen: Sequence[Unseen]) -> pd.DataFrame:
    rows = [
        {
            "feature": column.feature,
            "rows": column.rows,
            "share": column.share,
            "share_in_training": column.share_in_training,
            "commonest": column.words or None,
        }
        for column in unseen
    ]
    return pd.DataFrame(rows, columns=list(scores.UNSEEN.column_names))


def _unseen_summary(fit: _Fit) -> dict[str, Any]:
    """Return what a reader of the summary shall know of names without a category, and of columns without a value."""
    summary: dict[str, Any] = {}
    new = [column for column in fit.unseen if column.excess]
    names = [
        f"{column.feature} {column.share:.1%}" + (f": {column.words}" if column.commonest else "") for column in new
    ]
    summary["unseen_categories"] = "; ".join(names) or "none"
    summary |= {f"unseen_{column.feature}": column.excess for column in new}
    if fit.without_values:
        others = len(fit.without_values) - NAMED
        summary["columns_without_values"] = len(fit.without_values)
        summary["without_values"] = ", ".join(fit.without_values[:NAMED]) + (
            f" and {others} more" if others > 0 else ""
        )
    return summary
