"""Which rows a fold may be trained on, and which rows early stopping watches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd


def folds(rows: pd.DataFrame) -> Iterator[tuple[int, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]]:
    """Yield number, training rows and validation rows of each fold.

    A dated fold trains on rows whose label was known before the fold's as_of; the fold of a snapshot (labels without a
    date) on the other folds.

    Args:
        rows: training rows of the cohort with fold, as_of and label_known_on.
    """
    fold = rows["fold"].to_numpy(dtype="float64", na_value=np.nan)
    known_on = pd.to_datetime(rows["label_known_on"]).to_numpy()
    dated = not rows["label_known_on"].isna().all()
    for number in sorted({int(value) for value in fold[~np.isnan(fold)]}):
        here = fold == number
        start = pd.to_datetime(rows["as_of"][here]).min().to_datetime64()
        yield number, (known_on <= start) & ~here if dated else ~here, here


def set_aside(subscriber_ids: pd.Series, share: float, seed: int) -> npt.NDArray[np.bool_]:
    """Return which rows early stopping watches: all rows of a stable random share of the subscribers."""
    unique = subscriber_ids.unique()
    drawn = {name: _draw(f"{seed}|{name}") < share for name in unique}
    chosen: npt.NDArray[np.bool_] = subscriber_ids.map(drawn).to_numpy(dtype=bool)
    return chosen


def thinned(rows: int, most: int, seed: int) -> npt.NDArray[np.int64]:
    """Return the places of at most ``most`` of so many rows, in their order; drawn, since rows in order have a rhythm.

    Rows lie by subscriber and as_of, so that every tenth would be of one as_of where there are ten.
    """
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))


def _draw(text: str) -> float:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) / 2**64
