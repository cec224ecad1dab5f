"""Features that tell churners from stayers too well by themselves: mostly facts that were not known in time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from savedesk.params.train import TrainParams
from savedesk.stages.train.booster import Table
from savedesk.stages.train.folds import thinned

NAMED = 5  # suspects that the summary names
Vector = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


def suspected_leaks(
    table: Table, masks: Sequence[tuple[int, Mask, Mask]], suspicious_auc: float, params: TrainParams
) -> list[tuple[str, float]]:
    """Return features whose AUC by themselves is above a limit, with it, the highest first.

    A number ranks by its value, up or down, with missing values at the end that suits it: nothing is fitted. A name
    ranks by its churn rate among the rows that its fold learns from, so it is left out where there is no fold. At most
    ``leak_rows`` rows of the folds are looked at. Fitted features are none of ours to suspect.

    Args:
        table: training rows.
        masks: number, rows to learn from and rows to judge of each fold; none: all rows are judged.
        suspicious_auc: the limit.
        params: section ``train``.
    """
    whole = np.ones(len(table.target), dtype=bool)
    folds = [(learn, np.flatnonzero(here)) for learn, here in ([fold[1:] for fold in masks] or [(whole, whole)])]
    share = max(1, params.leak_rows // len(folds))
    parts = [(learn, here[thinned(len(here), share, params.seed)]) for learn, here in folds]
    rows = np.concatenate([here for _, here in parts])
    churned = table.target[rows] == 1
    suspects = []
    for place, column in enumerate(table.schema.columns):
        if column.fitted or (column.dtype == "string" and not masks):
            continue
        values = table.matrix[rows, place].astype(np.float64)
        if column.dtype == "string":
            values = np.concatenate([_rates(table, place, learn, here) for learn, here in parts])
        best = auc_alone(values, churned)
        if best > suspicious_auc:
            suspects.append((column.name, best))
    return sorted(suspects, key=lambda suspect: (-suspect[1], suspect[0]))


def leak_figures(leaks: Sequence[tuple[str, float]]) -> dict[str, Any]:
    """Return how many features are suspected, and where there are any, which ones and what to do."""
    if not leaks:
        return {"suspected_leaks": 0}
    named = ", ".join(f"{name} (AUC {auc:.3f} by itself)" for name, auc in leaks[:NAMED])
    others = f" and {len(leaks) - NAMED} more" if len(leaks) > NAMED else ""
    step = "look at their known_on with `savedesk feature try`, or leave them out"
    return {"suspected_leaks": len(leaks), "suspected_leaks_named": f"{named}{others}; {step}"}


def auc_alone(values: Vector, churned: Mask) -> float:
    """Return the AUC of a number as a ranking: rising or falling, missing values first or last, whatever is highest.

    The Mann-Whitney statistic (Hanley and McNeil 1982, Radiology 143): ties count half. 0.5 without both classes.
    """
    there = ~np.isnan(values)
    left, stayed = int((churned & there).sum()), int((~churned & there).sum())
    left_missing, stayed_missing = int(churned.sum()) - left, int((~churned).sum()) - stayed
    pairs = (left + left_missing) * (stayed + stayed_missing)
    if not pairs:
        return 0.5
    ranks = rankdata(values[there])
    won = float(ranks[churned[there]].sum()) - left * (left + 1) / 2 + 0.5 * left_missing * stayed_missing
    lowest, highest = (won + left * stayed_missing) / pairs, (won + left_missing * stayed) / pairs  # where missing is
    return max(abs(lowest - 0.5), abs(highest - 0.5)) + 0.5


def _rates(table: Table, place: int, learn: Mask, here: npt.NDArray[np.int64]) -> Vector:
    """Return the churn rate of each judged row's name among the rows that the fold learns from."""
    count = len(table.schema.columns[place].categories)
    codes = np.nan_to_num(table.matrix[:, place], nan=count).astype(np.int64)
    rows = np.bincount(codes[learn], minlength=count + 1)
    left = np.bincount(codes[learn], weights=table.target[learn] == 1, minlength=count + 1)
    rates: Vector = (left / np.maximum(rows, 1))[codes[here]]
    return rates
