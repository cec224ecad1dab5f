"""Stage train: folds, calibration, the final model."""

from __future__ import annotations

from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from savedesk.contracts import cohort, features, model, source_facts
from savedesk.errors import DataContractError
from savedesk.inputs import Inputs
from savedesk.model.calibration import choose_calibrator, log_loss
from savedesk.model.sample import Sample
from savedesk.model.schema import Matrix, ModelSchema, encode, learn_schema
from savedesk.model.stored import model_version
from savedesk.params.train import TrainParams
from savedesk.train.booster import fit, model_text, settings
from savedesk.train.dictionary_page import dictionary_page
from savedesk.train.fitted import fit_features, refit
from savedesk.train.folds import folds, set_aside
from savedesk.train.statistics import feature_statistics
from savedesk.train.types import fit_types

READS = (cohort.TABLE, features.TABLE, features.DICTIONARY, source_facts.FILE)
WRITES = (
    model.BOOSTER,
    model.TYPES,
    model.SCHEMA,
    model.OUT_OF_FOLD,
    model.TRIALS,
    features.STATISTICS,
    features.PAGE,
)
SECTIONS = (TrainParams,)
TRIAL = "params.yaml"


def run(inputs: Inputs) -> dict[str, Any]:
    """Return the model files, out-of-fold scores and trials."""
    params = inputs.section(TrainParams)
    dictionary = inputs.frame(features.DICTIONARY)
    rows, sample = _training_rows(inputs, params)
    schema = _schema(rows, dictionary, sample, params)
    own = settings(params, schema, dict(zip(dictionary["name"], dictionary["direction"], strict=True)))
    aside = set_aside(rows["subscriber_id"], params.early_stopping_share, params.seed)
    matrix = encode(rows, schema)

    out_of_fold, trials = _validate(inputs, rows, matrix, aside, schema, own, params, sample)
    churned = out_of_fold["churned"].to_numpy(dtype=bool)
    raw, fold = out_of_fold["raw_score"].to_numpy(), out_of_fold["fold"].to_numpy(dtype=np.int64)
    calibrator, probability, losses = choose_calibrator(params.calibration, raw, churned, fold)
    out_of_fold["churn_probability"] = sample.corrected(probability)

    target = rows["churned"].to_numpy(dtype=np.int64)
    refit(matrix, rows, np.ones(len(rows), dtype=bool), schema, sample, params)
    booster = fit(matrix, target, aside, schema, own, params)
    types = fit_types(matrix, rows, aside, schema, own, params)
    text = model_text(booster)
    description: dict[str, Any] = {
        "source": inputs.json(source_facts.FILE)["name"],
        "columns": schema.to_json(),
        "calibrator": calibrator,
        "sample": sample.to_json(),
        "type_shares": types.shares,
        "types_modelled": list(types.modelled),
        "rounds": booster.num_trees(),
        "train_rows": len(rows),
        "train_churners": int(target.sum()),
        "train_first_as_of": str(rows["as_of"].min())[:10],
        "train_last_as_of": str(rows["as_of"].max())[:10],
        "settings": {name: value for name, value in own.items() if name not in {"num_threads", "monotone_constraints"}},
    }
    description["version"] = model_version(text, types.booster, description)
    fitted = {column.name: column.fitted for column in schema.columns if column.fitted}
    statistics = feature_statistics(rows, dictionary, fitted, sample)
    last = description["train_last_as_of"]
    return {
        features.STATISTICS.name: statistics,
        features.PAGE.name: dictionary_page(dictionary, statistics, description["source"], last),
        model.BOOSTER.name: text,
        model.TYPES.name: types.booster,
        model.SCHEMA.name: description,
        model.OUT_OF_FOLD.name: out_of_fold,
        model.TRIALS.name: trials,
        "metrics": _figures(description, out_of_fold, losses, trials, booster, schema),
    }


def _schema(rows: pd.DataFrame, dictionary: pd.DataFrame, sample: Sample, params: TrainParams) -> ModelSchema:
    """Return the columns of the model.

    Raises:
        DataContractError: none of them differs between subscribers.
    """
    computed = dictionary[dictionary["fitted_from"].isna()]
    given = dictionary[dictionary["fitted_from"].notna()]
    sources = dict(zip(given["name"], given["fitted_from"], strict=True))
    fitted = fit_features(rows, np.ones(len(rows), dtype=bool), sources, sample, params)
    dtypes = dict(zip(computed["name"], computed["dtype"], strict=True))
    schema = learn_schema(rows, dtypes, params.min_data_in_leaf, fitted)
    if not schema.columns:
        raise DataContractError(
            "no feature varies between subscribers",
            where="data/features",
            next_step="connect usage, bills or attributes",
        )
    return schema


