"""A gain that no operator has is said by the stage that sees it."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.tables import sections

from savedesk.stages.prioritise.plausible import gain_doubts

P = sections()


def doubts(probability, gain, margin=20.0, contacts=10, scored=100, at_risk=50.0):
    decided = pd.DataFrame(
        {
            "decision": ["contact"] * contacts + ["not_listed"] * (scored - contacts),
            "churn_probability": probability,
            "margin": margin,
            "value_at_risk": at_risk,
            "expected_gain": gain,
        }
    )
    return gain_doubts(decided, P["cohort"], P["value"])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"probability": 0.045, "gain": 5.0}, []),  # 50 of 2,000 a month and of 500 at risk
        ({"probability": 0.73, "gain": 5.0}, ["mean churn probability of 73.0% within 60 days, 48.0% a month"]),
        ({"probability": 0.045, "gain": 16.0}, ["32% of the value at risk of those listed"]),
        (
            {"probability": 0.045, "gain": 102.0, "at_risk": 1000.0},
            ["51% of what all 100 scored subscribers bring in a month (2,000)"],
        ),
        ({"probability": 0.045, "gain": 5.0, "margin": -1.0}, []),
        ({"probability": 0.045, "gain": 5.0, "contacts": 0}, []),
    ],
)
def test_an_implausible_gain_is_said(given, said):
    warnings = doubts(**given)
    assert [part in line for part, line in zip(said, warnings, strict=True)] == [True] * len(said)
