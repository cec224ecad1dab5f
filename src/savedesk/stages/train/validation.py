"""What each recipe is worth out of fold: every fold is judged by members that never saw it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TypeVar

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from savedesk.model.additive import AdditiveModel
from savedesk.model.calibration import EDGE, log_loss
from savedesk.model.sample import Sample
from savedesk.model.schema import Matrix
from savedesk.params.train import TrainParams, TreeRecipe
from savedesk.stages.train.booster import Table, settings
from savedesk.stages.train.fitted import refit
from savedesk.stages.train.journal import Journal
from savedesk.stages.train.logistic import crossed_log_odds, fit_logistic

Vector = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
JobT = TypeVar("JobT")
MadeT = TypeVar("MadeT")
LOGISTIC = "logistic"
Fold = tuple[int, Table, Table, Mask]
Shown = Callable[[Iterator[Fold]], Iterator[Fold]]
Scorer = Callable[[Matrix], Vector]


@dataclass(frozen=True)
class Member:
    """A recipe and what it reached out of fold.

    Args:
        name: of the recipe.
        recipe: settings of the booster; None: the logistic regression.
        rounds: trees at which the mean log loss of the folds is lowest.
        raw: log-odds of the validation rows, in the order of the training rows.
        trials: one line a fold.
        scorers: of each fold, in their order, the log-odds that it gives to a matrix.
        penalty: of the logistic regression.
    """

    name: str
    recipe: TreeRecipe | None
    rounds: int
    raw: Vector
    trials: list[dict[str, object]] = field(default_factory=list)
    scorers: list[Scorer] = field(default_factory=list)
    penalty: float = 0.0

    @property
    def is_additive(self) -> bool:
        """Whether its log-odds are a sum of one curve a column."""
        return self.recipe is None or self.recipe.is_additive


@dataclass(frozen=True)
class Folds:
    """The validation folds of the training rows.

    Args:
        rows: training rows of the cohort with features.
        table: the same rows as a matrix.
        masks: number, rows to learn from and rows to judge of each fold.
        sample: how the rows were drawn.
        params: section ``train``.
        journal: where fits of folds are kept.
        left_out: columns that the members do not see: their values are missing.
        left_out_in: the same by fold, where the other folds chose them; empty: as ``left_out``.
    """

    rows: pd.DataFrame
    table: Table
    masks: list[tuple[int, Mask, Mask]]
    sample: Sample
    params: TrainParams
    journal: Journal
    left_out: tuple[int, ...] = ()
    left_out_in: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    @property
    def in_a_fold(self) -> Mask:
        """Rows that are in a fold."""
        every: Mask = np.logical_or.reduce([here for _, _, here in self.masks])
        return every

    @property
    def fold(self) -> npt.NDArray[np.int64]:
        """Fold of each judged row."""
        numbers = np.zeros(len(self.rows), dtype=np.int64)
        for number, _, here in self.masks:
            numbers[here] = number
        return numbers[self.in_a_fold]

    def tables(self) -> Iterator[tuple[int, Table, Table, Mask]]:
        """Yield number, rows to learn from, rows to judge, and which those are, with the fold's own fitted features."""
        for number, learn, here in self.masks:
            refit(self.table.matrix, self.rows, learn, self.table.schema, self.sample, self.params)
            parts = [
                replace(self.table, matrix=self.table.matrix[use], target=self.table.target[use])
                for use in (learn, here)
            ]
            for part in parts:
                part.matrix[:, list(self.left_out_in.get(number, self.left_out))] = np.nan
            yield number, parts[0], parts[1], here


@dataclass(frozen=True)
class _Fitted:
    """A booster of one fold, what its trees are added to, its log loss by tree, and the rows that it is judged by."""

    fold: int
    learnt: int
    judge: Table
    here: Mask
    booster: lgb.Booster
    first: AdditiveModel | None
    loss: Vector


