"""One table in csv, xlsx and parquet: what one reader makes of it, all do. Shapes of public reports.

Where: tidyverse/readxl#51, dilshod/xlsx2csv#295 (_x000D_); apache/druid#3381, ClickHouse#44878 (texts stored as bytes);
msupply-foundation/open-msupply#6280 (FALSE); instedd/surveda#1099, opencart-excel-export#4 (zeros in front);
Signbank/Global-signbank#5 (letters of another encoding).
"""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.desk import Desk

KINDS = ("csv", "xlsx", "parquet")
SQL = "SELECT id AS subscriber_id, place AS region, ok AS contact_allowed FROM people"


def read(desk: Desk, kind: str, **columns: list[Any]) -> list[dict[str, Any]]:
    """Return the subscribers of the same table in one of the formats."""
    del desk.source["files"]["people"]
    rows, content = [list(columns), *map(list, zip(*columns.values(), strict=True))], io.BytesIO()
    if kind == "csv":
        cells = [['"' + str(cell).replace('"', '""') + '"' for cell in row] for row in rows]
        content.write("".join(",".join(row) + "\n" for row in cells).encode())
    elif kind == "xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.worksheets[0].append(row)
        book.save(content)
    else:
        pq.write_table(pa.table(columns), content)
    desk.raw(f"people.{kind}", content.getvalue())
    desk.sql("subscribers", SQL)
    return sorted(desk.run().tables["subscribers"], key=lambda row: row["subscriber_id"])


@pytest.mark.parametrize("kind", KINDS)
def test_yes_and_no_are_one_as_words_and_as_numbers(desk: Desk, kind: str) -> None:
    rows = read(desk, kind, id=["a", "b"], place=["x", "y"], ok=[1.0, 0.0])
    assert [row["contact_allowed"] for row in rows] == [True, False]


@pytest.mark.parametrize("kind", KINDS)
def test_false_is_false(desk: Desk, kind: str) -> None:
    rows = read(desk, kind, id=["a", "b"], place=["x", "y"], ok=[True, False])
    assert [row["contact_allowed"] for row in rows] == [True, False]


@pytest.mark.parametrize("kind", KINDS)
def test_signs_that_guard_a_text_against_spreadsheets_are_no_part_of_it(desk: Desk, kind: str) -> None:
    rows = read(desk, kind, id=["'00123", "'00124"], place=["'@home", "x"], ok=["yes", "no"])
    assert [(row["subscriber_id"], row["region"]) for row in rows] == [("00123", "@home"), ("00124", "x")]


@pytest.mark.parametrize("kind", KINDS)
def test_blanks_that_nobody_sees_are_no_part_of_a_text(desk: Desk, kind: str) -> None:
    rows = read(desk, kind, id=["a\u200b", "\u200eb"], place=["x\u00a0", "\u2003y"], ok=["yes", "no"])
    assert [(row["subscriber_id"], row["region"]) for row in rows] == [("a", "x"), ("b", "y")]


def test_a_line_end_in_a_cell_is_no_part_of_an_id(desk: Desk) -> None:
    rows = read(desk, "xlsx", id=["a_x000D_", "b"], place=["North_x000D_\n", "North"], ok=["yes", "no"])
    assert [(row["subscriber_id"], row["region"]) for row in rows] == [("a", "North"), ("b", "North")]


def test_texts_that_parquet_holds_as_bytes_are_texts(desk: Desk) -> None:
    columns = {"id": [b"a", b"b"], "place": ["K\u00f6ln".encode(), b"\\N"], "ok": ["yes", "no"]}
    rows = read(desk, "parquet", **columns)
    assert [(row["subscriber_id"], row["region"]) for row in rows] == [("a", "K\u00f6ln"), ("b", None)]


@pytest.mark.parametrize(("encoding", "said"), [("latin-1", True), ("cp1252", True), ("utf-8", False)])
def test_letters_in_a_wrong_encoding_are_said(desk: Desk, encoding: str, said: bool) -> None:
    desk.raw("people.csv", "id,place\na,K\u00f6ln\n".encode(), encoding=encoding)
    desk.sql("subscribers", "SELECT id AS subscriber_id, place AS region FROM people")
    warnings = [line for line in desk.run().warnings if "wrong encoding" in line]
    assert [("K\u00f6ln" in line) for line in warnings] == ([True] if said else [])
