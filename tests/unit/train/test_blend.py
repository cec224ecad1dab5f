"""Weights of the members: what is best out of fold, and simple members where the others do not earn their place."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit
from tests.learning import few_recipes, in_folds
from tests.tables import Silent

from savedesk.stages.train.blend import blend_weights
from savedesk.stages.train.choose import choose_members

DRAW = np.random.default_rng(3)
TRUTH = DRAW.normal(size=20_000)
CHURNED = DRAW.random(20_000) < expit(TRUTH)
NOISE = DRAW.normal(size=20_000)


def weights(*members, penalty=0.0, least=0.02):
    return blend_weights(np.column_stack(members), CHURNED, penalty, least)


def test_the_member_that_is_the_truth_has_all_the_weight():
    assert weights(NOISE, TRUTH) == pytest.approx([0, 1], abs=0.04)


def test_halves_of_the_truth_weigh_alike():
    other = DRAW.normal(size=20_000)
    assert weights((TRUTH + other) / 2, (TRUTH - other) / 2) == pytest.approx([1, 1], abs=0.06)


def test_a_member_that_says_too_much_is_drawn_back():
    assert weights(3 * TRUTH) == pytest.approx([1 / 3], abs=0.02)


def test_no_weight_is_negative():
    assert (weights(TRUTH, -TRUTH, NOISE) >= 0).all()


def test_what_weighs_too_little_is_left_out_and_the_others_are_weighed_anew():
    both = weights(TRUTH, TRUTH + 3 * NOISE, least=0.0)
    assert weights(TRUTH, TRUTH + 3 * NOISE, least=both[1] + 0.01) == pytest.approx([weights(TRUTH)[0], 0])


def test_a_penalty_beyond_measure_makes_them_equal():
    assert weights(TRUTH, NOISE, penalty=1e6) == pytest.approx([0.5, 0.5], abs=1e-3)


def test_useless_members_are_no_member_less():
    """All weights cannot be left out: somebody has to say something."""
    flat = blend_weights(np.zeros((100, 2)), np.arange(100) % 2 == 0, 0.0, 0.02)
    assert flat.sum() > 0


@pytest.fixture(scope="module")
def two_columns():
    draw = np.random.default_rng(5)
    return draw.normal(size=2400), draw.normal(size=2400), draw.random(2400)


def chosen(tmp_path, a, b, risk, **changes):
    given = few_recipes("linear_15", "linear_2")["recipes"]
    both = {name: recipe.model_copy(update={"feature_fraction": 1.0}) for name, recipe in given.items()}
    quick = {"recipes": both, "tuned_trials": 0, "max_rounds": 60, "early_stopping_rounds": 10}
    folds = in_folds(tmp_path, {"a": a, "b": b}, risk, **quick, **changes)
    choice = choose_members(folds, Silent())
    return {member.name: weight for member, weight in zip(choice.members, choice.weights, strict=True)}


def test_trees_of_several_columns_stay_out_where_risk_is_a_sum_of_curves(tmp_path, two_columns):
    a, b, luck = two_columns
    blend = chosen(tmp_path, a, b, luck < expit(a + np.abs(b) - 1))
    assert blend["linear_15"] == 0
    assert blend["linear_2"] + blend["logistic"] > 0.5


def test_they_come_in_where_one_column_turns_the_other_round(tmp_path, two_columns):
    a, b, luck = two_columns
    assert chosen(tmp_path, a, b, luck < expit(2 * a * b))["linear_15"] > 0.5


def test_they_weigh_what_is_best_where_nobody_asks_them_to_earn_it(tmp_path, two_columns):
    a, b, luck = two_columns
    assert chosen(tmp_path, a, b, luck < expit(2 * a * b + a), interaction_errors=0.0)["linear_15"] > 0.5


def test_where_columns_are_many_nothing_leans_on_the_logistic_regression(tmp_path, two_columns):
    a, b, luck = two_columns
    blend = chosen(tmp_path, a, b, luck < expit(a), logistic_columns=1)
    assert set(blend) == {"linear_15", "linear_2"}
