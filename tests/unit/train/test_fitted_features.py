"""Features fitted on outcomes: the churn rate by band, drawn towards that of all, and never from a fold's own rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.tables import sections

from savedesk.model.fitted import fit_band_rates
from savedesk.model.sample import Sample
from savedesk.model.schema import ModelColumn, ModelSchema, encode
from savedesk.params.train import TrainParams
from savedesk.stages.train.fitted import fit_features, refit

TRAIN = sections(train={"hazard_bands": 2, "hazard_prior_rows": 0})["train"]
TENURE = {"baseline_hazard": "months"}


def fitted(months, churned, prior=0.0, weight=None):
    weight = np.ones(len(months)) if weight is None else np.asarray(weight, float)
    return fit_band_rates("months", months, np.asarray(churned, bool), weight, 2, prior)


def test_each_band_has_its_own_churn_rate():
    rates = fitted([1, 2, 3, 40, 50, 60], [1, 1, 0, 0, 0, 0])
    assert rates.of([0, 3, 100]) == pytest.approx([2 / 3, 2 / 3, 0])


def test_a_small_band_is_drawn_towards_the_rate_of_all():
    rates = fitted([1, 2, 3, 40, 50, 60], [1, 1, 0, 0, 0, 0], prior=3)
    assert rates.of([1, 60]) == pytest.approx([(2 + 3 * 2 / 6) / (3 + 3), (0 + 3 * 2 / 6) / (3 + 3)])


def test_a_row_that_stands_for_ten_counts_ten_times():
    rates = fitted([1, 2, 40, 50], [1, 0, 0, 0], weight=[1, 10, 1, 1])
    assert rates.of([1])[0] == pytest.approx(1 / 11)


def test_without_tenure_the_rate_is_missing():
    assert np.isnan(fitted([1, 2, 40, 50], [1, 0, 0, 0]).of([np.nan])[0])


def test_a_fold_does_not_see_the_outcomes_that_it_is_validated_on():
    assert isinstance(TRAIN, TrainParams)
    ids = [f"s{k}" for k in range(12)]
    rows = pd.DataFrame(
        {"subscriber_id": ids, "months": [1.0, 2, 3, 40, 50, 60] * 2, "churned": [1, 1, 0, 0, 0, 0] + [0] * 6}
    )
    learn = np.arange(12) >= 6
    schema = ModelSchema(
        (
            ModelColumn("months", "float64"),
            ModelColumn(
                "baseline_hazard",
                "float64",
                fitted=fit_features(rows, ~learn, TENURE, Sample(7), TRAIN)["baseline_hazard"],
            ),
        )
    )
    matrix = encode(rows, schema)
    assert matrix[0, 1] == pytest.approx(2 / 3)
    refit(matrix, rows, learn, schema, Sample(7), TRAIN)
    assert (matrix[:, 1] == 0).all()


def test_no_row_that_is_learnt_from_sees_its_own_outcome():
    """One subscriber alone left, at a tenure of their own: what the others teach of it is that nobody leaves."""
    params = sections(train={"hazard_bands": 2, "hazard_prior_rows": 1})["train"]
    assert isinstance(params, TrainParams)
    rows = pd.DataFrame({"subscriber_id": [f"s{k}" for k in range(40)], "months": 1.0, "churned": 0})
    rows.loc[7, ["months", "churned"]] = [50.0, 1]
    everybody = np.ones(40, dtype=bool)
    fitted_column = fit_features(rows, everybody, TENURE, Sample(7), params)["baseline_hazard"]
    schema = ModelSchema((ModelColumn("baseline_hazard", "float64", fitted=fitted_column),))
    matrix = np.full((40, 1), 9.0, dtype=np.float32)
    refit(matrix, rows, everybody, schema, Sample(7), params)
    assert matrix[7, 0] == 0
    assert matrix.max() <= 1
