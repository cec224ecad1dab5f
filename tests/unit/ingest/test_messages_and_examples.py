"""What messages propose and the docs show does what it says."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.reported import report

from savedesk.errors import DataContractError


def test_a_sum_of_which_a_part_is_unknown_is_unknown(desk) -> None:
    desk.raw("cdr.csv", "id,month,min\na,2025-01-01,1\na,2025-01-01,\nb,2025-01-01,2\nb,2025-01-01,3\n")
    added_up = "CASE WHEN count(nullif(min, '')) = count(*) THEN sum(nullif(min, '')::DOUBLE) END AS voice_min"
    desk.sql("usage", f"SELECT id AS subscriber_id, month, {added_up} FROM cdr GROUP BY id, month")  # noqa: S608
    assert {row["subscriber_id"]: row["voice_min"] for row in desk.run().tables["usage"]} == {"a": None, "b": 5.0}


def test_the_month_of_a_bill_comes_from_its_day(desk) -> None:
    desk.raw("days.csv", "id;day\na;31.01.2026\nb;28.02.2025\nc;soon\n", delimiter=";")
    month = "iso_date('01' || substr(day, 3), '%d.%m.%Y') AS month"
    desk.sql("usage", f"SELECT id AS subscriber_id, {month}, 1 AS calls FROM days")  # noqa: S608
    outcome = desk.run()
    assert {row["subscriber_id"]: row["month"] for row in outcome.tables["usage"]} == {
        "a": dt.date(2026, 1, 1),
        "b": dt.date(2025, 2, 1),
    }
    assert outcome.rules("usage") == ["type:month"]


def test_words_for_nothing_in_arithmetic_are_declared(desk) -> None:
    declared = {"null_values": ["-", "unknown", "NULL"]}
    desk.raw("cdr.csv", "id,month,sec\na,2025-01-01,-\nb,2025-01-01,120\nc,2025-01-01,NULL\n", **declared)
    desk.sql("usage", "SELECT id AS subscriber_id, month, sec::DOUBLE / 60 AS voice_min FROM cdr")
    rows = {row["subscriber_id"]: row["voice_min"] for row in desk.run().tables["usage"]}
    assert rows == {"a": None, "b": 2.0, "c": None}


@pytest.mark.parametrize("sql", ["SELECT * FROM usage_raw", "SELECT subscriber_id, month FROM usage_raw"])
def test_a_whole_line_read_as_one_column_names_the_delimiter(desk, sql: str) -> None:
    desk.raw("usage_raw.csv", "subscriber_id;month\na;2025-01-01\n")
    desk.sql("usage", sql)
    with pytest.raises(DataContractError, match='set delimiter: ";" for'):
        desk.run()


def test_contacts_of_outcomes_that_all_wait_are_no_empty_contacts_sql(desk) -> None:
    report(desk.root, "2026-01-01", "subscriber_id|contacted_on|outcome\na|2026-02-03|declined")
    assert not [line for line in desk.run().warnings if "contacts" in line]
