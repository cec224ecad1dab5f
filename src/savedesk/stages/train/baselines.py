"""Fit the baselines: on the rows of the model, and for a snapshot in its folds, so that they too are judged unseen."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from savedesk.model.additive import AdditiveModel
from savedesk.model.baselines import Baselines
from savedesk.model.schema import ModelColumn, ModelSchema, encode
from savedesk.params.train import TrainParams, TreeRecipe
from savedesk.schemas.model import BASELINES_OUT_OF_FOLD
from savedesk.schemas.scores import BASELINE_NAMES
from savedesk.stages.train.booster import Table, fit, model_text, settings
from savedesk.stages.train.logistic import fit_logistic
from savedesk.stages.train.validation import Folds

ONE_FEATURE = {
    "tenure_only": "months_since_activation",
    "last_usage_drop": "usage_change_1m",
    "complaint_count": "complaint_count_3m",
}
DEFAULTS = {"learning_rate": 0.1, "num_leaves": 31, "min_data_in_leaf": 20}  # LightGBM's own, as the rest of a recipe
DEFAULT_ROUNDS = 100  # LightGBM's own


def fit_baselines(rows: pd.DataFrame, table: Table, params: TrainParams) -> Baselines:
    """Return the baselines fitted on the training rows. One whose feature says nothing is left out, with the reason.

    Args:
        rows: feature table.
        table: the same rows by the columns of the model.
        params: section ``train``.
    """
    left_out = {name: why for name, feature in ONE_FEATURE.items() if (why := _lacking(rows, feature))}
    return _fitted(rows, table, left_out, params)


def baselines_out_of_fold(validation_folds: Folds) -> pd.DataFrame:
    """Return the contract ``baselines_out_of_fold``: of a dated source nothing, since its later as_of dates judge."""
    folds = replace(validation_folds, left_out=(), left_out_in={})
    rows, params = folds.rows, folds.params
    parts = [pd.DataFrame(columns=list(BASELINES_OUT_OF_FOLD.column_names))]
    if rows["label_known_on"].isna().all():
        left_out = {name: why for name, feature in ONE_FEATURE.items() if (why := _lacking(rows, feature))}
        learnt_from = {number: learn for number, learn, _ in folds.masks}
        for number, learn, judge, here in folds.tables():
            fitted = _fitted(rows[learnt_from[number]], learn, left_out, params)
            probabilities = fitted.probabilities(rows[here], judge.matrix)
            corrected = {
                name: folds.sample.corrected(probabilities[name]) for name in BASELINE_NAMES if name in probabilities
            }
            parts.append(rows.loc[here, ["subscriber_id", "as_of"]].assign(**corrected))
    return pd.concat(parts, ignore_index=True)


def _lacking(rows: pd.DataFrame, feature: str) -> str:
    """Return why a feature can rank nobody, or nothing."""
    if feature not in rows or rows[feature].isna().all():
        return f"no {feature} is known"
    return "" if len(rows[feature].drop_duplicates()) > 1 else f"{feature} is the same for everybody"


def _fitted(rows: pd.DataFrame, table: Table, left_out: dict[str, str], params: TrainParams) -> Baselines:
    plain = replace(table, directions={})
    booster = fit(settings(params, TreeRecipe(**DEFAULTS), plain, alone=True), plain, DEFAULT_ROUNDS)
    return Baselines(
        {name: _curve(rows, table, ONE_FEATURE[name], params) for name in ONE_FEATURE if name not in left_out},
        fit_logistic(table, params.baseline_penalty, params),
        model_text(booster),
        left_out,
    )


def _curve(rows: pd.DataFrame, table: Table, feature: str, params: TrainParams) -> tuple[ModelSchema, AdditiveModel]:
    schema = ModelSchema((ModelColumn(feature, "float64"),))
    alone = replace(table, matrix=encode(rows, schema), schema=schema)
    return schema, fit_logistic(alone, params.baseline_penalty, params)
