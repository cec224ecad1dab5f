"""The stored model: a weighted sum of members, the same on any number of threads, rising where it is asked to."""

from __future__ import annotations

from dataclasses import replace

import lightgbm as lgb
import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import roc_auc_score
from tests.learning import few_recipes, in_folds
from tests.tables import Silent, sections

from savedesk.stages.train.choose import choose_members, loss_of, only_member
from savedesk.stages.train.final import final_model
from savedesk.stages.train.logistic import crossed_log_odds, fit_logistic
from savedesk.stages.train.validation import LOGISTIC, Member

DRAW = np.random.default_rng(2)
ROWS = 3000
COLUMNS = {
    "a": DRAW.normal(size=ROWS),
    "b": np.where(DRAW.random(ROWS) < 0.1, np.nan, DRAW.normal(size=ROWS)),
    "text_plan": DRAW.integers(0, 4, ROWS).astype(float),
}
CHURNED = DRAW.random(ROWS) < expit(
    COLUMNS["a"] + COLUMNS["a"] * np.nan_to_num(COLUMNS["b"]) + COLUMNS["text_plan"] - 3
)
RECIPES = sections()["train"].recipes
KINDS = {name: Member(name, recipe, 15, np.empty(0)) for name, recipe in RECIPES.items()}
KINDS[LOGISTIC] = Member(LOGISTIC, None, 1, np.empty(0), penalty=10.0)


def built(tmp_path, weights, threads=1, bags=2, **changes):
    folds = in_folds(tmp_path, COLUMNS, CHURNED, **changes)
    params = folds.params.model_copy(update={"threads": threads})
    members = [KINDS[name] for name in weights]
    model = final_model(members, np.array(list(weights.values())), folds.table, ROWS, bags, params)
    return model, folds.table.matrix


def scores(model, matrix):
    trees = lgb.Booster(model_str=model.booster).predict(matrix, raw_score=True)
    return trees + (model.additive.raw_score(matrix) if model.additive else 0)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_bytes_on_one_and_two_threads_and_three_times(tmp_path, kind):
    first, _ = built(tmp_path, {kind: 1.0})
    for threads in (1, 2, 2):
        again, _ = built(tmp_path, {kind: 1.0}, threads)
        assert again == first
    alone, _ = built(tmp_path, {kind: 1.0}, threads=1, bags=1)
    assert built(tmp_path, {kind: 1.0}, threads=2, bags=1)[0] == alone


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_learns(tmp_path, kind):
    model, matrix = built(tmp_path, {kind: 1.0})
    assert roc_auc_score(CHURNED, scores(model, matrix)) > 0.75


def test_the_model_is_the_weighted_sum_of_its_members(tmp_path):
    parts = {name: scores(*built(tmp_path, {name: 1.0})) for name in KINDS}
    weights = {name: 0.1 * (place + 1) for place, name in enumerate(KINDS)}
    whole = scores(*built(tmp_path, weights))
    assert whole == pytest.approx(sum(weights[name] * parts[name] for name in KINDS), abs=1e-9)


def test_members_without_weight_are_not_fitted(tmp_path):
    model, _ = built(tmp_path, {"linear_15": 0.0, "trees_15": 1.0})
    assert [member["name"] for member in model.members] == ["trees_15"]
    assert model.additive is None


def test_more_rows_than_in_a_fold_bear_more_trees(tmp_path):
    folds = in_folds(tmp_path, COLUMNS, CHURNED)
    model = final_model([KINDS["trees_15"]], np.ones(1), folds.table, ROWS / 4, 1, folds.params)
    assert model.members[0]["rounds"] == 30  # twice 15: the square root of four times the rows


