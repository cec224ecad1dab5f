"""Population stability index by loop, against the bands that training saw, and from as_of to as_of."""

import math

import numpy as np
import pandas as pd
import pytest

from savedesk.stages.evaluate.drift import Drift, places, stability_index
from savedesk.stages.evaluate.stage import run


def bands(name="fee", ends=("10", "20", "30"), shares=(0.1, 0.3, 0.3, 0.3)):
    return pd.DataFrame({"name": name, "band": range(len(shares)), "up_to": [None, *ends], "share": shares})


def test_the_index_by_loop():
    before, now, index = [50, 30, 20, 0], [20, 30, 40, 10], 0.0
    p = [count / 100.5 for count in (50, 30, 20, 0.5)]  # an empty bin counts as half a row
    q = [count / 100 for count in now]
    for old, new in zip(p, q, strict=True):
        index += (new - old) * math.log(new / old)
    assert stability_index(np.array(before, float), np.array(now, float)) == pytest.approx(index)


def test_values_fall_into_the_bands_of_training():
    values = pd.Series([5.0, 10.0, 10.1, 30.0, 99.0, np.nan])  # above the highest end: the highest band
    assert places(values, bands()).tolist() == [1, 1, 2, 3, 3, 0]


def test_an_end_that_was_rounded_still_holds_its_values():
    assert places(
        pd.Series([1234567.0, 1234600.0]), bands(ends=("1.23457e+06", "2e+06"), shares=(0, 0.5, 0.5))
    ).tolist() == [1, 2]


def test_names_that_training_did_not_know_are_as_missing_ones():
    named = bands("plan", ("basic", "plus"), (0.0, 0.6, 0.4))
    assert places(pd.Series(["plus", "basic", "new", None], dtype=object), named).tolist() == [2, 1, 0, 0]


def test_a_feature_without_a_value_is_missing_everywhere():
    assert places(pd.Series([None, None], dtype=object), bands()).tolist() == [0, 0]


def test_what_looks_as_before_has_not_drifted_and_what_moved_has():
    generator = np.random.default_rng(1)
    drift = Drift(pd.concat([bands("same"), bands("moved")]))
    for day, shift in (("2025-01-01", 0.0), ("2025-02-01", 0.3)):
        same = generator.choice([5.0, 15.0, 25.0, np.nan], 5000, p=[0.3, 0.3, 0.3, 0.1])
        score = (generator.random(5000) * 0.5 + shift).clip(0, 1)
        drift.look(day, pd.DataFrame({"churn_probability": score, "same": same, "moved": np.full(5000, 25.0)}))
    table = drift.table().set_index(["name", "as_of"])
    assert table.loc[("same", "2025-02-01"), "psi"] < 0.01
    assert table.loc[("moved", "2025-02-01"), "psi"] > 0.5
    assert table.loc[("churn_probability", "2025-02-01"), "psi"] > 0.5
    assert table.loc[("churn_probability", "2025-02-01"), "against"] == "2025-01-01"
    assert ("churn_probability", "2025-01-01") not in table.index


def test_the_stage_names_what_has_shifted(stage_inputs, simulate):
    rows = simulate(400).assign(months_since_activation=100.0)  # training saw as many below 12 as between 12 and 60
    outputs = run(stage_inputs(rows))
    assert outputs["metrics"]["features_shifted"] == 1
    assert outputs["metrics"]["features_shifted_most"].startswith("months_since_activation ")
    assert outputs["metrics"]["score_psi"] < 0.1


def test_a_sample_of_an_as_of_is_enough(stage_inputs, simulate):
    outputs = run(stage_inputs(simulate(600), drift_rows=100))
    rows = outputs["drift"]["rows"]
    assert rows.between(60, 150).all()
