"""Choose the members of the model and their weights, by what they reach out of fold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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
    """Try the recipes that the work allows, and the logistic regression, and blend them.

    Args:
        folds: validation folds; at least one.
        progress: shows how far it has come.
    """
    params = folds.params
    members: list[Member] = []
    churned = folds.table.target[folds.judged].astype(bool)

    def loss(recipes: Sequence[tuple[str, TreeRecipe]]) -> list[float]:
        label = f"folds, {', '.join(name for name, _ in recipes)}"

        def shown(every: Iterator[Fold]) -> Iterator[Fold]:
            return progress.track(every, label, len(folds.masks))

        made = judged_boosters(folds, recipes, shown)
        members.extend(made)
        return [log_loss(_probability(one.raw), churned) for one in made]

    for _ in try_recipes(params, trials_allowed(params, *folds.table.matrix.shape), loss):
        pass
    if params.logistic_penalty > 0:
        members.append(judged_logistic(folds))
    raw = np.column_stack([one.raw for one in members])
    weights = blend_weights(raw, churned, params.blend_penalty, params.least_weight)
    return Chosen(members, weights, raw @ weights)


def only_member(folds: Folds, aside: npt.NDArray[np.bool_]) -> Chosen:
    """Return the first recipe with the number of trees that early stopping finds: there is no fold to choose by."""
    params, table = folds.params, folds.table
    name, recipe = next(iter(params.recipes.items()))
    booster = fit_stopped(settings(params, recipe, table, params.threads), table, aside, params, params.max_rounds)
    return Chosen([Member(name, recipe, booster.num_trees(), np.empty(0))], np.ones(1), np.empty(0))


def _probability(raw: Vector) -> Vector:
    clipped: Vector = np.clip(1 / (1 + np.exp(-raw)), EDGE, 1 - EDGE)
    return clipped


def trials_of(chosen: Chosen, params: TrainParams) -> list[dict[str, object]]:
    """Return one line for each trial and fold: what it reached, its weight, and its settings as text."""
    lines = []
    for member, weight in zip(chosen.members, chosen.weights, strict=True):
        said = member.recipe.model_dump_json() if member.recipe else f'{{"penalty": {params.logistic_penalty}}}'
        lines += [one | {"weight": float(weight), "settings": said} for one in member.trials]
    return lines
