"""Features that are fitted: learned from the outcomes of the training rows, so never made before training.

A fold fits them on the rows that it trains on; the final model on all of them, and stores them with its columns.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class BandRates:
    """The churn rate by band of another feature; a value without the other feature is missing.

    Args:
        source: the other feature.
        edges: upper ends of all bands but the last, rising; a value on an edge belongs to the band below.
        rates: P(churn in the outcome window) of each band.
    """

    source: str
    edges: tuple[float, ...]
    rates: tuple[float, ...]

    def of(self, values: npt.ArrayLike) -> Vector:
        """Return the rate of each value's band."""
        numbers = np.asarray(values, dtype=np.float64)
        rates = np.asarray(self.rates)[np.searchsorted(np.asarray(self.edges), numbers, side="left")]
        return np.where(np.isnan(numbers), np.nan, rates)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)

    @staticmethod
    def from_json(given: dict[str, Any]) -> BandRates:
        """Return what ``to_json`` described."""
        return BandRates(given["source"], tuple(given["edges"]), tuple(given["rates"]))


def fit_band_rates(
    source: str,
    values: npt.ArrayLike,
    churned: npt.NDArray[np.bool_],
    weight: Vector,
    bands: int,
    prior_rows: float,
) -> BandRates:
    """Return the churn rate by band of about equally many rows, drawn towards the rate of all rows.

    The band's rate is (churners + prior_rows x rate of all) / (rows + prior_rows): the mean of a beta posterior (Gelman
    et al., Bayesian Data Analysis, section 2.4), so that a small band does not give its few churners away.

    Args:
        source: name of the feature that the bands are of.
        values: its values; missing ones belong to no band.
        churned: outcome.
        weight: subscribers that each row stands for.
        bands: bands at most.
        prior_rows: weight of the rate of all rows, in rows.
    """
    numbers = np.asarray(values, dtype=np.float64)
    there = ~np.isnan(numbers)
    overall = float(np.average(churned, weights=weight))
    edges = np.unique(np.quantile(numbers[there], np.arange(1, bands) / bands)) if there.any() else np.empty(0)
    band = np.searchsorted(edges, numbers[there], side="left")
    rows = np.bincount(band, weights=weight[there], minlength=len(edges) + 1)
    left = np.bincount(band, weights=weight[there] * churned[there], minlength=len(edges) + 1)
    rates = (left + prior_rows * overall) / (rows + prior_rows)
    return BandRates(source, tuple(edges.tolist()), tuple(rates.tolist()))
