"""What each feature looked like in the training rows: missing share, and churn rate by decile or by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from savedesk.model.fitted import BandRates
from savedesk.model.sample import Sample
from savedesk.model.schema import numbers
from savedesk.schemas.features import STATISTICS

DECILES = 10
NAMES = 10  # the commonest values of a text
MISSING = 0


def feature_statistics(
    rows: pd.DataFrame, dictionary: pd.DataFrame, fitted: dict[str, BandRates], sample: Sample
) -> pd.DataFrame:
    """Return the contract ``feature_statistics``. Rates are those of all training rows, sampled or not.

    Args:
        rows: training rows with features and churned.
        dictionary: feature dictionary.
        fitted: fitted features, fitted on these rows: their rates are not evidence of anything.
        sample: how the rows were drawn.
    """
    churned = rows["churned"].to_numpy(dtype=bool)
    weight = sample.weights(churned)
    lines: list[dict[str, Any]] = []
    for name, dtype in zip(dictionary["name"], dictionary["dtype"], strict=True):
        if name in fitted:
            bands = _deciles(fitted[name].of(numbers(rows[fitted[name].source])))
        elif name in rows:
            bands = _named(rows[name]) if dtype == "string" else _deciles(numbers(rows[name]))
        else:
            continue
        lines += [{"name": name, **line} for line in _rates(bands, churned, weight)]
    return pd.DataFrame(lines, columns=list(STATISTICS.column_names))


Bands = tuple[npt.NDArray[np.int64], list[str]]


def _deciles(values: npt.NDArray[np.float64]) -> Bands:
    """Return the decile of each value, 1 the lowest, and its upper end; ties stay together."""
    there = ~np.isnan(values)
    if not there.any():
        return np.zeros(len(values), dtype=np.int64), []
    edges = np.unique(np.quantile(values[there], np.arange(1, DECILES + 1) / DECILES, method="lower"))
    place = np.where(there, np.searchsorted(edges, np.where(there, values, edges[0])) + 1, MISSING)
    return np.minimum(place, len(edges)), [f"{edge:.6g}" for edge in edges]


def _named(values: pd.Series) -> Bands:
    names = values.value_counts().index[:NAMES].astype(str).tolist()
    places = {name: place for place, name in enumerate(names, start=1)}
    return values.map(places).fillna(MISSING).to_numpy(dtype=np.int64), names


def _rates(bands: Bands, churned: npt.NDArray[np.bool_], weight: npt.NDArray[np.float64]) -> Iterator[dict[str, Any]]:
    place, labels = bands
    rows = np.bincount(place, weights=weight, minlength=len(labels) + 1)
    left = np.bincount(place, weights=weight * churned, minlength=len(labels) + 1)
    for number, label in enumerate(["", *labels]):
        rate = left[number] / rows[number] if rows[number] else None
        share = rows[number] / max(rows.sum(), 1)
        yield {"band": number, "up_to": label or None, "share": share, "churn_rate": rate}
