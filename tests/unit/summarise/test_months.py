"""How many left, how, and what they were worth."""

from __future__ import annotations

import pytest

from savedesk.schemas import cohort, scores, values
from savedesk.stages.summarise.months import months

COHORT = """
subscriber_id | as_of      | churned | churn_type
a             | 2025-01-01 | true    | cancelled
b             | 2025-01-01 | false   |
c             | 2025-01-01 | true    | arrears
d             | 2025-01-01 |         |
a             | 2025-02-01 |         |
c             | 2025-02-01 |         |
a             | 2025-03-01 |         |
"""
SCORES = """
subscriber_id | as_of      | churn_probability
a             | 2025-01-01 | 0.5
b             | 2025-01-01 | 0.1
c             | 2025-01-01 | 0.3
d             | 2025-01-01 | 0.1
a             | 2025-03-01 | 0.2
"""
VALUES = """
subscriber_id | as_of      | remaining_value | value_at_risk
a             | 2025-01-01 | 100             | 50
b             | 2025-01-01 | 200             | 20
c             | 2025-01-01 | 300             | 90
d             | 2025-01-01 | 0               | 0
a             | 2025-03-01 | 100             | 20
"""


@pytest.fixture
def by_month(given, people):
    frame = months(given(cohort.TABLE, COHORT), given(scores.TABLE, SCORES), given(values.TABLE, VALUES), people, 0.9)
    return {(row.region, str(row.as_of)[:10]): row for row in frame.itertuples()}


def test_a_month_without_labels_or_scores_is_not_told(by_month):
    assert {day for _, day in by_month} == {"2025-01-01", "2025-03-01"}


def test_the_country_holds_everybody_and_a_region_its_own(by_month):
    assert [by_month[region, "2025-01-01"].subscribers for region in ("all", "north", "south")] == [4, 2, 1]


def test_churn_is_counted_among_those_whose_outcome_is_known(by_month):
    country = by_month["all", "2025-01-01"]
    assert (country.labelled, country.churners, country.cancelled, country.arrears, country.dormant) == (3, 2, 1, 1, 0)
    assert country.churn_rate == pytest.approx(2 / 3)
    assert country.churn_rate_low < 2 / 3 < country.churn_rate_high


def test_money_is_that_of_the_scored_and_of_those_who_left(by_month):
    country = by_month["all", "2025-01-01"]
    assert country.predicted_rate == pytest.approx(0.25)
    assert (country.value_at_risk, country.value_lost) == (160, 400)


def test_what_is_not_known_yet_is_absent(by_month):
    newest = by_month["all", "2025-03-01"]
    assert newest.labelled == 0
    assert newest.value_at_risk == 20
    assert str(newest.churners) == "<NA>"
    assert newest.churn_rate != newest.churn_rate
    assert newest.value_lost != newest.value_lost
