"""A month of usage that the source has lost says of nobody that they were silent, or that they changed."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.tables import feature_values

from savedesk.schemas import subscribers, usage
from savedesk.schemas.usage import MEASURES
from savedesk.stages.features.declaration import features_of
from savedesk.stages.features.stage import FAMILIES

AS_OF = dt.date(2025, 7, 1)
MONTHS = tuple(dt.date(2024 + month // 12, month % 12 + 1, 1) for month in range(5, 18))  # 2024-06 to 2025-06
PEOPLE = ("a", "b", "c", "d")
COUNTS = ("months_of_use", "roaming_months_12m")  # of months that are known
OF_USAGE = [feature.name for family in FAMILIES.values() for feature in features_of(family) if feature.basis == "usage"]


def operator(*, lost: frozenset[dt.date] = frozenset(), arrived: tuple[str, ...] = ()):
    """Four subscribers who use the same each month; of the lost months only the rows of ``arrived`` are there."""
    used = {measure.name: 20.0 for measure in MEASURES}
    rows = [
        {"subscriber_id": who, "month": month} | used
        for who in PEOPLE
        for month in MONTHS
        if month not in lost or who in arrived
    ]
    people = [{"subscriber_id": who, "activated_on": dt.date(2020, 1, 1)} for who in PEOPLE]
    return {subscribers.TABLE: people, usage.TABLE: rows}


@pytest.fixture(scope="module")
def whole():
    return feature_values(operator(), str(AS_OF), OF_USAGE)


@pytest.mark.parametrize(
    "lost", [frozenset({month}) for month in (MONTHS[1], MONTHS[8], MONTHS[-2])] + [frozenset(MONTHS[6:8])]
)
@pytest.mark.parametrize("arrived", [(), ("a",)])
def test_a_lost_month_changes_nothing_of_steady_use_but_the_counts_of_months(lost, arrived, whole):
    values = feature_values(operator(lost=lost, arrived=arrived), str(AS_OF), OF_USAGE)
    for who in PEOPLE:
        known = 12.0 if who in arrived else 12.0 - len(lost)
        assert values[who] == whole[who] | dict.fromkeys(COUNTS, known)


def test_one_silent_subscriber_of_a_month_that_arrived_is_silent():
    facts = operator()
    facts[usage.TABLE] = [row for row in facts[usage.TABLE] if (row["subscriber_id"], row["month"]) != ("a", MONTHS[8])]
    values = feature_values(facts, str(AS_OF), ["zero_voice_months_6m"])
    assert [values[who]["zero_voice_months_6m"] for who in PEOPLE] == [1, 0, 0, 0]
