"""Stage train: the same rows give the same bytes, and too little to learn from is said."""

from __future__ import annotations

import json
import shutil
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from tests.learning import DATES, describe, learnable
from tests.tables import read, run, save, sections, table

from savedesk.errors import DataContractError
from savedesk.model.stored import StoredModel
from savedesk.schemas import cohort, features, model
from savedesk.stages.train.types import fit_types

QUICK = {
    "max_rounds": 40,
    "early_stopping_rounds": 10,
    "minimum_churners_per_type": 50,
    "minimum_category_rows": 10,
    "scarce_recipe": {"min_data_in_leaf": 10},
}


def train(root, **changes):
    return run(root, "train", train=QUICK | changes)


def files(root):
    return {c.name: (root / c.path).read_bytes() for c in (model.BOOSTER, model.TYPES, model.SURVIVAL, model.SCHEMA)}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    root = learnable(tmp_path_factory.mktemp("trained"))
    return root, train(root, threads=1)


def test_the_model_is_the_same_on_two_threads_and_on_repeat(trained):
    root, _ = trained
    first = files(root)
    for threads in (1, 2):
        shutil.rmtree(root / "data/.kept")  # or nothing would be fitted
        train(root, threads=threads)
        assert files(root) == first


def test_another_setting_is_another_version(trained, tmp_path):
    _, summary = trained
    assert train(learnable(tmp_path), seed=8).metrics["model_version"] != summary.metrics["model_version"]


def test_it_learns_what_drives_churn_and_says_so(trained):
    root, summary = trained
    assert summary.metrics["strongest_features"].split(", ")[0] == "drop"
    assert 0.7 < summary.metrics["out_of_fold_auc_mean"] < 0.95
    described = json.loads((root / model.SCHEMA.path).read_text())
    assert [column["name"] for column in described["columns"]] == ["drop", "noise", "plan"]
    assert described["types_modelled"] == ["cancelled", "dormant"]
    assert described["windows"]["outcome_days"] == sections()["cohort"].outcome_days


def test_every_validated_row_has_one_score_by_a_model_that_never_saw_it(trained):
    root, _ = trained
    scored = Counter((row["as_of"], row["fold"]) for row in read(root, model.OUT_OF_FOLD))
    assert scored == {(DATES[3], 1): 250, (DATES[4], 2): 250}
    trials = read(root, model.TRIALS)
    assert {row["train_rows"] for row in trials if row["fold"] == 1} == {250}  # only the first date's labels were known
    assert {row["train_rows"] for row in trials if row["fold"] == 2} == {500}


def test_rows_without_a_label_are_counted_and_not_learned_from(tmp_path):
    root = learnable(tmp_path, per_date=80)
    rows = read(root, cohort.TABLE)
    for row in rows[:7]:
        row |= {"churned": None, "churn_type": None, "churned_on": None}
    save(root, cohort.TABLE, table(cohort.TABLE, rows))
    run(root, "train", train=QUICK)
    described = json.loads((root / model.SCHEMA.path).read_text())
    assert (described["train_rows"], described["train_rows_without_label"]) == (5 * 80 - 7, 7)


def test_the_labels_of_the_test_dates_change_nothing(trained, tmp_path):
    root, _ = trained
    learnable(tmp_path)
    rows = read(tmp_path, cohort.TABLE)
    for row in rows:
        if row["role"] != "train":
            row |= {"churned": not row["churned"], "churn_type": None, "churned_on": None}
    save(tmp_path, cohort.TABLE, table(cohort.TABLE, rows))
    train(tmp_path, threads=1)
    assert files(tmp_path) == files(root)
    assert read(tmp_path, model.OUT_OF_FOLD) == read(root, model.OUT_OF_FOLD)


def test_every_member_has_its_weight_and_every_feature_its_reason(trained):
    root, _ = trained
    recipes = {"linear_15", "trees_15", "linear_2", "linear_31", "from_logistic"}
    assert {row["trial"] for row in read(root, model.TRIALS)} == recipes | {"logistic", "tuned_1", "tuned_2"}
    described = json.loads((root / model.SCHEMA.path).read_text())
    assert sum(member["weight"] for member in described["members"]) > 0.5
    said = {row["name"]: row for row in read(root, features.SELECTION)}
    assert said["drop"]["used"]
    assert said["drop"]["loss_rise"] > said["noise"]["loss_rise"]
    assert {row["name"] for row in said.values() if not row["used"]} == set(described["left_out"])


