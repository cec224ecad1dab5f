"""Choose the members of the model and their weights, by what they reach out of fold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from savedesk.inputs import Progress
from savedesk.model.calibration import EDGE, log_loss
from savedesk.params.train import TrainParams, TreeRecipe
from savedesk.train.blend import blend_weights
from savedesk.train.booster import fit_stopped, settings
from savedesk.train.recipes import trials_allowed, try_recipes
from savedesk.train.validation import Fold, Folds, Member, judged_boosters, judged_logistic

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Chosen:
    """Members, their weights, and the weighted log-odds of the rows in the folds."""

    members: list[Member]
    weights: Vector
    raw: Vector


def choose_members(folds: Folds, progress: Progress) -> Chosen:
    """Try the recipes that the work allows, and where columns are few the logistic regression, and blend them.

    Where they are many it cost money: columns that say nearly the same get weights that pull against each other, and
    the reasons made of them send the desk to the wrong action (docs/decisions.md).

    Args:
        folds: validation folds; at least one.
        progress: shows how far it has come.
    """
    params = folds.params
    members: list[Member] = []

    def loss(recipes: Sequence[tuple[str, TreeRecipe]]) -> list[float]:
        made = _judged(folds, recipes, progress)
        members.extend(made)
        return [loss_of(one.raw, folds) for one in made]

    try_recipes(params, trials_allowed(params, *folds.table.matrix.shape), loss)
    few = folds.table.matrix.shape[1] <= params.logistic_columns
    additive = [judged_logistic(folds)] if params.logistic_penalty > 0 and few else []
    return _blended(folds, members + additive)


def members_again(folds: Folds, chosen: Chosen, progress: Progress) -> Chosen:
    """Return the members that weigh anything, judged and blended anew with the columns of the folds."""
    used = [one for one, weight in zip(chosen.members, chosen.weights, strict=True) if weight > 0]
    recipes = [(one.name, one.recipe) for one in used if one.recipe]
    members = _judged(folds, recipes, progress) if recipes else []
    return _blended(folds, members + ([judged_logistic(folds)] if len(recipes) < len(used) else []))


def loss_of(raw: Vector, folds: Folds) -> float:
    """Return the mean log loss of log-odds of the judged rows."""
    probability = np.clip(expit(raw), EDGE, 1 - EDGE)
    return log_loss(probability, folds.table.target[folds.judged].astype(bool))


def _judged(folds: Folds, recipes: Sequence[tuple[str, TreeRecipe]], progress: Progress) -> list[Member]:
    label = f"folds, {', '.join(name for name, _ in recipes)}"

    def shown(every: Iterator[Fold]) -> Iterator[Fold]:
        return progress.track(every, label, len(folds.masks))

    return judged_boosters(folds, recipes, shown)


def _blended(folds: Folds, members: list[Member]) -> Chosen:
    params, churned = folds.params, folds.table.target[folds.judged].astype(bool)
    raw = np.column_stack([one.raw for one in members])
    weights = blend_weights(raw, churned, params.blend_penalty, params.least_weight)
    return Chosen(members, weights, raw @ weights)


def only_member(folds: Folds, aside: npt.NDArray[np.bool_]) -> Chosen:
    """Return the recipe for scarce data with the trees that early stopping finds: there is no fold to choose by."""
    params, table, recipe = folds.params, folds.table, folds.params.scarce_recipe
    booster = fit_stopped(settings(params, recipe, table, alone=True), table, aside, params, params.max_rounds)
    return Chosen([Member("scarce", recipe, booster.num_trees(), np.empty(0))], np.ones(1), np.empty(0))


def trials_of(chosen: Chosen, params: TrainParams) -> list[dict[str, object]]:
    """Return one line for each trial and fold: what it reached, its weight, and its settings as text."""
    lines = []
    for member, weight in zip(chosen.members, chosen.weights, strict=True):
        said = member.recipe.model_dump_json() if member.recipe else f'{{"penalty": {params.logistic_penalty}}}'
        lines += [one | {"weight": float(weight), "settings": said} for one in member.trials]
    return lines
