"""Fit one booster: the same rows give the same bytes on any number of threads."""

from __future__ import annotations

import re
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from savedesk.model.schema import Matrix, ModelSchema
from savedesk.params.train import TrainParams


def settings(params: TrainParams, schema: ModelSchema, directions: dict[str, int]) -> dict[str, Any]:
    """Return LightGBM's own parameters. No class weights: they would wreck calibration."""
    own: dict[str, Any] = {
        "learning_rate": params.learning_rate,
        "num_leaves": params.num_leaves,
        "max_depth": params.max_depth,
        "min_data_in_leaf": params.min_data_in_leaf,
        "feature_fraction": params.feature_fraction,
        "bagging_fraction": params.bagging_fraction,
        "bagging_freq": 1 if params.bagging_fraction < 1 else 0,
        "lambda_l2": params.lambda_l2,
        "seed": params.seed,
        "num_threads": params.threads,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }
    if params.use_monotone_constraints and any(directions.get(name) for name in schema.names):
        own["monotone_constraints"] = [
            directions.get(name, 0) if c.dtype != "string" else 0
            for name, c in zip(schema.names, schema.columns, strict=True)
        ]
    return own


def fit(
    matrix: Matrix,
    target: npt.NDArray[Any],
    aside: npt.NDArray[np.bool_],
    schema: ModelSchema,
    own: dict[str, Any],
    params: TrainParams,
    objective: str = "binary",
    most_rounds: int = 0,
) -> lgb.Booster:
    """Fit with early stopping on the rows set aside, then on all rows with the number of trees found.

    Args:
        matrix: rows by columns of the schema.
        target: classes 0..k-1.
        aside: rows that early stopping watches.
        schema: columns of the matrix.
        own: LightGBM's parameters; objective and metric are added here.
        params: section ``train``.
        objective: ``binary`` or ``multiclass``; log loss is the metric of either.
        most_rounds: trees at most; 0: ``max_rounds`` of the section.
    """
    classes = int(target.max()) + 1
    own = {
        **own,
        "objective": objective,
        "metric": "binary_logloss" if objective == "binary" else "multi_logloss",
    }
    if objective == "multiclass":
        own["num_class"] = classes
    rounds = most_rounds or params.max_rounds
    if len(np.unique(target[aside])) == classes and len(np.unique(target[~aside])) == classes:
        learn = _dataset(matrix[~aside], target[~aside], schema)
        watch = lgb.Dataset(matrix[aside], target[aside], reference=learn, free_raw_data=False)
        stop = lgb.early_stopping(params.early_stopping_rounds, verbose=False)
        watched = lgb.train(own, learn, rounds, valid_sets=[watch], callbacks=[stop])
        rounds = max(1, watched.best_iteration)
    return lgb.train(own, _dataset(matrix, target, schema), rounds)


def model_text(booster: lgb.Booster) -> str:
    """Return LightGBM's text of the booster without the number of threads, on which nothing else in it depends."""
    return re.sub(r"^\[num_threads: \d+\]\n", "", booster.model_to_string(), flags=re.MULTILINE)


def _dataset(matrix: Matrix, target: npt.NDArray[Any], schema: ModelSchema) -> lgb.Dataset:
    return lgb.Dataset(
        matrix,
        target,
        feature_name=[f"f{place}" for place in range(len(schema.columns))],
        categorical_feature=schema.categorical,
        params={"verbosity": -1},
        free_raw_data=False,
    )
