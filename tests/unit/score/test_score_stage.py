"""Stage score: every row by the model that had not seen it, and probabilities that add up."""

from __future__ import annotations

import json

import pytest
from tests.learning import DATES, learnable, name_source
from tests.tables import read, run, save, table

from savedesk.errors import MissingInputError, ModelSchemaError
from savedesk.model.unseen import Unseen
from savedesk.schemas import cohort, features, model, scores

QUICK = {"max_rounds": 30, "early_stopping_rounds": 10, "minimum_churners_per_type": 50, "minimum_category_rows": 10}


def snapshot(root):
    """Turn the dated cohort into a snapshot: one as_of, labels without a date, folds of rows."""
    rows = [r | {"label_known_on": None} for r in read(root, cohort.TABLE) if r["as_of"] == DATES[0]]
    for number, row in enumerate(rows):
        if number % 10:
            row.update(role="train", fold=number % 3 + 1)
        else:
            row.update(role="score", fold=None, churned=None, churn_type=None, churned_on=None)
    save(root, cohort.TABLE, table(cohort.TABLE, rows))
    return root


@pytest.fixture(scope="module")
def dated(tmp_path_factory):
    root = learnable(tmp_path_factory.mktemp("dated"), per_date=120)
    run(root, "train", train=QUICK)
    return root, run(root, "score")


def test_test_dates_and_the_newest_as_of_are_scored(dated):
    root, summary = dated
    rows = read(root, scores.TABLE)
    assert {(row["role"], row["as_of"]) for row in rows} == {("test", DATES[6]), ("score", DATES[8])}
    assert summary.metrics["test_rows"] == summary.metrics["score_rows"] == 120
    assert not any(row["out_of_fold"] for row in rows)


def test_the_types_add_up_to_the_churn_probability(dated):
    root, _ = dated
    for row in read(root, scores.TABLE):
        parts = {name: row[f"probability_{name}"] for name in ("cancelled", "arrears", "dormant")}
        assert sum(parts.values()) == pytest.approx(row["churn_probability"], abs=1e-9)
        assert parts[row["churn_type"]] == max(parts.values())


def test_the_exit_is_expected_after_the_lead(dated):
    root, _ = dated
    for row in read(root, scores.TABLE):
        assert 14 < row["expected_days_to_churn"] <= 14 + 30
        assert 0 < row["monthly_hazard"] < row["churn_probability"]  # 30 of the 60 days


def test_a_row_trained_on_takes_the_score_of_the_fold_that_had_not_seen_it(tmp_path):
    root = snapshot(learnable(tmp_path, per_date=300))
    run(root, "train", train=QUICK)
    run(root, "score")
    unseen = {row["subscriber_id"]: row["churn_probability"] for row in read(root, model.OUT_OF_FOLD)}
    rows = {row["subscriber_id"]: row for row in read(root, scores.TABLE)}
    assert len(rows) == 300
    assert {who for who, row in rows.items() if row["out_of_fold"]} == set(unseen)
    assert {who: rows[who]["churn_probability"] for who in unseen} == unseen
    assert all(row["out_of_fold"] == (row["role"] == "train") for row in rows.values())


def test_too_many_new_categories_stop_the_scoring(tmp_path):
    root = learnable(tmp_path, per_date=120)
    run(root, "train", train=QUICK)
    rows = read(root, features.TABLE)
    for row in rows:
        row["plan"] = "new" if row["plan"] == "basic" else row["plan"]
    save(root, features.TABLE, table(features.TABLE, rows))
    with pytest.raises(
        ModelSchemaError, match=r"'plan': \d\d% of the rows.*most often new \(\d+\); allowed: at most 20%"
    ):
        run(root, "score")
    assert run(root, "score", score={"max_unseen_category_share": 0.9}).metrics["unseen_plan"] > 0.2


def test_a_new_name_is_told_on_one_line_however_long_and_odd_it_is():
    words = Unseen("plan", 7, 0.1, 0.0, (("a\n\u202eb  \x1b[31mc", 4), ("套餐" * 99, 3))).words
    assert words == f"a b [31mc (4), {('套餐' * 99)[:39]}… (3)"


def test_a_model_of_other_features_is_refused(tmp_path):
    root = learnable(tmp_path, per_date=120)
    run(root, "train", train=QUICK)
    rows = read(root, features.TABLE)
    save(root, features.TABLE, table(features.TABLE, [row | {"fall": row.pop("drop")} for row in rows]))
    with pytest.raises(ModelSchemaError, match="'drop' is missing") as caught:
        run(root, "score")
    assert caught.value.exit_code == 5


@pytest.mark.parametrize("origin", ["theirs", None])
def test_a_model_of_another_source_is_refused_although_its_columns_fit(tmp_path, origin):
    root = learnable(tmp_path, per_date=120)
    name_source(root, "theirs")
    run(root, "train", train=QUICK)
    name_source(root, "mine")
    if origin is None:
        path = root / model.SCHEMA.path
        path.write_text(json.dumps({n: v for n, v in json.loads(path.read_text()).items() if n != "source"}))
    with pytest.raises(ModelSchemaError, match="'theirs'.*'mine'" if origin else "does not name.*'mine'") as caught:
        run(root, "score")
    assert caught.value.exit_code == 5
    assert "next: run `savedesk train` again" in caught.value.line()


def test_without_a_model_the_next_step_is_named(tmp_path):
    with pytest.raises(MissingInputError, match=r"models/trained/churn.txt: not there; next: run `savedesk train`"):
        run(learnable(tmp_path, per_date=5), "score")
