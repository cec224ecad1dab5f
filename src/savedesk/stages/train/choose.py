"""Choose the members of the model and their weights, by what they reach out of fold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from savedesk.params.train import TreeRecipe
from savedesk.pipeline.inputs import Progress
from savedesk.stages.train.blend import blend_weights
from savedesk.stages.train.booster import fit_stopped, settings
from savedesk.stages.train.recipes import has_logistic, recipes_open, trials_allowed, try_recipes
from savedesk.stages.train.validation import (
    LOGISTIC,
    Fold,
    Folds,
    Member,
    cross_validated_boosters,
    cross_validated_logistic,
)

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Chosen:
    """Members, their weights, and the weighted log-odds of the rows in the folds."""

    members: list[Member]
    weights: Vector
    raw: Vector


def choose_members(folds: Folds, progress: Progress) -> Chosen:
    """Try the recipes that the work allows, and where columns are few the logistic regression, and blend them.

    Where they are many the logistic regression, and what starts from it, cost money: columns that say nearly the same
    get weights that pull against each other, and the reasons made of them send the desk to the wrong action
    (docs/decisions.md).

    Args:
        folds: validation folds; at least one.
        progress: shows how far it has come.
    """
    params = folds.params
    members: list[Member] = []

    def loss(recipes: Sequence[tuple[str, TreeRecipe]]) -> list[float]:
        tried = _cross_validated(folds, recipes, progress)
        members.extend(tried)
        return [loss_of(member.raw, folds) for member in tried]

    columns = folds.table.matrix.shape[1]
    logistic, recipes = has_logistic(params, columns), recipes_open(params, len(folds.rows), columns)
    try_recipes(params, recipes, trials_allowed(params, *folds.table.matrix.shape), loss)
    return _blended(folds, members + ([cross_validated_logistic(folds)] if logistic else []))


def members_again(folds: Folds, chosen: Chosen, progress: Progress) -> Chosen:
    """Return the members that weigh anything, judged and blended anew with the columns of the folds."""
    used = [member for member, weight in zip(chosen.members, chosen.weights, strict=True) if weight > 0]
    recipes = [(member.name, member.recipe) for member in used if member.recipe]
    members = _cross_validated(folds, recipes, progress) if recipes else []
    return _blended(folds, members + ([cross_validated_logistic(folds)] if len(recipes) < len(used) else []))


def loss_of(raw: Vector, folds: Folds) -> float:
    """Return the mean log loss of log-odds of the judged rows."""
    return float(row_losses(raw, folds.table.target[folds.in_a_fold]).mean())


def row_losses(raw: Vector, target: npt.NDArray[np.int64]) -> Vector:
    """Return the log loss of each row, of log-odds."""
    losses: Vector = np.logaddexp(0, raw) - target * raw
    return losses


def _cross_validated(folds: Folds, recipes: Sequence[tuple[str, TreeRecipe]], progress: Progress) -> list[Member]:
    label = f"folds, {', '.join(name for name, _ in recipes)}"

    def shown(every: Iterator[Fold]) -> Iterator[Fold]:
        return progress.track(every, label, len(folds.masks))

    return cross_validated_boosters(folds, recipes, shown)


def _blended(folds: Folds, members: list[Member]) -> Chosen:
    """Weigh all members, or the additive ones alone where the others do not earn their place.

    A sum of one curve a column is easier to explain, and varies less with the rows that it was learnt from. Trees that
    know several columns must lower the log loss by ``interaction_errors`` standard errors: the rule of one standard
    error (Breiman et al. 1984, "Classification and regression trees", 3.4.3), with a number of its own.
    """
    params, target = folds.params, folds.table.target[folds.in_a_fold]
    raw = np.column_stack([member.raw for member in members])
    additive = np.array([member.is_additive for member in members])

    def weighed(use: npt.NDArray[np.bool_]) -> Vector:
        weights = np.zeros(len(members))
        weights[use] = blend_weights(raw[:, use], target.astype(bool), params.blend_penalty, params.least_weight)
        return weights

    weights = weighed(np.ones(len(members), dtype=bool))
    if additive.any() and not additive.all():
        simple = weighed(additive)
        gain = row_losses(raw @ simple, target) - row_losses(raw @ weights, target)
        if gain.mean() <= params.interaction_errors * gain.std() / np.sqrt(len(gain)):
            weights = simple
    return Chosen(members, weights, raw @ weights)


def only_member(folds: Folds, aside: npt.NDArray[np.bool_]) -> Chosen:
    """Return what is the model where there is no fold to choose by.

    With few churners that is a logistic regression, its coefficients held the closer to 0 the more of them there are:
    with a penalty in proportion to the columns the spread of their sum stays the same. With more churners it is the
    recipe for scarce data, with the trees that early stopping finds.
    """
    params, table, recipe = folds.params, folds.table, folds.params.scarce_recipe
    if table.target.sum() < params.scarce_churners:
        penalty = params.scarce_penalty * table.matrix.shape[1]
        return Chosen([Member(LOGISTIC, None, 1, np.empty(0), penalty=penalty)], np.ones(1), np.empty(0))
    booster = fit_stopped(settings(params, recipe, table, alone=True), table, aside, params, params.max_rounds)
    return Chosen([Member("scarce", recipe, booster.num_trees(), np.empty(0))], np.ones(1), np.empty(0))


def trials_of(chosen: Chosen) -> list[dict[str, object]]:
    """Return one line for each trial and fold: what it reached, its weight, and its settings as text."""
    lines = []
    for member, weight in zip(chosen.members, chosen.weights, strict=True):
        said = member.recipe.model_dump_json() if member.recipe else f'{{"penalty": {member.penalty}}}'
        lines += [trial | {"weight": float(weight), "settings": said} for trial in member.trials]
    return lines
