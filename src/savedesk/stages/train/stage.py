"""Stage train: folds, calibration, the final model."""

from __future__ import annotations

import math
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import roc_auc_score

from savedesk.errors import DataContractError
from savedesk.model.calibration import choose_calibrator
from savedesk.model.compatibility import windows_of
from savedesk.model.interval import fit_interval
from savedesk.model.sample import Sample
from savedesk.model.schema import ModelSchema, encode, learn_schema
from savedesk.model.stored import model_version
from savedesk.params.cohort import CohortParams
from savedesk.params.features import FeaturesParams
from savedesk.params.train import TrainParams
from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import cohort, features, model, source_facts
from savedesk.stages.train.baselines import baselines_out_of_fold, fit_baselines
from savedesk.stages.train.booster import Table
from savedesk.stages.train.choose import Chosen, choose_members, only_member, trials_of
from savedesk.stages.train.dictionary_page import dictionary_page
from savedesk.stages.train.final import final_model
from savedesk.stages.train.fitted import fit_features, refit
from savedesk.stages.train.folds import folds, set_aside
from savedesk.stages.train.journal import Journal
from savedesk.stages.train.leaks import leak_figures, suspected_leaks
from savedesk.stages.train.recipes import effort, effort_in_words
from savedesk.stages.train.selection import select_features, selection_table
from savedesk.stages.train.statistics import feature_statistics
from savedesk.stages.train.survival import fit_survival
from savedesk.stages.train.types import fit_types
from savedesk.stages.train.validation import Folds, Mask

READS = (cohort.TABLE, features.TABLE, features.DICTIONARY, source_facts.FILE)
WRITES = (
    model.BOOSTER,
    model.TYPES,
    model.SURVIVAL,
    model.SCHEMA,
    model.OUT_OF_FOLD,
    model.BASELINES,
    model.BASELINE_BOOSTER,
    model.BASELINES_OUT_OF_FOLD,
    model.TRIALS,
    model.HELD_OUT_SURVIVAL,
    features.SELECTION,
    features.STATISTICS,
    features.PAGE,
)
SECTIONS = (TrainParams, FeaturesParams, CohortParams)


