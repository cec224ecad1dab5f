"""Tables that nobody wants to train on or to score: one line, or finite probabilities; never a silent NaN."""

from __future__ import annotations

import math

import pytest
from tests.learning import learnable
from tests.tables import read, run, save, table

from savedesk.errors import DataContractError
from savedesk.schemas import cohort, features, model, scores

QUICK = {"max_rounds": 20, "early_stopping_rounds": 5, "tuned_trials": 0, "bags": 1, "minimum_category_rows": 10}


def change(root, contract, edit):
    """Write a table anew with each row changed; a row that becomes None is left out."""
    rows = [changed for changed in (edit(dict(row)) for row in read(root, contract)) if changed]
    save(root, contract, table(contract, rows))


def train(root):
    return run(root, "train", train=QUICK)


def probabilities(root):
    run(root, "score")
    chances = [row["churn_probability"] for row in read(root, scores.TABLE)]
    assert all(math.isfinite(p) and 0 < p < 1 for p in chances)
    return chances


def unlabelled(row):
    return row | {"churned": None, "churn_type": None, "churned_on": None}


@pytest.mark.parametrize(
    ("edit", "line"),
    [
        (unlabelled, "0 churners among 0 training rows"),
        (lambda row: row if row["subscriber_id"] <= "s0001" else None, r"\d churners among 10 training rows"),
        (lambda row: row | {"role": "embargo"}, "0 churners among 0 training rows"),
    ],
    ids=["no labels", "10 rows", "no training rows"],
)
def test_too_little_to_learn_from_is_one_line(tmp_path, edit, line):
    root = learnable(tmp_path, per_date=40)
    change(root, cohort.TABLE, edit)
    with pytest.raises(DataContractError, match=line) as caught:
        train(root)
    assert caught.value.exit_code == 3
    assert "\n" not in caught.value.line()


def test_rows_without_a_label_are_not_learnt_from(tmp_path):
    root = learnable(tmp_path, per_date=100)
    change(root, cohort.TABLE, lambda row: unlabelled(row) if row["subscriber_id"] < "s0020" else row)
    assert train(root).metrics["rows"] == 5 * 80
    probabilities(root)


def test_a_fold_without_churners_is_judged_all_the_same(tmp_path):
    root = learnable(tmp_path, per_date=120)
    stay = {"churned": False, "churn_type": None, "churned_on": None}
    change(root, cohort.TABLE, lambda row: row | stay if row["fold"] == 2 else row)
    figures = train(root).metrics
    assert figures["out_of_fold_rows"] == 240
    assert figures["out_of_fold_auc_low"] == figures["out_of_fold_auc_high"]  # the other fold alone has one
    assert {row["auc"] for row in read(root, model.TRIALS) if row["fold"] == 2} == {None}
    probabilities(root)


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, 1e300], ids=str)
def test_numbers_beyond_reason_end_in_finite_probabilities(tmp_path, value):
    root = learnable(tmp_path, per_date=120)
    change(root, features.TABLE, lambda row: row | {"noise": value} if row["subscriber_id"] < "s0010" else row)
    train(root)
    assert len(set(probabilities(root))) > 10


def test_a_name_may_be_anything(tmp_path):
    root = learnable(tmp_path, per_date=120)
    odd = {"basic": "'; DROP TABLE scores;--", "plus": "[bold]<b>=1+1\n\u202e套餐", "max": "a\0b"}
    change(root, features.TABLE, lambda row: row | {"plan": odd[row["plan"]]})
    train(root)
    assert len(set(probabilities(root))) > 10
    (unseen,) = read(root, scores.UNSEEN)
    assert 0.2 < unseen["share_in_training"] < 0.5  # that with a null character is no category


@pytest.mark.parametrize("value", [None, math.inf, math.nan], ids=str)
def test_a_feature_of_the_model_without_any_value_is_scored_as_missing_and_named(tmp_path, value):
    root = learnable(tmp_path, per_date=120)
    train(root)
    change(root, features.TABLE, lambda row: row | {"drop": value})
    save(root, features.TABLE, read_typed(root))
    figures = run(root, "score").metrics
    probabilities(root)
    assert (figures.get("without_values") == "drop") == (value != math.inf)


def read_typed(root):
    rows = table(features.TABLE, read(root, features.TABLE))
    return rows.set_column(rows.schema.get_field_index("drop"), "drop", rows["drop"].cast("float64"))


@pytest.mark.parametrize(
    ("contract", "line"),
    [(cohort.TABLE, "nobody to score: no row has the role"), (features.TABLE, "240 of 240 rows to score have no feat")],
)
def test_nothing_to_score_is_one_line(tmp_path, contract, line):
    root = learnable(tmp_path, per_date=120)
    train(root)
    trained_on = {row["as_of"] for row in read(root, cohort.TABLE) if row["role"] == "train"}
    change(root, contract, lambda row: row if row["as_of"] in trained_on else None)
    with pytest.raises(DataContractError, match=line) as caught:
        run(root, "score")
    assert caught.value.exit_code == 3
