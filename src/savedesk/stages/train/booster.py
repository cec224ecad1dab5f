"""Fit one booster: the same rows give the same bytes on any number of threads."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from savedesk.model.schema import Matrix, ModelSchema
from savedesk.params.train import TrainParams, TreeRecipe
from savedesk.stages.train.leaf_means import text_with_leaf_means

Vector = npt.NDArray[np.float64]
MULTICLASS = "multiclass"


@dataclass(frozen=True)
class Table:
    """Rows to learn from.

    Args:
        matrix: rows by columns of the schema.
        target: classes 0..k-1.
        schema: columns of the matrix.
        directions: feature -> 1 where risk rises with it, -1 where it falls, 0 where nobody says.
        weight: rows that each row stands for, where they were drawn with unequal chances; None: one.
        start: log-odds that the trees are added to; None: those of the churn rate.
    """

    matrix: Matrix
    target: npt.NDArray[np.int64]
    schema: ModelSchema
    directions: dict[str, int]
    weight: Vector | None = None
    start: Vector | None = None


def settings(params: TrainParams, recipe: TreeRecipe, table: Table, *, alone: bool) -> dict[str, Any]:
    """Return LightGBM's own parameters. No class weights: they would wreck calibration.

    Sums in linear leaves depend on how rows are dealt out to threads (seen with LightGBM 4.7), so the number of threads
    of those boosters is a param of its own; the others are the same on any number.

    Args:
        params: section ``train``.
        recipe: settings of the params.
        table: rows to learn from.
        alone: whether no other booster is fitted at the same time; else it has one thread (see ``in_parallel``).
    """
    own = recipe.model_dump(exclude={"from_logistic", "least_rows"}) | {
        "bagging_freq": 1 if recipe.bagging_fraction < 1 else 0,
        "seed": params.seed,
        "num_threads": (params.linear_threads if recipe.linear_tree else params.threads) if alone else 1,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }
    schema, directions = table.schema, table.directions
    if params.use_monotone_constraints and not recipe.linear_tree and any(directions.get(n) for n in schema.names):
        own["monotone_constraints"] = [
            directions.get(name, 0) if c.dtype != "string" else 0
            for name, c in zip(schema.names, schema.columns, strict=True)
        ]
    return own


def fit(own: dict[str, Any], table: Table, rounds: int) -> lgb.Booster:
    """Fit a booster of log loss with a fixed number of trees; of two classes, unless its objective is multiclass."""
    return lgb.train(_objective(own, table.target), _dataset(table, own), rounds)


def fit_watched(
    own: dict[str, Any], learn: Table, watch: Table, most: int, patience: int
) -> tuple[lgb.Booster, Vector]:
    """Fit until the log loss of other rows has not fallen for ``patience`` trees; return booster and loss by tree.

    Args:
        own: LightGBM's parameters.
        learn: rows to learn from.
        watch: rows whose log loss is watched.
        most: trees at most.
        patience: trees without a better log loss.
    """
    dataset = _dataset(learn, own)
    watched = lgb.Dataset(
        watch.matrix,
        watch.target,
        reference=dataset,
        weight=watch.weight,
        init_score=watch.start,
        free_raw_data=False,
    )
    seen: dict[str, dict[str, list[float]]] = {}
    calls: list[Callable[..., Any]] = [lgb.early_stopping(patience, verbose=False), lgb.record_evaluation(seen)]
    own = _objective(own, learn.target)
    booster = lgb.train(own, dataset, most, valid_sets=[watched], valid_names=["watched"], callbacks=calls)
    return booster, np.asarray(seen["watched"][own["metric"]], dtype=np.float64)


def fit_stopped(
    own: dict[str, Any], table: Table, aside: npt.NDArray[np.bool_], params: TrainParams, most: int
) -> lgb.Booster:
    """Fit with early stopping on the rows set aside, then on all rows with the number of trees found."""
    classes = int(table.target.max()) + 1
    if len(np.unique(table.target[aside])) == classes and len(np.unique(table.target[~aside])) == classes:
        learn, watch = (Table(table.matrix[use], table.target[use], table.schema, {}) for use in (~aside, aside))
        _, losses = fit_watched(own, learn, watch, most, params.early_stopping_rounds)
        most = int(np.argmin(losses)) + 1
    return fit(own, table, most)


def model_text(booster: lgb.Booster, matrix: Matrix | None = None, threads: int = 1) -> str:
    """Return LightGBM's text of the booster without the number of threads, on which nothing else in it depends.

    Args:
        booster: fitted booster.
        matrix: the rows that it was fitted on, for the means of linear leaves.
        threads: threads that find those leaves.
    """
    text = re.sub(r"^\[num_threads: \d+\]\n", "", booster.model_to_string(), flags=re.MULTILINE)
    return text if matrix is None else text_with_leaf_means(booster, text, matrix, threads)


def _objective(own: dict[str, Any], target: npt.NDArray[np.int64]) -> dict[str, Any]:
    classes = int(target.max()) + 1
    if own.get("objective") != MULTICLASS:
        return {**own, "objective": "binary", "metric": "binary_logloss"}
    return {**own, "metric": "multi_logloss", "num_class": classes}


def _dataset(table: Table, own: dict[str, Any]) -> lgb.Dataset:
    return lgb.Dataset(
        table.matrix,
        table.target,
        weight=table.weight,
        init_score=table.start,
        feature_name=[f"f{place}" for place in range(len(table.schema.columns))],
        categorical_feature=table.schema.categorical,
        params={"verbosity": -1, "linear_tree": own["linear_tree"], "num_threads": own["num_threads"]},
        free_raw_data=False,
    )