def run(inputs: Inputs) -> dict[str, Any]:
    """Return the model files, out-of-fold scores and trials."""
    params = inputs.section(TrainParams)
    dictionary = inputs.frame(features.DICTIONARY)
    rows, sample, unlabelled = _training_rows(inputs, params)
    schema = _schema(rows, dictionary, sample, params)
    directions = dict(zip(dictionary["name"], dictionary["direction"], strict=True))
    table = Table(encode(rows, schema), rows["churned"].to_numpy(dtype=np.int64), schema, directions)
    aside = set_aside(rows["subscriber_id"], params.early_stopping_share, params.seed)
    journal = Journal(inputs.kept)
    validation_folds = Folds(rows, table, _folds_with_both_classes(rows, table.target), sample, params, journal)
    leaks = suspected_leaks(table, validation_folds.masks, inputs.section(FeaturesParams).suspicious_auc, params)
    chosen = (
        choose_members(validation_folds, inputs.progress)
        if validation_folds.masks
        else only_member(validation_folds, aside)
    )
    worth = None
    trials = trials_of(chosen)
    if validation_folds.masks and table.matrix.size <= params.selection_cells:
        validation_folds, chosen, worth = select_features(validation_folds, chosen, inputs.progress)
    out_of_fold, calibrator, losses = _out_of_fold(validation_folds, chosen)
    baselines_unseen = baselines_out_of_fold(validation_folds)

    refit(table.matrix, rows, np.ones(len(rows), dtype=bool), schema, sample, params)
    learnt = (
        float(np.mean([learn.sum() for _, learn, _ in validation_folds.masks])) if validation_folds.masks else len(rows)
    )
    spent = effort(params, *table.matrix.shape, folds=bool(validation_folds.masks))
    baselines = fit_baselines(rows, table, params)
    types = fit_types(table, rows, aside, params)
    time_to_churn = fit_survival(table, rows, aside, sample, params)
    table.matrix[:, list(validation_folds.left_out)] = np.nan
    final = final_model(chosen.members, chosen.weights, table, learnt, spent["bags"], params)
    description: dict[str, Any] = {
        "source": inputs.json(source_facts.FILE)["name"],
        "windows": windows_of(inputs.section(CohortParams)),
        "columns": schema.to_json(),
        "members": final.members,
        "effort": effort_in_words(spent),
        "left_out": [schema.names[place] for place in validation_folds.left_out],
        "additive": final.additive.to_json() if final.additive else None,
        "calibrator": calibrator,
        "interval": _interval(calibrator, out_of_fold, params),
        "sample": sample.to_json(),
        "type_shares": types.shares,
        "types_modelled": list(types.modelled),
        "survival": time_to_churn.description,
        "train_rows": len(rows),
        "train_rows_without_label": unlabelled,
        "train_churners": int(table.target.sum()),
        "train_first_as_of": str(rows["as_of"].min())[:10],
        "train_last_as_of": str(rows["as_of"].max())[:10],
        "train_labels_known_on": None
        if rows["label_known_on"].isna().all()
        else str(rows["label_known_on"].max())[:10],
    }
    description["version"] = model_version(final.booster, types.booster, time_to_churn.booster, description)
    journal.tidy()
    fitted = {column.name: column.fitted for column in schema.columns if column.fitted}
    statistics = feature_statistics(rows, dictionary, fitted, sample)
    tried = pd.DataFrame(trials, columns=list(model.TRIALS.column_names))
    last = description["train_last_as_of"]
    return {
        features.STATISTICS.name: statistics,
        features.PAGE.name: dictionary_page(dictionary, statistics, description["source"], last),
        model.BOOSTER.name: final.booster,
        model.TYPES.name: types.booster,
        model.SURVIVAL.name: time_to_churn.booster,
        model.SCHEMA.name: description,
        model.OUT_OF_FOLD.name: out_of_fold,
        model.BASELINES.name: baselines.to_json(),
        model.BASELINE_BOOSTER.name: baselines.booster,
        model.BASELINES_OUT_OF_FOLD.name: baselines_unseen,
        model.TRIALS.name: tried,
        model.HELD_OUT_SURVIVAL.name: time_to_churn.held_out,
        features.SELECTION.name: selection_table(list(dictionary["name"]), schema, worth),
        "notes": journal.notes,
        "metrics": leak_figures(leaks) | _figures(description, out_of_fold, losses, tried, final.booster, schema),
    }


def _folds_with_both_classes(rows: pd.DataFrame, target: npt.NDArray[np.int64]) -> list[tuple[int, Mask, Mask]]:
    """Return the folds that have churners and stayers to learn from; where none has, nothing can be calibrated."""
    return [fold for fold in folds(rows) if len(np.unique(target[fold[1]])) == 2]  # noqa: PLR2004 - both classes


def _out_of_fold(validation_folds: Folds, chosen: Chosen) -> tuple[pd.DataFrame, dict[str, Any], dict[str, float]]:
    """Return the rows of the folds with their blended and calibrated scores, the calibrator and all log losses."""
    rows, params = validation_folds.rows, validation_folds.params
    use = validation_folds.in_a_fold if validation_folds.masks else np.zeros(len(rows), dtype=bool)
    fold = validation_folds.fold if validation_folds.masks else np.empty(0, dtype=np.int64)
    churned = rows["churned"].to_numpy(dtype=bool)[use]
    calibrator, probability, losses = choose_calibrator(params.calibration, chosen.raw, churned, fold)
    scored = rows.loc[use, ["subscriber_id", "as_of", "churned"]].assign(
        fold=fold, raw_score=chosen.raw, churn_probability=validation_folds.sample.corrected(probability)
    )
    ordered: pd.DataFrame = scored.sort_values(["fold", "subscriber_id", "as_of"], ignore_index=True)
    return ordered, calibrator, losses


