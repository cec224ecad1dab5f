"""What contacting would have earned, row by row, now that the outcome is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from savedesk.metrics.running_sums import Floats, Integers
from savedesk.params.prioritise import PrioritiseParams
from savedesk.schemas.figures import ROWS

Flags = np.ndarray[Any, np.dtype[np.bool_]]
MOST_POINTS = 100  # of a curve: more are not seen


def touched(rows: pd.DataFrame, policy: PrioritiseParams) -> Flags:
    """Return whether each row left in a way that its action touches."""
    touchable = np.zeros(len(rows), dtype=bool)
    for action, given in policy.actions.items():
        touchable |= ((rows["action"] == action) & rows["churn_type"].isin(given.churn_types)).to_numpy(dtype=bool)
    left: Flags = touchable & rows["churned"].to_numpy(dtype=bool)
    return left


def realised_gain(rows: pd.DataFrame, policy: PrioritiseParams) -> Floats:
    """Return y r (V - d) - (1 - y) u d - c per row in money: the expected gain, outcome in place of chance.

    y is 1 for a churner of a type that the row's action touches. The save rate stays an expectation, since nobody
    can see what a contact that was not made would have done. NaN where no action is open to the row.
    """
    saved = np.where(touched(rows, policy), 1.0, 0.0)
    r, u = rows["save_rate"].to_numpy(dtype=float), rows["take_up"].to_numpy(dtype=float)
    v, d = rows["remaining_value"].to_numpy(dtype=float), rows["offer_cost"].to_numpy(dtype=float)
    gain: Floats = saved * r * (v - d) - (1 - saved) * u * d - rows["contact_cost"].to_numpy(dtype=float)
    return gain


def contacted(rows: pd.DataFrame) -> Flags:
    """Return whether the policy contacted each row."""
    return (rows["decision"] == "contact").to_numpy(dtype=bool)


def rows_table(rows: pd.DataFrame, gain: Floats, policy: PrioritiseParams) -> pd.DataFrame:
    """Return the table ``rows``: from those of two runs their figures can be compared, subscriber by subscriber.

    Args:
        rows: evaluation rows.
        gain: realised gain of each row.
        policy: section ``prioritise``.
    """
    table = rows.assign(listed=contacted(rows), touched=touched(rows, policy), realised_gain=gain)
    return table[list(ROWS.column_names)]


def positions(rows: pd.DataFrame, score: Floats, gain: Floats) -> Floats:
    """Return each row's place in its as_of, 0 the first, by falling score; infinity where no action is open to it."""
    open_rows = np.flatnonzero(~np.isnan(gain) & ~np.isnan(score))
    order = open_rows[np.argsort(-score[open_rows], kind="stable")]
    place = pd.Series(order).groupby(rows["as_of"].to_numpy()[order]).cumcount().to_numpy()
    places = np.full(len(rows), np.inf)
    places[order] = place
    return places


def profit_table(rows: pd.DataFrame, gain: Floats) -> pd.DataFrame:
    """Return the table ``profit``: gain against contacts an as_of for four rankings of the rows with an action.

    Random is its expectation: every row at the mean gain of its as_of. A ranking that runs out of rows stays level.
    """
    rankings = {
        "policy": rows["expected_gain"].to_numpy(dtype=float),
        "probability": rows["churn_probability"].to_numpy(dtype=float),
        "value at risk": (rows["churn_probability"] * rows["remaining_value"]).to_numpy(dtype=float),
    }
    places = {name: positions(rows, score, gain) for name, score in rankings.items()}
    longest = max(
        (int(place[np.isfinite(place)].max()) + 1 for place in places.values() if np.isfinite(place).any()), default=0
    )
    if not longest:
        return pd.DataFrame({"ranking": [], "contacts": [], "realised_gain": []})
    months = rows["as_of"].nunique()
    at = contact_grid(longest, round(contacted(rows).sum() / months))
    curves = {name: _curve(place, gain, longest)[at] / months for name, place in places.items()}
    curves["random"] = _random_curve(rows, gain, at) / months
    return _long(curves, at)


def contact_grid(longest: int, capacity: int) -> Integers:
    """Return at most 100 numbers of contacts from 0 to ``longest``, denser at the start, the capacity among them."""
    steps = np.linspace(0, 1, MOST_POINTS - 1) ** 2 * longest
    return np.unique(np.append(np.round(steps), min(capacity, longest))).astype(np.int64)


def _curve(place: Floats, gain: Floats, longest: int) -> Floats:
    listed = np.isfinite(place)
    sums = np.bincount(place[listed].astype(np.int64), gain[listed], minlength=longest)
    return np.concatenate([[0.0], np.cumsum(sums)])


def _random_curve(rows: pd.DataFrame, gain: Floats, at: Integers) -> Floats:
    months = pd.Series(gain).dropna().groupby(rows["as_of"].to_numpy()[~np.isnan(gain)])
    means, counts = months.mean().to_numpy(), months.size().to_numpy()
    curve: Floats = (np.minimum(at[:, None], counts) * means).sum(axis=1)
    return curve


def _long(curves: Mapping[str, Floats], at: Integers) -> pd.DataFrame:
    parts = [pd.DataFrame({"ranking": name, "contacts": at, "realised_gain": curve}) for name, curve in curves.items()]
    return pd.concat(parts, ignore_index=True)
