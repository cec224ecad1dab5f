"""Words and days that stand for no value are absent, counted and told; what may be a name stays."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.desk import Desk

WORDS = ["\\N", "NULL", "(null)", "#N/A", "N/A", "nan", "(blank)", "<NA>"]


def people_of(desk: Desk, kind: str, columns: dict[str, list[Any]], **declared: Any) -> None:
    """Give the same table in one of the formats."""
    del desk.source["files"]["people"]
    rows = [list(row) for row in zip(*columns.values(), strict=True)]
    content = io.BytesIO()
    if kind == "csv":
        lines = [list(columns), *[["" if cell is None else str(cell) for cell in row] for row in rows]]
        content.write("\n".join(",".join(line) for line in lines).encode() + b"\n")
    elif kind == "xlsx":
        book = openpyxl.Workbook()
        for row in [list(columns), *rows]:
            book.worksheets[0].append(row)
        book.save(content)
    else:
        pq.write_table(pa.table(columns), content)
    desk.raw(f"people.{kind}", content.getvalue(), **declared)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_words_for_no_value_are_absent_in_every_format(desk: Desk, kind: str) -> None:
    ids = [f"s{number}" for number in range(len(WORDS) + 1)]
    people_of(desk, kind, {"id": ids, "payer": [*WORDS, "p"], "fee": [*WORDS, "7"]})
    desk.sql(
        "subscribers",
        "SELECT id AS subscriber_id, payer AS account_id, coalesce(fee, '1980') AS birth_year FROM people",
    )
    outcome = desk.run()
    rows = {row["subscriber_id"]: row for row in outcome.tables["subscribers"]}
    assert {name: row["account_id"] for name, row in rows.items()} == {
        **{name: name for name in ids[:-1]},
        ids[-1]: "p",
    }
    assert [rows[name]["birth_year"] for name in ids[:-1]] == [1980] * len(WORDS)
    (line,) = [line for line in outcome.warnings if "taken for no value" in line]
    assert f"relation people (people.{kind})" in line
    assert "payer: 1 x '#N/A'" in line


def test_null_values_of_a_file_are_its_own(desk: Desk) -> None:
    desk.raw("people.csv", "id,place\nNULL,x\nb,none here\n", null_values=["none here"])
    desk.sql("subscribers", "SELECT id AS subscriber_id, place AS region FROM people")
    assert {row["subscriber_id"]: row["region"] for row in desk.run().tables["subscribers"]} == {"NULL": "x", "b": None}


def test_soft_words_depend_on_the_column(desk: Desk) -> None:
    desk.raw(
        "people.csv",
        "id,payer,place,born\na,NA,NA,NA\nb,unknown,unknown,-\nc,-,-,?\nd,0,0,1980\ne,x,None,1980\nnone,x,x,1\n",
    )
    desk.sql(
        "subscribers",
        "SELECT id AS subscriber_id, payer AS account_id, place AS region, born AS birth_year FROM people",
    )
    outcome = desk.run()
    rows = {row["subscriber_id"]: row for row in outcome.tables["subscribers"]}
    assert {name: row["account_id"] for name, row in rows.items()} == {
        **{name: name for name in "abcd"},
        "e": "x",
    }
    regions = {name: row["region"] for name, row in rows.items()}
    assert regions == {"a": "NA", "b": None, "c": None, "d": "0", "e": None}
    years = {name: row["birth_year"] for name, row in rows.items()}
    assert years == {"a": None, "b": None, "c": None, "d": 1980, "e": 1980}
    assert outcome.rules("subscribers") == ["required:subscriber_id"]
    assert any("kept as a region: 1 x 'NA'" in note for note in outcome.notes)


def test_consent_that_is_not_known_is_not_given(desk: Desk) -> None:
    """Absent consent means allowed, so a word for "not known" must not become absent."""
    desk.raw("people.csv", "id,ok\na,unknown\nb,-\nc,yes\nd,\n")
    desk.sql("subscribers", "SELECT id AS subscriber_id, ok AS contact_allowed FROM people")
    assert desk.run().ids() == ["c", "d"]


def test_a_measure_of_which_nothing_is_known_leaves_the_others(desk: Desk) -> None:
    desk.facts("usage", "subscriber_id,month,voice_min,data_mb,sms\na,2025-01-01,90.12,3604.88,NA\n")
    (row,) = desk.run().tables["usage"]
    assert (row["voice_min"], row["data_mb"], row["sms"]) == (90.12, 3604.88, None)


SENTINELS = ["9999-12-31", "2999-12-31", "1900-01-01", "1970-01-01", "0001-01-01", "0000-00-00", "9999-12-31 23:59:59"]


def test_a_day_that_stands_for_none_is_absent(desk: Desk) -> None:
    rows = (
        "".join(f"s{number},2020-01-01,{day}\n" for number, day in enumerate(SENTINELS)) + "z,2020-01-01,2026-05-01\n"
    )
    desk.raw("people.csv", "id,since,until\n" + rows)
    desk.sql("subscribers", "SELECT id AS subscriber_id, since AS contract_start, until AS contract_end FROM people")
    outcome = desk.run()
    ends = {row["subscriber_id"]: row["contract_end"] for row in outcome.tables["subscribers"]}
    assert ends == {**{f"s{number}": None for number in range(len(SENTINELS))}, "z": dt.date(2026, 5, 1)}
    assert any(
        "table subscribers: taken for no value: contract_end: 1 x '0000-00-00'" in line for line in outcome.warnings
    )


def test_a_typed_day_that_stands_for_none_is_absent(desk: Desk) -> None:
    people_of(desk, "parquet", {"id": ["a", "b"], "since": [dt.date(1900, 1, 1), dt.date(2020, 1, 5)]})
    desk.sql("subscribers", "SELECT id AS subscriber_id, since AS activated_on FROM people")
    assert {row["subscriber_id"]: row["activated_on"] for row in desk.run().tables["subscribers"]} == {
        "a": None,
        "b": dt.date(2020, 1, 5),
    }


def test_an_open_end_is_an_open_ticket(desk: Desk) -> None:
    head = "ticket_id,subscriber_id,opened_at,closed_at,category\n"
    desk.facts("complaints", head + "t,a,2025-01-05,9999-12-31,network\nu,b,2025-01-05,2025-01-06,network\n")
    outcome = desk.run()
    assert {row["ticket_id"]: row["closed_at"] for row in outcome.tables["complaints"]} == {
        "t": None,
        "u": dt.date(2025, 1, 6),
    }


def test_an_exit_on_a_day_that_stands_for_none_is_turned_away(desk: Desk) -> None:
    desk.facts("status_changes", "subscriber_id,changed_on,status,known_on\na,9999-12-31,cancelled,2026-01-01\n")
    assert desk.run().rules("status_changes") == ["required:changed_on"]


def test_source_yaml_says_what_is_absent_in_a_column(desk: Desk) -> None:
    desk.raw("people.csv", "id,place,until,born\na,NA,2049-12-31,1900\nb,unknown,9999-12-31,1980\n")
    desk.sql(
        "subscribers",
        "SELECT id AS subscriber_id, place AS region, until AS contract_end, born AS birth_year FROM people",
    )
    desk.source["absent"] = {
        "region": ["NA"],
        "subscribers.contract_end": [dt.date(2049, 12, 31)],
        "birth_year": [1900],
    }
    rows = {row["subscriber_id"]: row for row in desk.run().tables["subscribers"]}
    assert (rows["a"]["region"], rows["a"]["contract_end"], rows["a"]["birth_year"]) == (None, None, None)
    assert (rows["b"]["region"], rows["b"]["contract_end"], rows["b"]["birth_year"]) == (
        "unknown",
        dt.date(9999, 12, 31),
        1980,
    )