def _interval(calibrator: dict[str, Any], out_of_fold: pd.DataFrame, params: TrainParams) -> dict[str, Any] | None:
    return fit_interval(
        calibrator,
        out_of_fold["raw_score"].to_numpy(np.float64),
        out_of_fold["churned"].to_numpy(bool),
        out_of_fold["fold"].to_numpy(np.int64),
        pd.factorize(out_of_fold["subscriber_id"])[0].astype(np.int64),
        level=params.interval,
        points=params.interval_points,
        rounds=params.interval_rounds,
        seed=params.seed,
    )


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
    schema = learn_schema(rows, dtypes, params.minimum_category_rows, fitted)
    if not schema.columns:
        raise DataContractError(
            "no feature varies between subscribers",
            where="data/features",
            next_step="connect usage, bills or attributes",
        )
    return schema


def _training_rows(inputs: Inputs, params: TrainParams) -> tuple[pd.DataFrame, Sample, int]:
    """Return cohort and features of the training rows, in the order of their key, how they were drawn, and others.

    The others are the rows of the same dates that have no label.

    Raises:
        DataContractError: too few churners to learn from, or nobody who stayed.
    """
    people = inputs.table(cohort.TABLE)
    people = people.filter(people.role == "train")
    people = people.select(
        "subscriber_id",
        "as_of",
        "fold",
        "churned",
        "churn_type",
        "label_known_on",
        "outcome_start",
        "exit_on",
        "followed_until",
    )
    counted = people.aggregate(
        rows=people.count(), labelled=people.churned.count(), churners=people.churned.cast("int64").sum()
    )
    (counts,) = counted.to_pyarrow().to_pylist()
    churners = int(counts["churners"] or 0)
    stayers = int(counts["labelled"]) - churners
    if churners < params.minimum_churners or stayers < params.minimum_churners:
        raise DataContractError(
            f"{churners} churners among {churners + stayers} training rows; the model needs at least "
            f"{params.minimum_churners} of each class",
            where="data/cohort/cohort.parquet: churned",
            next_step="check the churn definition in params.yaml: cohort, or connect more history",
        )
    sample = Sample.at_most(params.max_rows, churners, stayers, params.seed)
    people = people.filter(people.churned.notnull())
    people = people if sample.is_whole else people.filter(sample.drawn(people))
    table = people.inner_join(inputs.table(features.TABLE), ["subscriber_id", "as_of"], rname="{name}_feature")
    rows: pd.DataFrame = table.order_by(["subscriber_id", "as_of"]).to_pandas().reset_index(drop=True)
    return rows, sample, int(counts["rows"] - counts["labelled"])


def _figures(
    description: dict[str, Any],
    out_of_fold: pd.DataFrame,
    losses: dict[str, float],
    trials: pd.DataFrame,
    booster: str,
    schema: ModelSchema,
) -> dict[str, Any]:
    trees = lgb.Booster(model_str=booster)
    gain = trees.feature_importance("gain")
    strongest = [schema.names[place] for place in np.argsort(-gain, kind="stable")[:5]]
    auc = pd.Series([_auc(part) for _, part in out_of_fold.groupby("fold")], dtype="float64").dropna()
    return {
        "rows": description["train_rows"],
        "churners": description["train_churners"],
        "columns": len(schema.columns),
        "columns_left_out": len(description["left_out"]),
        "sampled_share_of_stayers": description["sample"]["stayers"],
        "trials": trials["trial"].nunique(),
        **description["effort"],
        "members": ", ".join(f"{member['name']} {member['weight']:.2f}" for member in description["members"]),
        "trees": trees.num_trees(),
        "calibration": description["calibrator"]["method"],
        **{f"out_of_fold_log_loss_{method}": loss for method, loss in losses.items()},
        "out_of_fold_rows": len(out_of_fold),
        "out_of_fold_auc_mean": float(auc.mean()) if len(auc) else None,
        "out_of_fold_auc_low": float(auc.min()) if len(auc) else None,
        "out_of_fold_auc_high": float(auc.max()) if len(auc) else None,
        "strongest_features": ", ".join(strongest),
        "model_version": description["version"],
    }


def _auc(part: pd.DataFrame) -> float:
    both = part["churned"].nunique() == 2  # noqa: PLR2004 - both classes
    return float(roc_auc_score(part["churned"], part["raw_score"])) if both else math.nan
