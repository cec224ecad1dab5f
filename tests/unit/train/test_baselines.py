"""Baselines: what they learn, on which rows they are judged, and that they are what their names say."""

from __future__ import annotations

import json

import lightgbm as lgb
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score
from tests.learning import DATES, learnable
from tests.tables import read, run, save, table

from savedesk.model.schema import ModelSchema, encode
from savedesk.schemas import cohort, features, model, scores

QUICK = {"max_rounds": 20, "tuning_cells": 1, "bags": 1, "selection_cells": 0, "minimum_category_rows": 10}


def with_usage_drop(root, falls_with="drop"):
    """Give the features a usage change that falls where the risk rises, and a tenure that is the same for everybody."""
    rows = read(root, features.TABLE)
    for row in rows:
        row |= {"usage_change_1m": -row[falls_with], "months_since_activation": 12.0}
    save(root, features.TABLE, table(features.TABLE, rows))
    return root


def shuffled_snapshot(root):
    """Turn the cohort into a snapshot whose labels have nothing to do with its features."""
    draw = np.random.default_rng(3)
    rows = [row for row in read(root, cohort.TABLE) if row["as_of"] == DATES[0]]
    for number, row in enumerate(rows):
        left = bool(draw.random() < 0.5)
        row |= {"role": "train", "fold": number % 3 + 1, "label_known_on": None, "churned_on": None}
        row |= {"churned": left, "churn_type": "cancelled" if left else None}
    save(root, cohort.TABLE, table(cohort.TABLE, rows))
    return root


def scored(root):
    frame = pd.DataFrame(read(root, scores.BASELINES))
    labels = pd.DataFrame(read(root, cohort.TABLE))[["subscriber_id", "as_of", "churned"]]
    labelled = frame.merge(labels, on=["subscriber_id", "as_of"])
    return labelled.assign(churned=labelled["churned"].astype(bool))


@pytest.fixture(scope="module")
def dated(tmp_path_factory):
    root = with_usage_drop(learnable(tmp_path_factory.mktemp("dated"), per_date=200))
    run(root, "train", train=QUICK)
    run(root, "score")
    return root


def test_baselines_score_the_test_dates_alone(dated):
    assert read(dated, model.BASELINES_OUT_OF_FOLD) == []
    rows = scored(dated)
    assert set(rows["as_of"]) == {DATES[6]}
    assert len(rows) == 200


def test_a_baseline_of_one_feature_learns_which_way_the_risk_goes(dated):
    rows = scored(dated)
    given = [row for row in read(dated, features.TABLE) if row["as_of"] == DATES[6]]
    change = {row["subscriber_id"]: row["usage_change_1m"] for row in given}
    assert roc_auc_score(rows["churned"], rows["last_usage_drop"]) == pytest.approx(
        roc_auc_score(rows["churned"], -rows["subscriber_id"].map(change)), abs=0.01
    )
    assert rows["last_usage_drop"].mean() == pytest.approx(rows["churned"].mean(), abs=0.1)


def test_a_baseline_whose_feature_says_nothing_is_left_out_with_the_reason(dated):
    assert scored(dated)[["tenure_only", "complaint_count"]].isna().all(axis=None)
    assert json.loads((dated / model.BASELINES.path).read_text())["left_out"] == {
        "tenure_only": "months_since_activation is the same for everybody",
        "complaint_count": "no complaint_count_3m is known",
    }


def test_the_default_lightgbm_is_that_of_lightgbm(dated):
    schema = ModelSchema.from_json(json.loads((dated / model.SCHEMA.path).read_text())["columns"])
    people = pd.DataFrame(read(dated, cohort.TABLE))
    rows = people.merge(pd.DataFrame(read(dated, features.TABLE)), on=["subscriber_id", "as_of"])
    learn, judge = rows[rows["role"] == "train"], rows[rows["role"] == "test"]
    target = learn["churned"].astype(int)
    dataset = lgb.Dataset(encode(learn, schema), target, categorical_feature=schema.categorical)
    plain = lgb.train({"objective": "binary", "verbosity": -1}, dataset)
    own = scored(dated).set_index("subscriber_id")["default_lightgbm"].loc[judge["subscriber_id"]]
    assert own.to_numpy() == pytest.approx(plain.predict(encode(judge, schema)), abs=1e-5)


def test_the_baselines_are_the_same_on_two_threads(dated):
    first = [(dated / file.path).read_bytes() for file in (model.BASELINES, model.BASELINE_BOOSTER)]
    run(dated, "train", train=QUICK | {"threads": 2})
    assert [(dated / file.path).read_bytes() for file in (model.BASELINES, model.BASELINE_BOOSTER)] == first


def test_in_a_snapshot_every_row_is_judged_by_baselines_that_had_not_seen_it(tmp_path):
    """With labels drawn by lot nothing can be known of an unseen row; of a seen one a default LightGBM knows much."""
    root = shuffled_snapshot(with_usage_drop(learnable(tmp_path, per_date=600)))
    run(root, "train", train=QUICK)
    run(root, "score")
    rows = scored(root)
    assert len(rows) == 600
    for name in ("last_usage_drop", "logistic_regression", "default_lightgbm"):
        assert roc_auc_score(rows["churned"], rows[name]) == pytest.approx(0.5, abs=0.1), name
