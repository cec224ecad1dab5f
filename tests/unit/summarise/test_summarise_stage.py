"""The stage: every table is there, and one without rows says why."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.tables import project, read, run, save, table

from savedesk.schemas import cohort, features, scores, subscribers, summaries, values
from savedesk.stages.summarise.stage import READS

DAY = dt.date(2025, 3, 1)
KEY = {"subscriber_id": "a", "as_of": DAY}
BARE = {
    cohort.TABLE: [KEY | {"role": "score"}],
    features.TABLE: [KEY],
    scores.TABLE: [KEY | {"role": "score", "churn_probability": 0.1, "churn_type": "cancelled"}],
    values.TABLE: [KEY | {"tier": "key", "value_at_risk": 5.0}],
}


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """A source of which nothing is known but one subscriber, without a region."""
    root = project(tmp_path_factory.mktemp("bare"), {subscribers.TABLE: [{"subscriber_id": "a"}]})
    for contract in READS:
        if contract.stage != "ingest":
            save(root, contract, table(contract, BARE.get(contract, [])))
    return root, run(root, "summarise")


def test_a_source_that_lacks_everything_gives_empty_tables_and_a_reason_for_each(bare):
    root, summary = bare
    contents = {row["table"]: row for row in read(root, summaries.CONTENTS)}
    assert set(contents) == {contract.name for contract in summaries.TABLES}
    lacks = {name: row["lacks"] for name, row in contents.items() if row["rows"] == 0}
    assert lacks.keys() == contents.keys() - {"contents", "months"}
    assert all(lacks.values())
    assert (
        lacks.items()
        >= {
            "list_groups": "no_list",
            "capacity": "no_limits",
            "reason_shares": "no_reasons",
            "drivers": "no_labels",
            "satisfaction": "no_surveys",
            "loyalty": "no_features",
            "loyalty_counts": "no_features",
            "campaigns": "no_contacts",
            "cards": "no_list",
            "card_months": "no_list",
        }.items()
    )
    assert all(row["lacks"] is None for row in contents.values() if row["rows"])
    assert summary.metrics["rows_cards"] == 0


def test_without_regions_there_is_the_country_alone(bare):
    root, _ = bare
    assert {row["region"] for row in read(root, summaries.MONTHLY)} == {"all"}
    assert [row["value_at_risk"] for row in read(root, summaries.MONTHLY)] == [5.0]
