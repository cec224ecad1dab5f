"""Fit the features that are learned from outcomes: in each fold on the rows that it trains on, and on no other."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from savedesk.model.fitted import BandRates, fit_band_rates
from savedesk.model.sample import Sample
from savedesk.model.schema import Matrix, ModelSchema, numbers
from savedesk.params.train import TrainParams

CROSSES = 5  # parts of the subscribers, of which each is taught by the others


def fit_features(
    rows: pd.DataFrame, use: npt.NDArray[np.bool_], sources: Mapping[str, str], sample: Sample, params: TrainParams
) -> dict[str, BandRates]:
    """Return the fitted features, fitted on some of the training rows.

    Args:
        rows: training rows.
        use: which of them.
        sources: fitted feature -> feature that it is fitted from.
        sample: how the rows were drawn.
        params: section ``train``.
    """
    churned = rows["churned"].to_numpy(dtype=bool)[use]
    weight = sample.weights(churned)
    return {
        name: fit_band_rates(
            source, numbers(rows[source])[use], churned, weight, params.hazard_bands, params.hazard_prior_rows
        )
        for name, source in sources.items()
        if source in rows
    }


def refit(
    matrix: Matrix,
    rows: pd.DataFrame,
    use: npt.NDArray[np.bool_],
    schema: ModelSchema,
    sample: Sample,
    params: TrainParams,
) -> None:
    """Write the fitted columns of the matrix anew, fitted on some of the training rows. No second matrix is held.

    A row that is learnt from gets what the other subscribers teach, in ``CROSSES`` parts: with its own outcome in it a
    column would look better than it is, and the model would lean on it. Every other row gets what all of them teach.
    """
    sources = {c.name: c.fitted.source for c in schema.columns if c.fitted}
    if not sources:
        return
    part = pd.util.hash_pandas_object(rows["subscriber_id"], index=False).to_numpy() % CROSSES
    for cross in (None, *range(CROSSES)):
        here = ~use if cross is None else use & (part == cross)
        learn = use if cross is None else use & (part != cross)
        if not (here.any() and learn.any()):
            continue
        fitted = fit_features(rows, learn, sources, sample, params)
        for place, column in enumerate(schema.columns):
            if column.name in fitted:
                rates = fitted[column.name]
                matrix[here, place] = rates.of(numbers(rows[rates.source][here]))
