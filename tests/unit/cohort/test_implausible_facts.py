"""Churn types that are switched off, and churn that no operator has."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.tables import project, read, run, sections

from savedesk.errors import ParamsError
from savedesk.model.compatibility import windows_of
from savedesk.schemas import cohort, status_changes, subscribers, usage
from savedesk.stages.cohort.plausible import churn_doubts

MONTHS = [dt.date(2024 + k // 12, k % 12 + 1, 1) for k in range(24)]
CHANGES = """
subscriber_id | changed_on | status
cancels       | 2025-09-10 | cancelled
suspended     | 2025-08-20 | suspended_arrears
"""
PEOPLE = ("cancels", "suspended", "silent", "stays")


def cohort_of(root, *, changes=CHANGES, people=PEOPLE, silent=("silent",), activated=dt.date(2020, 1, 1), **params):
    """The silent use nothing after June 2025: dormant on 30 August, 60 days after the first of July."""
    rows = [
        {"subscriber_id": who, "month": month, "voice_min": 10.0}
        for who in people
        for month in MONTHS
        if who not in silent or month <= dt.date(2025, 6, 1)
    ]
    given = {
        subscribers.TABLE: [{"subscriber_id": who, "activated_on": activated} for who in people],
        status_changes.TABLE: changes,
        usage.TABLE: rows,
    }
    done = run(project(root, given), "cohort", cohort=params)
    return {(row["subscriber_id"], str(row["as_of"])): row for row in read(root, cohort.TABLE)}, done


def labels(rows, as_of="2025-08-01"):
    return {who: rows[who, as_of]["churn_type"] for who in PEOPLE if (who, as_of) in rows}


def test_a_type_that_is_switched_off_is_no_churn(tmp_path):
    every = {"cancels": "cancelled", "suspended": "arrears", "silent": "dormant", "stays": None}
    cohort_rows, _ = cohort_of(tmp_path / "all")
    assert labels(cohort_rows) == every
    cohort_rows, _ = cohort_of(tmp_path / "no_dormancy", churn_types=["cancelled", "arrears"])
    assert labels(cohort_rows) == every | {"silent": None}
    assert cohort_rows["silent", "2025-08-01"]["churned"] is False
    cohort_rows, _ = cohort_of(tmp_path / "no_arrears", churn_types=["cancelled", "dormant"])
    assert labels(cohort_rows) == every | {"suspended": None}
    cohort_rows, _ = cohort_of(tmp_path / "one", churn_types=["cancelled"])
    assert labels(cohort_rows) == {"cancels": "cancelled", "suspended": None, "silent": None, "stays": None}


def test_who_is_silent_is_scored_where_silence_is_no_churn(tmp_path):
    cohort_rows, _ = cohort_of(tmp_path / "all")
    assert ("silent", "2026-01-01") not in cohort_rows
    cohort_rows, _ = cohort_of(tmp_path / "off", churn_types=["cancelled", "arrears"])
    assert cohort_rows["silent", "2026-01-01"]["role"] == "score"


@pytest.mark.parametrize("given", [[], ["dormant"], ["cancelled", "cancelled"], ["cancelled", "moved"]])
def test_types_that_cannot_be_are_refused(given):
    with pytest.raises(ParamsError, match="churn_types"):
        sections(cohort={"churn_types": given})


def test_a_model_knows_which_types_it_learned_from():
    assert "churn_types" not in windows_of(sections()["cohort"])
    assert windows_of(sections(cohort={"churn_types": ["cancelled"]})["cohort"])["churn_types"] == ["cancelled"]


def test_sparse_use_that_passes_for_dormancy_is_said_at_once(tmp_path):
    """A line that is used each fourth month is silent for three whole months, and back: no exit at all."""
    people = [f"s{number}" for number in range(12)]
    rows = [
        {"subscriber_id": who, "month": month, "voice_min": 10.0}
        for number, who in enumerate(people)
        for place, month in enumerate(MONTHS)
        if (place - number) % 4 == 0
    ]
    given = {
        subscribers.TABLE: [{"subscriber_id": who, "activated_on": dt.date(2020, 1, 1)} for who in people],
        status_changes.TABLE: "subscriber_id | changed_on | status\n",
        usage.TABLE: rows,
    }
    rate, kind = run(project(tmp_path / "on", given), "cohort").warnings
    assert "churn within 60 days" in rate
    assert "cohort.doubtful_monthly_churn" in rate
    assert "100.0% of all churners are dormant" in kind
    assert "raise cohort.dormant_days (now 60), or leave dormant out of cohort.churn_types" in kind
    done = run(project(tmp_path / "off", given), "cohort", cohort={"churn_types": ["cancelled", "arrears"]})
    assert list(done.warnings) == []
    assert done.metrics["score_rows"] == len(people)
    assert run(project(tmp_path / "longer", given), "cohort", cohort={"dormant_days": 120}).warnings == ()


P = sections()["cohort"]  # 60 days of outcome window


@pytest.mark.parametrize(
    ("churners", "labelled", "said"),
    [
        ({"cancelled": 20, "dormant": 5}, 1000, []),  # 2.5 % in 60 days, 1.3 % a month
        ({"dormant": 277}, 1000, []),  # nobody cancels a prepaid line; 1 - 0.723 ** 0.5 = 15.0 % a month
        ({"dormant": 278}, 1000, ["churn within", "100.0% of all churners are dormant"]),
        ({"cancelled": 730}, 1000, ["73.0% of the labelled rows churn within 60 days, 48.0% a month"]),
        ({"cancelled": 1, "dormant": 49}, 1000, ["98.0% of all churners are dormant"]),
        ({"cancelled": 5, "arrears": 95}, 1000, ["95.0% of all churners are arrears"]),
        ({"cancelled": 0}, 1000, []),
        ({}, 0, []),
    ],
)
def test_what_no_operator_has(churners, labelled, said):
    doubts = churn_doubts(churners, labelled, P)
    assert [part in line for part, line in zip(said, doubts, strict=True)] == [True] * len(said)


def test_use_before_the_activation_is_counted_and_said(tmp_path):
    """Activated in May 2025: 16 of 24 months of four people lie before it, less those that the silent one lacks."""
    _, done = cohort_of(tmp_path, activated=dt.date(2025, 5, 20))
    assert done.metrics["usage_rows_before_activation"] == 64
    assert any("64 of 90 rows of usage (71.1%) are of months before" in line for line in done.warnings)
