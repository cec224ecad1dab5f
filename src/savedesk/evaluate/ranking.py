"""Figures of a ranking: who comes first. Every one takes row weights, so that a resample is only another weight.

scikit-learn's functions give the same numbers (tests hold them against each other), but sort anew each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]
Integers = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Ranking:
    """Rows ordered by falling score; equal scores in the order given, which is that of subscriber_id.

    Args:
        order: positions of the rows, riskiest first.
        ends: for each group of equal scores, the position in ``order`` just after its last row.
        churned: 1 or 0 per row, in that order.
        value: churned value per row (remaining value of a churner, not below 0), in that order; None if not asked for.
    """

    order: Integers
    ends: Integers
    churned: Floats
    value: Floats | None


@dataclass(frozen=True)
class Totals:
    """Running sums down a weighted ranking, each starting with 0.

    Args:
        rows: weight of the rows so far.
        churners: weight of the churners so far.
        value: churned value so far.
        ends: as in the ranking.
    """

    rows: Floats
    churners: Floats
    value: Floats
    ends: Integers


def ranked(score: Floats, churned: Floats, value: Floats | None = None) -> Ranking:
    """Return the ranking of rows by falling score."""
    order = np.argsort(-score, kind="stable").astype(np.int64)
    in_order = score[order]
    changes = np.flatnonzero(in_order[1:] != in_order[:-1]) + 1
    ends = np.append(changes, len(score)).astype(np.int64)
    lost = None if value is None else (churned * np.clip(value, 0, None))[order]
    return Ranking(order, ends, churned[order], lost)


def totals(ranking: Ranking, weights: Floats) -> Totals:
    """Return the running sums under row weights given in the rows' own order."""
    weight = weights[ranking.order]
    value = np.zeros(1) if ranking.value is None else _running(weight * ranking.value)
    return Totals(_running(weight), _running(weight * ranking.churned), value, ranking.ends)


def _running(values: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(values)])


def auc(t: Totals) -> float:
    """Return the area under the ROC curve, 0 to 1; equal scores count half. NaN where there is one class only."""
    churners = np.concatenate([[0.0], t.churners[t.ends]])
    stayers = np.concatenate([[0.0], (t.rows - t.churners)[t.ends]])
    pairs = churners[-1] * stayers[-1]
    if pairs <= 0:
        return float("nan")
    return float(np.sum(np.diff(stayers) * (churners[1:] + churners[:-1])) / 2 / pairs)


def average_precision(t: Totals) -> float:
    """Return the mean precision over the churners, 0 to 1, equal scores taken together. NaN without churners."""
    churners, rows = t.churners[t.ends], t.rows[t.ends]
    if churners[-1] <= 0:
        return float("nan")
    precision = np.divide(churners, rows, out=np.zeros_like(rows), where=rows > 0)
    return float(np.sum(np.diff(churners, prepend=0.0) * precision) / churners[-1])


def churners_in(t: Totals, share: float) -> float:
    """Return the churners among the first ``share`` of rows. A row that the share cuts counts in part."""
    return float(np.interp(share * t.rows[-1], t.rows, t.churners))


def precision_at(t: Totals, share: float) -> float:
    """Return the churn rate of the first ``share`` of rows, 0 to 1."""
    rows = share * t.rows[-1]
    return churners_in(t, share) / rows if rows > 0 else float("nan")


def lift_at(t: Totals, share: float) -> float:
    """Return the churn rate of the first ``share`` of rows over that of all, 0 to 1 / share. NaN without churners."""
    overall = t.churners[-1] / t.rows[-1]
    return float(precision_at(t, share) / overall) if overall > 0 else float("nan")


def value_caught_at(t: Totals, share: float) -> float:
    """Return the share of all churned value that the first ``share`` of rows holds. NaN without churned value."""
    if t.value[-1] <= 0:
        return float("nan")
    return float(np.interp(share * t.rows[-1], t.rows, t.value) / t.value[-1])


def percent(share: float) -> str:
    """Return a share as it stands in the name of a figure: 0.05 is ``5pct``."""
    return f"{100 * share:g}pct"


def ranking_figures(t: Totals, shares: tuple[float, ...]) -> dict[str, float]:
    """Return the figures that any ranking has, whether it gives probabilities or not."""
    figures = {"auc": auc(t), "average_precision": average_precision(t)}
    for share in shares:
        figures[f"lift_at_{percent(share)}"] = lift_at(t, share)
        figures[f"precision_at_{percent(share)}"] = precision_at(t, share)
        figures[f"value_caught_at_{percent(share)}"] = value_caught_at(t, share)
    return figures
