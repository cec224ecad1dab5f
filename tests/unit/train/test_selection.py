"""Features that help are kept, those that do not are left out and named, and nobody chooses by the rows that judge."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit
from tests.learning import few_recipes, in_folds
from tests.tables import Silent

from savedesk.stages.train.choose import choose_members, loss_of
from savedesk.stages.train.selection import (
    HELPS,
    NOT_TOLD,
    NOT_TRIED,
    ONE_FOLD,
    USELESS,
    Help,
    help_of_columns,
    select_features,
    selection_table,
)

QUICK = {"tuned_trials": 0, "max_rounds": 25, "early_stopping_rounds": 5, "selection_repeats": 1}


@pytest.fixture(scope="module")
def columns():
    draw = np.random.default_rng(1)
    return {name: draw.normal(size=1600) for name in ("strong", "weak", *(f"noise_{k}" for k in range(6)))}, draw


@pytest.fixture(scope="module")
def selected(columns, tmp_path_factory):
    values, draw = columns
    churned = draw.random(1600) < expit(2 * values["strong"] + 0.7 * values["weak"] - 1)
    folds = in_folds(tmp_path_factory.mktemp("kept"), values, churned, **few_recipes("linear_15"), **QUICK)
    chosen = choose_members(folds, Silent())
    return folds, chosen, select_features(folds, chosen, Silent())


def test_what_drives_churn_is_kept_and_noise_is_left_out_with_a_reason(selected):
    _, _, (fewer, _, lines) = selected
    said = lines.set_index("name")
    assert list(said.loc[["strong", "weak"], "why"]) == [HELPS] * 2
    assert (said.loc[said["why"] == USELESS].index.str.startswith("noise")).all()
    left_out = [fewer.table.schema.names[place] for place in fewer.left_out]
    assert len(left_out) >= 3
    assert set(left_out) == set(said.index[~said["used"]])


def test_the_stronger_helps_more(selected):
    folds, chosen, _ = selected
    helped = help_of_columns(folds, chosen, Silent())
    assert helped.rise[0] > 3 * helped.rise[1] > 0
    assert np.abs(helped.rise[2:]).max() < helped.rise[1]


def test_without_them_it_does_no_worse(selected):
    folds, chosen, (fewer, again, _) = selected
    assert loss_of(again.raw, fewer) <= loss_of(chosen.raw, folds)


def test_each_fold_is_judged_without_what_the_other_folds_find_useless(selected):
    folds, chosen, (fewer, _, _) = selected
    helped = help_of_columns(folds, chosen, Silent())
    for place, (number, _, _) in enumerate(folds.masks):
        others = Help(np.delete(helped.rises, place, axis=0))
        assert fewer.left_out_in[number] == tuple(np.flatnonzero(~others.useful))
    for number, learn, judge, _ in fewer.tables():
        missing = set(np.flatnonzero(np.isnan(judge.matrix).all(axis=0)))
        assert missing == set(np.flatnonzero(np.isnan(learn.matrix).all(axis=0))) == set(fewer.left_out_in[number])


def test_with_one_fold_all_are_kept(columns, tmp_path):
    values, draw = columns
    churned = draw.random(1600) < expit(2 * values["strong"])
    folds = in_folds(tmp_path, values, churned, **few_recipes("linear_15"), **QUICK)
    one_fold = in_folds(tmp_path, values, churned, **few_recipes("linear_15"), **QUICK)
    one_fold.masks[1:] = []
    fewer, _, lines = select_features(one_fold, choose_members(one_fold, Silent()), Silent())
    assert fewer.left_out == ()
    assert lines["used"].all()
    assert ONE_FOLD in set(lines["why"])
    assert len(folds.masks) == 4


def test_the_table_has_a_line_for_every_feature(selected):
    folds, _, (_, _, lines) = selected
    names = [*folds.table.schema.names, "constant"]
    table = selection_table(names, folds.table.schema, lines).set_index("name")
    assert list(table.index) == names
    assert table.loc["constant", ["used", "why"]].tolist() == [False, NOT_TOLD]
    untried = selection_table(names, folds.table.schema, None).set_index("name")
    assert set(untried["why"]) == {NOT_TRIED, NOT_TOLD}
