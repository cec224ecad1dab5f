"""Outcome sheets in shapes of public reports: by the rules of raw files, and never without a word.

Where: hhurz/tableExport.jquery.plugin#103 and #296 (guarded ids), tidyverse/readxl#51 (_x000D_), apache/druid#3381
(texts as bytes), whitfin/s3-concat#3 (the header again), gammu/gammu#124 and #363 (moments of Greenwich).
"""

from __future__ import annotations

import datetime as dt
import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.unit.desk.test_outcome_files import NAMES, book, row
from tests.unit.desk.test_outcomes import HEAD, TODAY, rules

from savedesk.operations.outcomes.command import import_outcomes


def imported(ten, text):
    path = ten.root / "x.csv"
    path.write_text(f"{HEAD}\n{text}", encoding="utf-8")
    return import_outcomes(ten.root, path, TODAY)


@pytest.mark.parametrize("written", ['"=""a"""', '="a"', "a\u200b", "\u200ea", "a\x00"])
def test_an_id_without_the_signs_around_it(ten, written):
    (outcome,) = imported(ten, f"{written},2025-07-03,,,asked_not_to_call,\n").validated.accepted
    assert (outcome.subscriber_id, outcome.outcome) == ("a", "asked_not_to_call")


def test_a_line_end_in_a_cell_is_no_part_of_an_id(ten):
    path = book(ten.root / "x.xlsx", ("S", [NAMES, row("a_x000D_", dt.datetime(2025, 7, 3))]))  # noqa: DTZ001
    assert [outcome.subscriber_id for outcome in import_outcomes(ten.root, path, TODAY).validated.accepted] == ["a"]


def test_texts_that_parquet_holds_as_bytes_are_texts(ten):
    columns = {"subscriber_id": [b"a"], "contacted_on": [dt.date(2025, 7, 3)], "outcome": [b"asked_not_to_call"]}
    content = io.BytesIO()
    pq.write_table(pa.table(columns), content)
    (ten.root / "x.parquet").write_bytes(content.getvalue())
    result = import_outcomes(ten.root, ten.root / "x.parquet", TODAY)
    assert [(outcome.subscriber_id, outcome.outcome) for outcome in result.validated.accepted] == [
        ("a", "asked_not_to_call")
    ]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (HEAD, "unknown_id"),
        ("Total,2025-07-03,,,declined,", "unknown_id"),
        ("b,20272,,,declined,", "date"),  # days since 1970
        ("b,1751536800,,,declined,", "date"),
        ("b,2025-07-03T22:30:00Z,,,declined,", "date"),
    ],
)
def test_what_is_no_outcome_is_named_with_its_row(ten, line, rule):
    result = imported(ten, f"a,2025-07-03,,,declined,\n{line}\n")
    assert ([outcome.subscriber_id for outcome in result.validated.accepted], rules(result)) == (["a"], {3: rule})
