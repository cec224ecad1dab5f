"""The training sample: drawn by a hash, and its prior corrected by Bayes' rule."""

from __future__ import annotations

import math

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from savedesk.model.sample import Sample


def test_few_rows_are_all_taken():
    assert Sample.at_most(1000, churners=50, stayers=900, seed=7).is_whole


def test_churners_are_kept_before_stayers_are_dropped():
    sample = Sample.at_most(1000, churners=200, stayers=8000, seed=7)
    assert (sample.churners, sample.stayers) == (1.0, 0.1)


def test_churners_never_fill_more_than_half():
    sample = Sample.at_most(1000, churners=5000, stayers=8000, seed=7)
    assert (sample.churners, sample.stayers) == (0.1, 500 / 8000)


@given(p=st.floats(1e-6, 1 - 1e-6), churners=st.floats(0.01, 1), stayers=st.floats(0.01, 1))
def test_the_correction_is_bayes_rule(p, churners, stayers):
    """Of n rows np leave; the sample holds churners x np of them and stayers x n(1 - p) who stay."""
    in_sample = churners * p / (churners * p + stayers * (1 - p))
    sample = Sample(7, churners, stayers)
    if not sample.is_whole and 1e-12 < in_sample < 1 - 1e-12:
        assert sample.corrected(np.array([in_sample]))[0] == pytest.approx(p, rel=1e-6)


def test_the_shift_is_the_logarithm_of_the_shares():
    assert Sample(7, 1.0, 0.1).shift == pytest.approx(math.log(0.1))


def test_the_draw_takes_its_share_and_does_not_depend_on_the_others():
    people = pd.DataFrame({"subscriber_id": [f"s{k}" for k in range(20_000)], "as_of": pd.Timestamp("2025-07-01")})
    people["churned"] = np.arange(len(people)) % 10 == 0
    people["as_of"] = people["as_of"].dt.date
    sample = Sample(7, 1.0, 0.25)

    def drawn(rows):
        table = ibis.memtable(rows)
        return set(table.filter(sample.drawn(table)).to_pandas()["subscriber_id"])

    every = drawn(people)
    assert set(people.loc[people["churned"], "subscriber_id"]) <= every
    assert len(every) - 2000 == pytest.approx(0.25 * 18_000, rel=0.05)
    half = people.iloc[::2]
    assert drawn(half) == every & set(half["subscriber_id"])
