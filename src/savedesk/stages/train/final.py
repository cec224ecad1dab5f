"""The model that is stored: the members that weigh, fitted on every training row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from savedesk.model.additive import AdditiveModel
from savedesk.model.tree_text import merged
from savedesk.params.train import TrainParams, TreeRecipe
from savedesk.stages.train.booster import Table, fit, model_text, settings
from savedesk.stages.train.logistic import crossed_log_odds, fit_logistic
from savedesk.stages.train.validation import Member, in_parallel


@dataclass(frozen=True)
class FinalModel:
    """Text of one booster that is the weighted sum of all, and the additive part; None without one."""

    booster: str
    additive: AdditiveModel | None
    members: list[dict[str, Any]]


def final_model(
    members: Sequence[Member],
    weights: npt.NDArray[np.float64],
    table: Table,
    learnt: float,
    bags: int,
    params: TrainParams,
) -> FinalModel:
    """Fit the members that weigh anything on all rows.

    More rows than in a fold bear more trees: the number grows with the square root of the rows.

    Args:
        members: recipes judged out of fold.
        weights: of each.
        table: all training rows.
        learnt: mean number of rows that a fold learnt from.
        bags: seeds that each booster is fitted with; their mean is taken.
        params: section ``train``.
    """
    grown = math.sqrt(max(1.0, len(table.target) / learnt))
    used = [(member, float(weight)) for member, weight in zip(members, weights, strict=True) if weight > 0]
    recipes = [(member.recipe, round(member.rounds * grown), weight) for member, weight in used if member.recipe]
    recipes = recipes or [(next(iter(params.recipes.values())), 1, 0.0)]  # the additive part says it all
    jobs = [(recipe, rounds, weight / bags, bag) for recipe, rounds, weight in recipes for bag in range(bags)]
    leans = any(recipe.from_logistic for recipe, *_ in recipes)
    started = replace(table, start=crossed_log_odds(table, params)) if leans else table

    def text(job: tuple[TreeRecipe, int, float, int]) -> tuple[str, float]:
        recipe, rounds, weight, bag = job
        own = settings(params, recipe, table, alone=len(jobs) == 1) | {"seed": params.seed + bag}
        booster = fit(own, started if recipe.from_logistic else table, rounds)
        return model_text(booster, table.matrix, own["num_threads"]), weight

    texts = in_parallel(text, jobs, params.threads)
    additive = sum(weight for member, weight in used if member.recipe is None or member.recipe.from_logistic)
    penalty = next((member.penalty for member, _ in used if member.recipe is None), params.logistic_penalty)
    first = fit_logistic(table, penalty, params).scaled(additive) if additive else None
    described = [
        {
            "name": member.name,
            "weight": weight,
            "bags": bags if member.recipe else 1,
            "rounds": round(member.rounds * grown),
        }
        | ({"settings": member.recipe.model_dump()} if member.recipe else {"penalty": member.penalty})
        for member, weight in used
    ]
    return FinalModel(merged(texts), first, described)
