"""Which features help out of fold, and which are left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from savedesk.model.schema import Matrix, ModelSchema
from savedesk.params.train import TrainParams
from savedesk.pipeline.inputs import Progress
from savedesk.schemas.features import SELECTION
from savedesk.stages.train.booster import Table
from savedesk.stages.train.choose import Chosen, loss_of, members_again
from savedesk.stages.train.folds import thinned
from savedesk.stages.train.validation import Folds, Mask, Scorer, in_parallel

Vector = npt.NDArray[np.float64]
NOT_TOLD = "says nothing that another does not: one value, or equal to a feature before it"
NOT_TRIED = "not tried: the table is large, or has no fold"
HELPS = "helps"
USELESS = "does not help out of fold by more than a standard error"
ONE_FOLD = "kept: with one fold nothing could judge the choice"
NO_GAIN = "kept: without the features of no use the others did no better out of fold"


@dataclass(frozen=True)
class Help:
    """By how much the log loss out of fold rises when a column is permuted: folds by columns."""

    rises: Vector

    @property
    def rise(self) -> Vector:
        """Mean over the folds."""
        mean: Vector = self.rises.mean(axis=0)
        return mean

    @property
    def error(self) -> Vector:
        """Standard error of the mean; 0 of one fold."""
        if len(self.rises) == 1:
            return np.zeros(self.rises.shape[1])
        error: Vector = self.rises.std(axis=0, ddof=1) / np.sqrt(len(self.rises))
        return error

    @property
    def useful(self) -> Mask:
        """Columns that help by more than a standard error."""
        useful: Mask = self.rise > self.error
        return useful

    def without(self, fold: int) -> Help:
        """Return what the other folds say."""
        return Help(np.delete(self.rises, fold, axis=0))


def select_features(folds: Folds, chosen: Chosen, progress: Progress) -> tuple[Folds, Chosen, pd.DataFrame]:
    """Leave out what does not help, if the members then do no worse out of fold.

    Each fold is judged without the columns that the other folds find useless: rows that chose the columns would flatter
    the choice (Ambroise and McLachlan 2002, "Selection bias in gene extraction", PNAS 99).

    Args:
        folds: validation folds with all columns.
        chosen: members and weights with all columns.
        progress: shows how far it has come.

    Returns:
        folds and members, without the columns of no use if that is no worse; and one line a feature: what it is worth,
        and why it is used or not.
    """
    helped = help_of_columns(folds, chosen, progress)
    use = helped.useful
    if use.all() or not use.any():
        return folds, chosen, _lines(folds.table.schema, helped, use, NO_GAIN)
    if len(folds.masks) == 1:
        return folds, chosen, _lines(folds.table.schema, helped, use, ONE_FOLD)
    by_fold = {number: _useless(helped.without(k)) for k, (number, *_) in enumerate(folds.masks)}
    fewer = replace(folds, left_out=_useless(helped), left_out_in=by_fold)
    again = members_again(fewer, chosen, progress)
    if loss_of(again.raw, fewer) <= loss_of(chosen.raw, folds):
        return fewer, again, _lines(folds.table.schema, helped, use, USELESS)
    return folds, chosen, _lines(folds.table.schema, helped, use, NO_GAIN)


def selection_table(names: Sequence[str], schema: ModelSchema, tried: pd.DataFrame | None) -> pd.DataFrame:
    """Return one line for each feature: whether the churn probability follows from it, and why.

    Args:
        names: all features.
        schema: those that differ from each other, and between subscribers.
        tried: lines of those that were tried; see ``select_features``.
    """
    by_name = {} if tried is None else {row["name"]: row for row in tried.to_dict("records")}
    untried = {"used": True, "why": NOT_TRIED}
    lines = [
        {"name": name} | (by_name.get(name, untried) if name in schema.names else {"used": False, "why": NOT_TOLD})
        for name in names
    ]
    return pd.DataFrame(lines, columns=list(SELECTION.column_names))


def help_of_columns(folds: Folds, chosen: Chosen, progress: Progress) -> Help:
    """Return what each column is worth to the blended members.

    Permutation importance (Breiman 2001, "Random forests", Machine Learning 45) on rows that no member has learnt from:
    a column that was merely memorised is worth nothing there.
    """
    parts = enumerate(progress.track(folds.tables(), "folds, worth of features", len(folds.masks)))
    rises = np.asarray(
        [_rises(_Blend(chosen, place), judge, number, folds.params) for place, (number, _, judge, _) in parts]
    )
    return Help(rises)


def _useless(helped: Help) -> tuple[int, ...]:
    """Return the columns of no use; none where that would be all of them."""
    use = helped.useful
    return tuple(int(place) for place in np.flatnonzero(~use)) if use.any() else ()


class _Blend:
    """The weighted members of one fold."""

    def __init__(self, chosen: Chosen, place: int) -> None:
        pairs = zip(chosen.members, chosen.weights, strict=True)
        self._parts: list[tuple[Scorer, float]] = [(member.scorers[place], float(w)) for member, w in pairs if w > 0]

    def loss(self, matrix: Matrix, target: npt.NDArray[np.int64]) -> float:
        score = np.sum([weight * judge(matrix) for judge, weight in self._parts], axis=0)
        return float(np.mean(np.logaddexp(0, score) - target * score))


def _rises(blend: _Blend, judge: Table, number: int, params: TrainParams) -> list[float]:
    some = thinned(len(judge.target), params.selection_rows, params.seed)
    matrix, target = judge.matrix[some], judge.target[some]
    plain = blend.loss(matrix, target)

    def rise(column: int) -> float:
        draw = np.random.default_rng([params.seed, number, column])
        mixed, mean_rise = matrix.copy(), 0.0
        for _ in range(params.selection_repeats):
            mixed[:, column] = matrix[draw.permutation(len(matrix)), column]
            mean_rise += (blend.loss(mixed, target) - plain) / params.selection_repeats
        return mean_rise

    return in_parallel(rise, range(matrix.shape[1]), params.threads)


def _lines(schema: ModelSchema, helped: Help, used: Mask, why: str) -> pd.DataFrame:
    kept = used if why == USELESS else np.ones(len(used), dtype=bool)
    reasons = np.where(helped.useful, HELPS, why)
    rise, error = np.round(helped.rise, 9), np.round(helped.error, 9)
    return pd.DataFrame(
        {"name": schema.names, "used": kept, "loss_rise": rise, "standard_error": error, "why": reasons}
    )
