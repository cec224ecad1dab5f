"""Boosters as text: a weighted sum of several is one, and what its columns contributed adds up to its score."""

from __future__ import annotations

import lightgbm as lgb
import numpy as np
import pytest

from savedesk.model.contributions import tree_contributions
from savedesk.model.stored import parts_of_trees
from savedesk.model.tree_text import merged, shared_out
from savedesk.stages.train.leaf_means import text_with_leaf_means

DRAW = np.random.default_rng(0)
MATRIX = DRAW.normal(size=(600, 4)).astype(np.float32)
TARGET = (DRAW.random(600) < 1 / (1 + np.exp(-MATRIX[:, 0] - MATRIX[:, 1] * MATRIX[:, 2]))).astype(int)
MATRIX[DRAW.random(MATRIX.shape) < 0.1] = np.nan


def booster(**changes):
    own = {"objective": "binary", "num_threads": 1, "verbosity": -1, "num_leaves": 5, **changes}
    data = lgb.Dataset(MATRIX, TARGET, params={"verbosity": -1, "linear_tree": own.get("linear_tree", False)})
    trained = lgb.train(own, data, 12)
    return trained, text_with_leaf_means(trained, trained.model_to_string(), MATRIX)


CONSTANT = booster()
LINEAR = booster(linear_tree=True, linear_lambda=0.1)


def scores(text):
    return np.asarray(lgb.Booster(model_str=text).predict(MATRIX, raw_score=True))


@pytest.mark.parametrize("trained", [CONSTANT, LINEAR], ids=["constant", "linear"])
def test_the_text_of_one_booster_scores_as_the_booster_does(trained):
    assert scores(merged([(trained[1], 1.0)])) == pytest.approx(trained[0].predict(MATRIX, raw_score=True), abs=1e-12)


def test_the_merged_text_scores_the_weighted_sum():
    text = merged([(CONSTANT[1], 0.25), (LINEAR[1], 0.5), (CONSTANT[1], 0.0)])
    expected = 0.25 * scores(CONSTANT[1]) + 0.5 * scores(LINEAR[1])
    assert scores(text) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("trained", [CONSTANT, LINEAR], ids=["constant", "linear"])
def test_contributions_add_up_to_the_score_also_where_values_are_missing(trained):
    text = merged([(trained[1], 0.7), (CONSTANT[1], 0.3)])
    contributions = tree_contributions(text, MATRIX)
    assert contributions.shape == (600, 5)
    assert contributions.sum(axis=1) == pytest.approx(scores(text), abs=1e-9)


def test_without_linear_leaves_the_contributions_are_those_of_lightgbm():
    expected = CONSTANT[0].predict(MATRIX, pred_contrib=True)
    assert tree_contributions(merged([(CONSTANT[1], 1.0)]), MATRIX) == pytest.approx(expected, abs=1e-9)


def test_a_linear_leaf_speaks_for_the_column_that_it_is_linear_in():
    contributions = tree_contributions(LINEAR[1], MATRIX)
    strength = np.abs(contributions[:, :4]).mean(axis=0)
    assert strength.argmax() == 0  # the only column that the outcome follows from by itself
    assert strength[0] > 3 * strength[3]


def test_what_the_parts_of_a_booster_contributed_adds_up():
    text = merged([(CONSTANT[1], 0.3), (LINEAR[1], 0.7)])
    parts = shared_out(text, [tree % 3 for tree in range(24)], 3)
    expected = tree_contributions(text, MATRIX)
    assert sum(tree_contributions(part, MATRIX) for part in parts) == pytest.approx(expected, abs=1e-9)


def member(bags, rounds):
    return {"bags": bags, "rounds": rounds, "settings": {}}


@pytest.mark.parametrize(
    ("members", "trees", "parts", "expected"),
    [
        ([member(2, 2), member(2, 1)], 6, 2, ([0, 0, 1, 1, 0, 1], 2)),  # by seed
        ([member(3, 1)], 3, 2, ([0, 1, 2], 3)),  # seeds are never mixed
        ([member(1, 4)], 4, 2, ([0, 1, 0, 1], 2)),  # one seed: its trees in turns
        ([member(2, 2), {"bags": 1, "rounds": 1, "penalty": 1.0}], 4, 2, ([0, 0, 1, 1], 2)),  # no trees in a regression
        ([member(2, 3)], 4, 2, ([0, 1, 0, 1], 2)),  # boosting stopped early: nobody knows whose trees they are
        ([member(2, 2)], 4, 1, ([0, 0, 0, 0], 1)),
        ([{"bags": 1, "rounds": 1, "penalty": 1.0}], 1, 2, ([0], 1)),
    ],
)
def test_trees_belong_to_their_seed(members, trees, parts, expected):
    assert parts_of_trees(members, trees, parts) == expected