@pytest.mark.parametrize("direction", [1, -1])
def test_risk_goes_the_way_that_the_declaration_says_where_asked_for(tmp_path, direction):
    """The data say that risk falls with ``a`` for some and rises for others; the declaration knows better."""
    steps = np.full((41, 3), 1.0, dtype=np.float32)
    steps[:, 0] = np.linspace(-2, 2, 41)

    def paths(**asked):
        model, _ = built(tmp_path, {"trees_15": 1.0}, directions={"a": direction}, **asked)
        for b in (-2.0, 0.0, 2.0):
            steps[:, 1] = b
            yield np.diff(scores(model, steps)) * direction

    assert all((path >= -1e-12).all() for path in paths(use_monotone_constraints=True))
    assert not all((path >= -1e-12).all() for path in paths(use_monotone_constraints=False))


def test_trees_start_from_log_odds_that_have_not_seen_the_row(tmp_path):
    folds = in_folds(tmp_path, COLUMNS, CHURNED)
    table, fit = folds.table, fit_logistic(folds.table, folds.params.logistic_penalty, folds.params)
    log_odds = crossed_log_odds(table, folds.params)
    assert log_odds == pytest.approx(fit.raw_score(table.matrix), abs=0.6)
    other = replace(table, target=np.where(np.arange(ROWS) == 7, 1 - table.target, table.target))
    assert crossed_log_odds(other, folds.params)[7] == pytest.approx(log_odds[7], abs=0.05)


def test_one_churner_is_enough_to_start(tmp_path):
    lone = np.arange(ROWS) == 11
    folds = in_folds(tmp_path, COLUMNS, lone)
    assert np.isfinite(crossed_log_odds(folds.table, folds.params)).all()


def test_with_few_churners_and_no_fold_the_model_is_a_logistic_regression_held_back_by_the_number_of_columns(tmp_path):
    folds = in_folds(tmp_path, COLUMNS, np.arange(ROWS) % 100 == 0)  # 30 churners
    folds.masks.clear()
    aside = np.arange(ROWS) % 7 == 0
    chosen = only_member(folds, aside)
    assert [(member.name, member.penalty) for member in chosen.members] == [(LOGISTIC, 1.5)]
    many = in_folds(tmp_path, COLUMNS, CHURNED, max_rounds=5)
    assert [member.name for member in only_member(many, aside).members] == ["scarce"]


def test_a_column_that_is_always_missing_changes_nothing(tmp_path):
    folds = in_folds(tmp_path, COLUMNS, CHURNED)
    gone = in_folds(tmp_path, {**COLUMNS, "gone": np.full(ROWS, np.nan)}, CHURNED)
    few, more = (fit_logistic(part.table, 0.3, part.params) for part in (folds, gone))
    assert more.raw_score(gone.table.matrix) == pytest.approx(few.raw_score(folds.table.matrix), abs=1e-9)


def test_where_no_column_varies_the_churn_rate_is_all_that_is_said(tmp_path):
    folds = in_folds(tmp_path, {"same": np.full(ROWS, 3.0), "text_same": np.zeros(ROWS)}, CHURNED)
    fitted = fit_logistic(folds.table, 10.0, folds.params)
    assert expit(fitted.raw_score(folds.table.matrix)) == pytest.approx(CHURNED.mean(), abs=1e-6)


def test_shuffled_labels_teach_nothing(tmp_path):
    """8,000 rows, half of them churners: the standard error of an AUC of 0.5 is 0.0065."""
    draw = np.random.default_rng(9)
    columns = {name: draw.normal(size=8000) for name in "abcde"} | {"text_f": draw.integers(0, 5, 8000).astype(float)}
    churned = draw.permutation(np.arange(8000) % 2)
    recipes = few_recipes("linear_15", "trees_15", "linear_2")
    folds = in_folds(tmp_path, columns, churned, early_stopping_rounds=10, tuned_trials=0, **recipes)
    chosen = choose_members(folds, Silent())
    assert roc_auc_score(folds.table.target, chosen.raw) == pytest.approx(0.5, abs=0.02)
    assert loss_of(chosen.raw, folds) == pytest.approx(np.log(2), abs=0.001)
