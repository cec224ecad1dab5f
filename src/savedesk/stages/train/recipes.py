"""Which recipes are tried: those of the params first, then what Optuna proposes, within a bound of work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import optuna

from savedesk.params.train import TrainParams, TreeRecipe

BATCH = 2  # proposals at a time, whatever the number of threads: they must not depend on it
NEAR = {  # what is tuned, and from where to where; the rest is left as the best recipe has it
    "learning_rate": (0.02, 0.1, True),
    "num_leaves": (2, 63, True),
    "min_data_in_leaf": (5, 100, True),
    "feature_fraction": (0.3, 1.0, False),
    "linear_lambda": (0.01, 10.0, True),
    "lambda_l2": (0.01, 10.0, True),
}

Loss = Callable[[Sequence[tuple[str, TreeRecipe]]], Sequence[float]]


def has_logistic(params: TrainParams, columns: int) -> bool:
    """Return whether a table of so many columns has the logistic regression among its members."""
    return params.logistic_penalty > 0 and columns <= params.logistic_columns


def recipes_open(params: TrainParams, rows: int, columns: int) -> dict[str, TreeRecipe]:
    """Return the recipes that such a table could try, by name: what starts from the regression needs it.

    The first one is for all tables.
    """
    logistic, first = has_logistic(params, columns), next(iter(params.recipes))
    return {
        name: recipe
        for name, recipe in params.recipes.items()
        if (logistic or not recipe.from_logistic) and (rows >= recipe.least_rows or name == first)
    }


def trials_allowed(params: TrainParams, rows: int, columns: int) -> int:
    """Return how many recipes a table of that size may try: so many as fit ``tuning_cells``, and one at least."""
    most = len(recipes_open(params, rows, columns)) + params.tuned_trials
    return max(1, min(most, int(params.tuning_cells / max(1, rows * columns))))


def bags_allowed(params: TrainParams, rows: int, columns: int) -> int:
    """Return how many seeds each booster of the final model is fitted with."""
    return max(1, min(params.bags, int(params.bagging_cells / max(1, rows * columns))))


def effort(params: TrainParams, rows: int, columns: int, *, folds: bool) -> dict[str, int]:
    """Return how many recipes were tried and how many seeds a booster has, beside what a smaller table would get.

    Args:
        params: section ``train``.
        rows: training rows.
        columns: of the model.
        folds: whether there was a fold to try recipes on.
    """
    return {
        "rows": rows,
        "columns": columns,
        "recipes_tried": trials_allowed(params, rows, columns) if folds else 0,
        "recipes_wanted": len(recipes_open(params, rows, columns)) + params.tuned_trials,
        "bags": bags_allowed(params, rows, columns),
        "bags_wanted": params.bags,
    }


def effort_in_words(spent: Mapping[str, int]) -> dict[str, str]:
    """Return the recipes and the seeds of ``effort`` in words, with the param that bounds them."""
    size = f"{spent['rows']:,} rows x {spent['columns']:,} columns"
    tried, wanted = spent["recipes_tried"], spent["recipes_wanted"]
    bags, most = spent["bags"], spent["bags_wanted"]
    no_more = f", no more for {size}"
    return {
        "recipes": f"{tried} of {wanted} tried"
        + (f"{no_more} (train.tuning_cells)" if 0 < tried < wanted else "" if tried else ": no fold to try them on"),
        "seeds": f"{bags} of {most} a booster" + (f"{no_more} (train.bagging_cells)" if bags < most else ""),
    }


def try_recipes(params: TrainParams, recipes: Mapping[str, TreeRecipe], allowed: int, loss: Loss) -> None:
    """Try recipes, and what is proposed after them, batch by batch.

    They are made around the best recipe that starts from nothing: where the logistic regression is best, what starts
    from it is as good with any settings. The proposals are those of the tree-structured Parzen estimator (Bergstra et
    al. 2011, "Algorithms for hyper-parameter optimization", NeurIPS), told of every trial before; a setting of the
    params beyond what is proposed counts as the nearest of them.

    Args:
        params: section ``train``.
        recipes: those that are tried first, by name.
        allowed: trials at most.
        loss: fits named recipes and returns their log losses out of fold.
    """
    given = list(recipes.items())[:allowed]
    losses = list(loss(given))
    if allowed <= len(given):
        return
    best = min(zip(losses, given, strict=True), key=lambda pair: (pair[1][1].from_logistic, pair[0]))[1][1]
    study = _study(params, given, losses)
    tried = len(given)
    while tried < allowed:
        asked = [study.ask(_space()) for _ in range(min(BATCH, allowed - tried))]
        batch = [(f"tuned_{trial.number - len(given) + 1}", best.model_copy(update=trial.params)) for trial in asked]
        for trial, value in zip(asked, loss(batch), strict=True):
            study.tell(trial, value)
        tried += len(batch)


def _space() -> dict[str, optuna.distributions.BaseDistribution]:
    return {
        name: (
            optuna.distributions.IntDistribution(int(low), int(high), log=log)
            if isinstance(low, int)
            else optuna.distributions.FloatDistribution(low, high, log=log)
        )
        for name, (low, high, log) in NEAR.items()
    }


def _study(params: TrainParams, given: Sequence[tuple[str, TreeRecipe]], losses: Sequence[float]) -> optuna.Study:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=params.seed, n_startup_trials=1))
    space = _space()
    for (_, recipe), value in zip(given, losses, strict=True):
        held = {name: _within(getattr(recipe, name), *NEAR[name][:2]) for name in NEAR}
        study.add_trial(optuna.trial.create_trial(params=held, distributions=space, value=value))
    return study


def _within(value: Any, low: Any, high: Any) -> Any:
    return type(low)(min(max(value, low), high))
