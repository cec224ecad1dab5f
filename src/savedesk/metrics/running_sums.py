"""Running sums down a ranking, of one sample or of many at once: what figures of a ranking are made of."""

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
    sums = np.zeros((*values.shape[:-1], values.shape[-1] + 1))
    np.cumsum(values, axis=-1, out=sums[..., 1:])
    return sums


def ratio(above: Any, below: Any) -> Floats:
    """Return above / below; NaN where below is not above 0."""
    above, below = np.broadcast_arrays(np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64))
    quotient: Floats = np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)[()]
    return quotient


def within(t: Totals, sums: Floats, share: float) -> Floats:
    """Return what the first ``share`` of rows holds of running sums. A row that the share cuts counts in part."""
    wanted = share * t.rows[..., -1:]
    place = np.clip((t.rows <= wanted).sum(axis=-1, keepdims=True) - 1, 0, t.rows.shape[-1] - 2)
    before, after = (np.take_along_axis(t.rows, place + step, axis=-1) for step in (0, 1))
    low, high = (np.take_along_axis(sums, place + step, axis=-1) for step in (0, 1))
    part = np.divide(wanted - before, after - before, out=np.ones(before.shape), where=after > before)
    inside: Floats = (low + part * (high - low))[..., 0]
    return inside


def percent(share: float) -> str:
    """Return a share as it stands in the name of a figure: 0.05 is ``5pct``."""
    return f"{100 * share:g}pct"
