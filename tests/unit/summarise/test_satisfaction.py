"""The importance-performance matrix."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from tests.project import make_project, run_stages
from tests.tables import sections

from savedesk.engine.duckdb import open_duckdb
from savedesk.schemas import cohort, features, subscribers, surveys
from savedesk.stages.summarise.satisfaction import quadrants, satisfaction

NEWEST = dt.date(2025, 7, 1)
PLANTED = {"A": "network", "B": "billing", "C": "store"}
LABELLED = "subscriber_id | as_of | churned\na | 2025-01-01 | true"


@pytest.fixture
def satisfaction_of(given, people, p):
    def make(text):
        tables = (given(surveys.TABLE, text), given(cohort.TABLE, LABELLED), given(features.TABLE, []))
        return satisfaction(*tables, people, NEWEST, p)

    return make


def cell(frame, process="network", end=NEWEST, region="all", segment="all"):
    return frame.set_index(["region", "segment", "process", "period_end"]).loc[(region, segment, process, end)]


SURVEYS = """
subscriber_id | surveyed_on | known_on   | process | score
a             | 2025-06-30  | 2025-06-30 | network | 4
b             | 2025-01-01  | 2025-01-01 | network | 6
c             | 2025-03-01  | 2025-03-05 | network | 8
a             | 2024-12-31  | 2024-12-31 | network | 9
d             | 2025-06-30  | 2025-07-01 | network | 1
a             | 2025-06-30  | 2025-06-30 | overall | 1
"""


def test_performance_is_the_mean_score_of_a_period_and_lead_its_change(satisfaction_of):
    frame = satisfaction_of(SURVEYS)
    newest, before = cell(frame), cell(frame, end=dt.date(2025, 1, 1))
    assert (newest["answers"], newest["performance"], newest["lead"]) == (3, 6.0, -3.0)
    assert (before["answers"], before["performance"]) == (1, 9.0)
    assert np.isnan(before["lead"])
    assert newest["performance_low"] < 6 < newest["performance_high"]


def test_overall_is_no_process_and_an_answer_not_yet_known_does_not_count(satisfaction_of):
    frame = satisfaction_of(SURVEYS)
    assert set(frame["process"]) == {"network"}
    assert set(frame["region"]) == {"all", "north", "south"}


def test_regions_and_segments_tell_their_own(satisfaction_of):
    frame = satisfaction_of(SURVEYS)
    assert cell(frame, region="north")["performance"] == 5
    assert cell(frame, segment="business")["performance"] == 6
    assert cell(frame, region="north", segment="consumer")["performance"] == 4


def test_few_answers_have_a_wider_interval_than_many(satisfaction_of):
    frame = satisfaction_of(SURVEYS)
    width = lambda row: row["performance_high"] - row["performance_low"]  # noqa: E731
    assert width(cell(frame, region="north")) > width(cell(frame)) > 0


def test_where_importance_cannot_be_told_there_is_no_quadrant(satisfaction_of):
    assert satisfaction_of(SURVEYS)["quadrant"].isna().all()


def test_the_means_cut_the_plane_into_quadrants():
    rows = pd.DataFrame({"performance": [8.0, 4.0, 8.0, 4.0, 4.0], "importance": [0.3, 0.3, 0.1, 0.1, np.nan]})
    codes = quadrants(rows.assign(performance_line=6.0, importance_line=0.2))
    assert codes.tolist()[:4] == ["keep_up", "fix_now", "relative_advantage", "potential_loss"]
    assert pd.isna(codes.iloc[4])


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """The newest period of an operator with many answers, where three regions have a planted weak process."""
    weak = [{"region": name, "process": process, "points": 3.0, "importance": 4.0} for name, process in PLANTED.items()]
    home = make_project(
        tmp_path_factory.mktemp("planted") / "p",
        "simulated",
        simulator={
            "subscribers": 3000,
            "months": 18,
            "burn_in_months": 12,
            "population": {"regions": list("ABCDEF"), "region_spread": 0.01},
            "surveys": {"answer_rate": 0.3, "person_sd": 0.5, "weak_processes": weak},
            "hazard": {"satisfaction_effect": 1.5},
        },
    )
    run_stages(home, ("ingest", "cohort"))
    with open_duckdb(sections()["engine"]) as engine:
        cohort_rows, asked, master = (
            engine.read(contract, home / contract.path) for contract in (cohort.TABLE, surveys.TABLE, subscribers.TABLE)
        )
        newest = cohort_rows.as_of.max().as_scalar().to_pyarrow().as_py()
        bare = cohort_rows.select("subscriber_id", "as_of")
        frame = satisfaction(asked, cohort_rows, bare, master, newest, sections()["summarise"])
    return frame[(frame["segment"] == "all") & (frame["period_end"] == newest)]


@pytest.mark.parametrize("region", PLANTED)
def test_the_quadrant_finds_the_planted_weak_process(planted, region):
    own = planted[planted["region"] == region].set_index("process")
    assert own["performance"].idxmin() == PLANTED[region]
    assert own.loc[PLANTED[region], "quadrant"] == "fix_now"


def test_no_region_is_told_to_mend_what_it_does_well(planted):
    mended = planted[planted["quadrant"] == "fix_now"]
    assert (mended["performance"] < mended["performance_line"]).all()
    assert (mended["importance"] >= mended["importance_line"]).all()