def test_the_types_add_up(trained):
    root, _ = trained
    texts = (files(root)[c.name].decode() for c in (model.BOOSTER, model.TYPES, model.SURVIVAL))
    stored = StoredModel.read(*texts, json.loads(files(root)["model_schema"]))
    shares = stored.type_shares(np.array([[0, 0, 0], [0, 0, 1], [0, 0, np.nan]], dtype=np.float32))
    assert shares.sum(axis=1) == pytest.approx(1)
    assert (shares[:, 1] == 0).all()  # nobody left in arrears
    basic_or_max = [stored.schema.columns[2].categories.index(plan) for plan in ("basic", "max")]
    by_plan = stored.type_shares(np.array([[0, 0, code] for code in basic_or_max], dtype=np.float32))
    assert by_plan[0, 0] > 0.7  # cancelled
    assert by_plan[1, 2] > 0.7  # dormant


def test_where_two_types_are_too_rare_the_text_says_that_there_is_no_booster():
    rows = pd.DataFrame({"churned": [True, True, False], "churn_type": ["arrears", "cancelled", None]})
    types = fit_types(None, rows, np.zeros(3, dtype=bool), sections()["train"])
    assert (types.booster, types.modelled, types.shares["arrears"]) == (model.NO_BOOSTER, (), 0.5)


def test_no_file_of_the_model_is_empty(trained):
    assert all(content.strip() for content in files(trained[0]).values())


def test_calibration_none_leaves_the_scores_alone(tmp_path):
    train(learnable(tmp_path, per_date=120), calibration=["none"])
    for row in read(tmp_path, model.OUT_OF_FOLD)[:50]:
        assert row["churn_probability"] == pytest.approx(1 / (1 + np.exp(-row["raw_score"])), abs=1e-6)


@pytest.mark.parametrize(("churn", "said"), [(-60, "0 churners among 200"), (60, "200 churners among 200")])
def test_one_class_only_is_refused(tmp_path, churn, said):
    with pytest.raises(DataContractError, match=said) as caught:
        train(learnable(tmp_path, per_date=40, churn=churn))
    assert caught.value.exit_code == 3


def test_too_few_churners_are_refused(tmp_path):
    with pytest.raises(DataContractError, match="needs at least 5000 of each class"):
        train(learnable(tmp_path, per_date=40), minimum_churners=5000)


def test_features_that_do_not_vary_are_refused(tmp_path):
    learnable(tmp_path, per_date=60)
    rows = [
        {"subscriber_id": r["subscriber_id"], "as_of": r["as_of"], "drop": 1.0, "noise": 2.0, "plan": "x"}
        for r in read(tmp_path, features.TABLE)
    ]
    save(tmp_path, features.TABLE, table(features.TABLE, rows))
    describe(tmp_path)
    with pytest.raises(DataContractError, match="no feature varies"):
        train(tmp_path)


def test_a_sample_within_the_classes_leaves_the_probabilities_where_they_were(tmp_path):
    """Half as many stayers double the odds that the model learns; the correction takes exactly that back."""
    root = learnable(tmp_path, per_date=1200, churn=-3.0)
    train(root)
    whole = {row["subscriber_id"]: row for row in read(root, model.OUT_OF_FOLD)}
    churners = sum(row["churned"] for row in read(root, cohort.TABLE) if row["role"] == "train")
    train(root, max_rows=2000)
    sampled = read(root, model.OUT_OF_FOLD)
    described = json.loads((root / model.SCHEMA.path).read_text())
    drawn = described["sample"]
    assert described["train_churners"] == churners * drawn["churners"]
    assert described["train_rows"] == pytest.approx(2000, rel=0.05)
    assert 0.1 < drawn["stayers"] < 0.5
    stayers = np.mean([1 / drawn["stayers"] if not row["churned"] else 1.0 for row in sampled])
    weights = [1.0 if row["churned"] else 1 / drawn["stayers"] for row in sampled]
    expected = np.average([row["churned"] for row in sampled], weights=weights)
    assert np.average([row["churn_probability"] for row in sampled], weights=weights) == pytest.approx(
        expected, rel=0.15
    )
    assert stayers > 1
    mean = np.mean([row["churn_probability"] for row in whole.values()])
    assert np.average([row["churn_probability"] for row in sampled], weights=weights) == pytest.approx(mean, rel=0.2)