def _training_rows(inputs: Inputs, params: TrainParams) -> tuple[pd.DataFrame, Sample]:
    """Return cohort and features of the training rows, in the order of their key, and how they were drawn.

    Raises:
        DataContractError: too few churners to learn from, or nobody who stayed.
    """
    people = inputs.table(cohort.TABLE)
    people = people.filter(people.role == "train", people.churned.notnull())
    people = people.select("subscriber_id", "as_of", "fold", "churned", "churn_type", "label_known_on")
    counted = (
        people.aggregate(rows=people.count(), churners=people.churned.cast("int64").sum()).to_pyarrow().to_pylist()
    )
    churners = int(counted[0]["churners"] or 0)
    stayers = int(counted[0]["rows"]) - churners
    if churners < params.minimum_churners or stayers < params.minimum_churners:
        raise DataContractError(
            f"{churners} churners among {churners + stayers} training rows; the model needs at least "
            f"{params.minimum_churners} of each class",
            where="data/cohort/cohort.parquet: churned",
            next_step="check the churn definition in params.yaml: cohort, or connect more history",
        )
    sample = Sample.at_most(params.max_rows, churners, stayers, params.seed)
    people = people if sample.is_whole else people.filter(sample.drawn(people))
    table = people.inner_join(inputs.table(features.TABLE), ["subscriber_id", "as_of"], rname="{name}_feature")
    rows: pd.DataFrame = table.order_by(["subscriber_id", "as_of"]).to_pandas().reset_index(drop=True)
    return rows, sample


def _validate(
    inputs: Inputs,
    rows: pd.DataFrame,
    matrix: Matrix,
    aside: Any,
    schema: ModelSchema,
    own: dict[str, Any],
    params: TrainParams,
    sample: Sample,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fit each fold and return its rows' scores by the model that never saw them, and a line for each fold.

    A fold without churners or without stayers to train on is left out. Where none remains nothing can be calibrated.
    """
    target = rows["churned"].to_numpy(dtype=np.int64)
    scored, trials = [], []
    every = [fold for fold in folds(rows) if len(np.unique(target[fold[1]])) == 2]  # noqa: PLR2004 - both classes
    for number, learn, here in inputs.progress.track(every, "folds", len(every)):
        refit(matrix, rows, learn, schema, sample, params)
        booster = fit(matrix[learn], target[learn], aside[learn], schema, own, params)
        raw = np.asarray(booster.predict(matrix[here], raw_score=True), dtype=np.float64)
        part = rows.loc[here, ["subscriber_id", "as_of", "churned"]].assign(fold=number, raw_score=raw)
        scored.append(part)
        trials.append(_trial(number, learn, raw, target[here], booster))
    if not scored:
        empty = rows.head(0)[["subscriber_id", "as_of", "churned"]].assign(fold=0, raw_score=0.0)
        return empty, pd.DataFrame(columns=list(model.TRIALS.column_names))
    return pd.concat(scored, ignore_index=True), pd.DataFrame(trials)


def _trial(number: int, learn: Any, raw: Any, target: Any, booster: lgb.Booster) -> dict[str, Any]:
    probability = np.clip(1 / (1 + np.exp(-raw)), 1e-12, 1 - 1e-12)
    return {
        "trial": TRIAL,
        "fold": number,
        "train_rows": int(learn.sum()),
        "validation_rows": len(raw),
        "rounds": booster.num_trees(),
        "log_loss": log_loss(probability, target.astype(bool)),
        "auc": float(roc_auc_score(target, raw)) if len(np.unique(target)) == 2 else None,  # noqa: PLR2004
    }


def _figures(
    description: dict[str, Any],
    out_of_fold: pd.DataFrame,
    losses: dict[str, float],
    trials: pd.DataFrame,
    booster: lgb.Booster,
    schema: ModelSchema,
) -> dict[str, Any]:
    gain = booster.feature_importance("gain")
    strongest = [schema.names[place] for place in np.argsort(-gain, kind="stable")[:5]]
    auc = trials["auc"].dropna()
    return {
        "rows": description["train_rows"],
        "churners": description["train_churners"],
        "columns": len(schema.columns),
        "sampled_share_of_stayers": description["sample"]["stayers"],
        "trees": description["rounds"],
        "calibration": description["calibrator"]["method"],
        **{f"out_of_fold_log_loss_{method}": loss for method, loss in losses.items()},
        "out_of_fold_rows": len(out_of_fold),
        "out_of_fold_auc_mean": float(auc.mean()) if len(auc) else None,
        "out_of_fold_auc_low": float(auc.min()) if len(auc) else None,
        "out_of_fold_auc_high": float(auc.max()) if len(auc) else None,
        "strongest_features": ", ".join(strongest),
        "model_version": description["version"],
    }
