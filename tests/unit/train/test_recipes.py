"""Which recipes are tried: as many as the work allows, in their order, then what Optuna proposes near the best."""

from __future__ import annotations

import pytest
from tests.tables import sections

from savedesk.errors import ParamsError
from savedesk.stages.train.recipes import (
    NEAR,
    bags_allowed,
    effort,
    effort_in_words,
    recipes_open,
    trials_allowed,
    try_recipes,
)

FOR_ALL = {"slow_15": {"least_rows": 0}}
PARAMS = sections(train={"tuned_trials": 5, "tuning_cells": 1000, "bags": 3, "bagging_cells": 300, "recipes": FOR_ALL})[
    "train"
]
GIVEN = len(PARAMS.recipes)


def tried(loss, allowed=GIVEN + 5, params=PARAMS):
    batches = []

    def losses(recipes):
        batches.append(list(recipes))
        return [loss(recipe) for _, recipe in recipes]

    try_recipes(params, params.recipes, allowed, losses)
    return batches


def test_a_large_table_tries_fewer_and_one_at_least():
    assert [trials_allowed(PARAMS, rows, 10) for rows in (1, 25, 10**9)] == [GIVEN + 5, 4, 1]
    assert [bags_allowed(PARAMS, rows, 10) for rows in (1, 15, 10**9)] == [3, 2, 1]


def test_what_starts_from_the_regression_is_not_counted_where_there_is_none():
    starts = sum(recipe.from_logistic for recipe in PARAMS.recipes.values())
    wide = PARAMS.model_copy(update={"tuning_cells": 1e12})
    assert starts
    assert trials_allowed(wide, 10, PARAMS.logistic_columns + 1) == GIVEN - starts + 5


def test_a_recipe_for_many_rows_is_not_tried_on_few_unless_it_is_the_first():
    slow = PARAMS.recipes["slow_15"].model_copy(update={"least_rows": 100})
    plain = PARAMS.recipes["trees_15"]
    second = PARAMS.model_copy(update={"recipes": {"trees_15": plain, "slow_15": slow}})
    assert [list(recipes_open(second, rows, 10)) for rows in (99, 100)] == [["trees_15"], ["trees_15", "slow_15"]]
    first = PARAMS.model_copy(update={"recipes": {"slow_15": slow, "trees_15": plain}})
    assert list(recipes_open(first, 1, 10)) == ["slow_15", "trees_15"]


def test_what_the_size_of_the_table_cost_is_said_with_the_param_that_bounds_it():
    assert effort_in_words(effort(PARAMS, 1, 10, folds=True)) == {
        "recipes": f"{GIVEN + 5} of {GIVEN + 5} tried",
        "seeds": "3 of 3 a booster",
    }
    assert effort_in_words(effort(PARAMS, 25, 10, folds=True)) == {
        "recipes": f"4 of {GIVEN + 5} tried, no more for 25 rows x 10 columns (train.tuning_cells)",
        "seeds": "1 of 3 a booster, no more for 25 rows x 10 columns (train.bagging_cells)",
    }
    assert effort_in_words(effort(PARAMS, 1, 10, folds=False))["recipes"].endswith("tried: no fold to try them on")


def test_the_first_of_the_params_are_tried_in_their_order():
    assert [[name for name, _ in batch] for batch in tried(lambda _: 0.5, allowed=2)] == [list(PARAMS.recipes)[:2]]


def test_proposals_come_two_at_a_time_and_no_more_than_are_allowed():
    batches = tried(lambda _: 0.5)
    assert [len(batch) for batch in batches] == [GIVEN, 2, 2, 1]
    assert [name for batch in batches[1:] for name, _ in batch] == [f"tuned_{k}" for k in range(1, 6)]


def test_proposals_keep_what_is_not_tuned_and_stay_in_their_bounds():
    for recipe in (
        proposal for batch in tried(lambda r: 0.3 if not r.linear_tree else 0.4)[1:] for _, proposal in batch
    ):
        assert not recipe.linear_tree  # as the best one
        assert all(low <= getattr(recipe, name) <= high for name, (low, high, _) in NEAR.items())


def test_they_are_made_around_the_best_that_starts_from_nothing():
    batches = tried(lambda r: 0.1 if r.from_logistic else 0.4 if r.linear_tree else 0.3)
    assert all(not recipe.from_logistic and not recipe.linear_tree for batch in batches[1:] for _, recipe in batch)


def test_the_same_losses_lead_to_the_same_proposals():
    def loss(recipe):
        return abs(recipe.learning_rate - 0.03) + recipe.num_leaves / 100

    assert tried(loss) == tried(loss)
    assert tried(loss)[2:] != tried(lambda recipe: -loss(recipe))[2:]


def test_the_first_recipe_must_stand_alone():
    with pytest.raises(ParamsError, match="linear_15 has from_logistic; allowed: any recipe but the first"):
        sections(train={"recipes": {"linear_15": {"from_logistic": True}}})
