"""Figures of a ranking: who comes first. All are made of running sums down the ranking, of one sample or of many.

scikit-learn's functions give the same numbers (tests hold them against each other), but sort anew for each sample.
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
    """Running sums down a ranking, each starting with 0: of one sample, or samples x places.

    Args:
        rows: weight of the rows so far.
        churners: weight of the churners so far.
        value: churned value so far.
        ends: as in the ranking, in places.
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
    value = np.zeros(1) if ranking.value is None else running(weight * ranking.value)
    return Totals(running(weight), running(weight * ranking.churned), value, ranking.ends)


def running(values: Floats) -> Floats:
    """Return the running sums along the last axis, starting with 0."""
    found = np.zeros((*values.shape[:-1], values.shape[-1] + 1))
    np.cumsum(values, axis=-1, out=found[..., 1:])
    return found


def ratio(above: Any, below: Any) -> Floats:
    """Return above / below; NaN where below is not above 0."""
    above, below = np.broadcast_arrays(np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64))
    found: Floats = np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)[()]
    return found


def auc(t: Totals) -> Floats:
    """Return the area under the ROC curve, 0 to 1; equal scores count half. NaN where there is one class only."""
    places = np.append(0, t.ends)
    churners = t.churners[..., places]
    stayers = t.rows[..., places] - churners
    area = np.sum(np.diff(stayers) * (churners[..., 1:] + churners[..., :-1]), axis=-1) / 2
    return ratio(area, churners[..., -1] * stayers[..., -1])


def average_precision(t: Totals) -> Floats:
    """Return the mean precision over the churners, 0 to 1, equal scores taken together. NaN without churners."""
    churners, rows = t.churners[..., t.ends], t.rows[..., t.ends]
    precision = np.divide(churners, rows, out=np.zeros(rows.shape), where=rows > 0)
    found = np.diff(churners, prepend=0.0) * precision
    return ratio(np.sum(found, axis=-1), churners[..., -1])


def within(t: Totals, sums: Floats, share: float) -> Floats:
    """Return what the first ``share`` of rows holds of running sums. A row that the share cuts counts in part."""
    wanted = share * t.rows[..., -1:]
    place = np.clip((t.rows <= wanted).sum(axis=-1, keepdims=True) - 1, 0, t.rows.shape[-1] - 2)
    before, after = (np.take_along_axis(t.rows, place + step, axis=-1) for step in (0, 1))
    low, high = (np.take_along_axis(sums, place + step, axis=-1) for step in (0, 1))
    part = np.divide(wanted - before, after - before, out=np.ones(before.shape), where=after > before)
    found: Floats = (low + part * (high - low))[..., 0]
    return found


def precision_at(t: Totals, share: float) -> Floats:
    """Return the churn rate of the first ``share`` of rows, 0 to 1."""
    return ratio(within(t, t.churners, share), share * t.rows[..., -1])


def lift_at(t: Totals, share: float) -> Floats:
    """Return the churn rate of the first ``share`` of rows over that of all, 0 to 1 / share. NaN without churners."""
    return ratio(precision_at(t, share), ratio(t.churners[..., -1], t.rows[..., -1]))


def value_caught_at(t: Totals, share: float) -> Floats:
    """Return the share of all churned value that the first ``share`` of rows holds. NaN without churned value."""
    return ratio(within(t, t.value, share), t.value[..., -1])


def percent(share: float) -> str:
    """Return a share as it stands in the name of a figure: 0.05 is ``5pct``."""
    return f"{100 * share:g}pct"


def ranking_figures(t: Totals, shares: tuple[float, ...]) -> dict[str, Floats]:
    """Return the figures that any ranking has, whether it gives probabilities or not."""
    figures = {"auc": auc(t), "average_precision": average_precision(t)}
    for share in shares:
        figures[f"lift_at_{percent(share)}"] = lift_at(t, share)
        figures[f"precision_at_{percent(share)}"] = precision_at(t, share)
        figures[f"value_caught_at_{percent(share)}"] = value_caught_at(t, share)
    return figures
