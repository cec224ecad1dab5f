"""The dictionary: churn by decile by hand, and a page in docs/ that says what the declarations say."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.tables import REPO

from savedesk.model.fitted import BandRates
from savedesk.model.sample import Sample
from savedesk.stages.features.declaration import declared_in
from savedesk.stages.features.sentences import sentences
from savedesk.stages.features.stage import FAMILIES
from savedesk.stages.train.dictionary_page import dictionary_page
from savedesk.stages.train.statistics import feature_statistics

DICTIONARY = pd.DataFrame(
    {
        "name": ["drop", "plan", "hazard"],
        "family": ["usage", "tenure", "tenure"],
        "dtype": ["float64", "string", "float64"],
        "unit": ["share", None, "share"],
        "window": ["1 month", "now", "training rows"],
        "meaning": ["How use fell.", "The plan.", "Rate at this tenure."],
        "empty": [None, None, None],
        "direction": [1, 0, 1],
        "reason": ["usage_drop", None, None],
        "fitted_from": [None, None, "drop"],
        "sentence_en": ["fell by {value}", None, None],
        "sentence_zh": ["下降 {value}", None, None],
    }
)
ROWS = pd.DataFrame(
    {
        "drop": [*range(18), None, None],
        "plan": ["a"] * 12 + ["b"] * 6 + [None] * 2,
        "churned": [False] * 14 + [True] * 6,
    }
)
FITTED = {"hazard": BandRates("drop", (8.0,), (0.1, 0.7))}


def statistics(sample=Sample(7)):  # noqa: B008 - frozen
    table = feature_statistics(ROWS, DICTIONARY, FITTED, sample)
    return {name: part.set_index("band") for name, part in table.groupby("name")}


def test_missing_values_are_a_band_of_their_own():
    drop = statistics()["drop"]
    assert drop.loc[0, "share"] == 0.1
    assert drop.loc[0, "churn_rate"] == 1
    assert drop["share"].sum() == pytest.approx(1)


def test_the_lowest_decile_comes_first():
    drop = statistics()["drop"]
    assert drop.loc[1, "churn_rate"] == 0
    assert drop.loc[drop.index.max(), "churn_rate"] == 1


def test_texts_are_counted_by_name():
    plan = statistics()["plan"]
    assert plan["up_to"].tolist()[1:] == ["a", "b"]
    assert plan["churn_rate"].tolist() == [1, 0, pytest.approx(4 / 6)]


def test_rates_of_a_sample_are_those_of_all():
    """Every drawn stayer stands for two."""
    plan = statistics(Sample(7, churners=1.0, stayers=0.5))["plan"]
    assert plan.loc[2, "churn_rate"] == pytest.approx(4 / (4 + 2 * 2))


def test_the_page_has_a_line_for_each_feature():
    table = feature_statistics(ROWS, DICTIONARY, FITTED, Sample(7))
    page = dictionary_page(DICTIONARY, table, "mine", "2025-04-01")
    assert "| `drop` | How use fell.<br>*share; window 1 month; missing without facts; risk rises with it*" in page
    assert "usage_drop: fell by {value} / 下降 {value} | 10.0% |" in page
    assert "b 66.7%" in page
    assert "fitted from `drop`" in page


def test_the_page_in_the_docs_says_what_is_declared():
    """Rewrite it after a run of the simulated operator: cp data/train/feature_dictionary.md docs/."""
    page = (REPO / "docs" / "feature_dictionary.md").read_text(encoding="utf-8")
    for family, module in FAMILIES.items():
        assert f"## {family}\n" in page
        for feature in declared_in(module):
            line = next((line for line in page.splitlines() if line.startswith(f"| `{feature.name}` |")), "")
            assert feature.meaning in line, feature.name
            assert f"window {feature.window}" in line, feature.name
            assert all((sentence or "") in line for sentence in sentences(feature).values()), feature.name