def cross_validated_boosters(folds: Folds, recipes: Sequence[tuple[str, TreeRecipe]], shown: Shown) -> list[Member]:
    """Return the recipes with their log-odds out of fold.

    Each fold is fitted until its own log loss stops falling; all are then cut at the one number of trees that is best
    on average, so that no fold's number follows from that fold alone.

    Args:
        folds: validation folds.
        recipes: name and settings.
        shown: shows progress over the folds.
    """
    params, fits_by_recipe = folds.params, [list[_Fitted]() for _ in recipes]
    alone = len(recipes) == 1
    for number, learn, judge, here in shown(folds.tables()):
        first = None
        if any(recipe.from_logistic for _, recipe in recipes):
            first = fit_logistic(learn, params.logistic_penalty, params)
            learn = replace(learn, start=crossed_log_odds(learn, params))  # noqa: PLW2901 - the same rows
            judge = replace(judge, start=first.raw_score(judge.matrix))  # noqa: PLW2901 - the same rows
        rows = folds.journal.digest(learn, judge)

        def fitted(
            recipe: TreeRecipe, learn: Table = learn, judge: Table = judge, rows: bytes = rows
        ) -> tuple[lgb.Booster, Vector]:
            own = settings(params, recipe, learn, alone=alone)
            start, watch = (table if recipe.from_logistic else replace(table, start=None) for table in (learn, judge))
            most, patience = params.max_rounds, params.early_stopping_rounds
            return folds.journal.fit_watched(rows + bytes([recipe.from_logistic]), own, start, watch, most, patience)

        boosters = in_parallel(fitted, [recipe for _, recipe in recipes], params.threads)
        for fits, (booster, loss), (_, recipe) in zip(fits_by_recipe, boosters, recipes, strict=True):
            start = first if recipe.from_logistic else None
            fits.append(_Fitted(number, len(learn.target), judge, here, booster, start, loss))
    return [_member(name, recipe, fits, folds) for (name, recipe), fits in zip(recipes, fits_by_recipe, strict=True)]


def cross_validated_logistic(folds: Folds) -> Member:
    """Return the logistic regression with its log-odds out of fold."""
    scorers: list[Scorer] = []
    penalty = folds.params.logistic_penalty
    raw, trials = np.zeros(len(folds.rows)), []
    for number, learn, judge, here in folds.tables():
        model = fit_logistic(learn, penalty, folds.params)
        raw[here] = model.raw_score(judge.matrix)
        trials.append(_trial(LOGISTIC, number, len(learn.target), 1, raw[here], judge.target))
        scorers.append(model.raw_score)
    return Member(LOGISTIC, None, 1, raw[folds.in_a_fold], trials, scorers, penalty)


def in_parallel(work: Callable[[JobT], MadeT], jobs: Sequence[JobT], threads: int) -> list[MadeT]:
    """Return what the work makes of each job, in their order, on so many threads at a time.

    Of several jobs each must tell LightGBM to use one thread, in all that it asks of it: the number is one for the
    whole process, and changing it under a running fit is a segmentation fault (seen with LightGBM 4.7).
    """
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, jobs))


def _member(name: str, recipe: TreeRecipe, fits: Sequence[_Fitted], folds: Folds) -> Member:
    shortest = min(len(fit.loss) for fit in fits)
    rounds = int(np.argmin(np.mean([fit.loss[:shortest] for fit in fits], axis=0))) + 1
    raw, trials = np.zeros(len(folds.rows)), []
    scorers = [_scorer(fit.booster, fit.first, rounds) for fit in fits]
    for fit, scorer in zip(fits, scorers, strict=True):
        raw[fit.here] = scorer(fit.judge.matrix)
        trials.append(_trial(name, fit.fold, fit.learnt, rounds, raw[fit.here], fit.judge.target))
    return Member(name, recipe, rounds, raw[folds.in_a_fold], trials, scorers)


def _scorer(booster: lgb.Booster, first: AdditiveModel | None, rounds: int) -> Scorer:
    def log_odds(matrix: Matrix) -> Vector:
        score = booster.predict(matrix, raw_score=True, num_iteration=rounds, num_threads=1)
        trees = np.asarray(score, dtype=np.float64)
        return trees if first is None else trees + first.raw_score(matrix)

    return log_odds


def _trial(
    name: str, fold: int, learnt: int, rounds: int, raw: Vector, target: npt.NDArray[np.int64]
) -> dict[str, object]:
    probability = np.clip(expit(raw), EDGE, 1 - EDGE)
    both = len(np.unique(target)) == 2  # noqa: PLR2004 - both classes
    return {
        "trial": name,
        "fold": fold,
        "train_rows": learnt,
        "validation_rows": len(raw),
        "rounds": rounds,
        "log_loss": log_loss(probability, target.astype(bool)),
        "auc": float(roc_auc_score(target, raw)) if both else None,
    }
