"""A number is read as it was written, or not at all: never a thousandth, never an id with digits that nobody gave."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.desk import Desk

from savedesk.errors import DataContractError, ParamsError

USAGE = "subscriber_id;month;data_mb\n"


def used(desk: Desk, *texts: str, **declared: Any) -> list[float | None]:
    """Return what is read of each text, as megabytes of one month after the other."""
    months = [f"{2000 + k // 12}-{k % 12 + 1:02d}-01" for k in range(len(texts))]
    lines = [f'a;{month};"{text}"\n' for month, text in zip(months, texts, strict=True)]
    desk.facts("usage", USAGE + "".join(lines), delimiter=";", **declared)
    rows = desk.run().tables["usage"]
    return [row["data_mb"] for row in sorted(rows, key=lambda row: row["month"])]


@pytest.mark.parametrize(
    ("declared", "text", "value"),
    [
        ({"decimal": ",", "thousands": "."}, "1.234,56", 1234.56),
        ({"decimal": ",", "thousands": "."}, "2.880", 2880.0),
        ({"decimal": ",", "thousands": "."}, "1.234.567", 1234567.0),
        ({"decimal": ",", "thousands": " "}, "1 234,56", 1234.56),
        ({"decimal": ",", "thousands": " "}, "1\u00a0234,56", 1234.56),
        ({"decimal": ",", "thousands": " "}, "1\u202f234,56", 1234.56),
        ({"thousands": "'"}, "1'234.56", 1234.56),
        ({"thousands": "'"}, "1\u2019234.56", 1234.56),
        ({"thousands": ","}, "15,179.19", 15179.19),
        ({"thousands": ","}, "12,34,567.8", 1234567.8),
        ({"decimal": ","}, "0,5", 0.5),
        ({"decimal": ","}, "1,250", 1.25),
        ({"accounting": True, "thousands": ","}, "EUR 1,234.50", 1234.5),
        ({"accounting": True}, "12.50 \u20ac", 12.5),
        ({"decimal": ","}, "7", 7.0),
    ],
)
def test_a_number_is_read_as_the_file_writes_it(desk: Desk, declared: dict[str, Any], text: str, value: float) -> None:
    assert used(desk, text, "3", **declared) == [value, 3.0]


@pytest.mark.parametrize(("text", "value"), [("(12.50)", -12.5), ("12.50-", -12.5), ("$ (3)", -3.0), ("-3", -3.0)])
def test_accountants_write_what_is_below_zero(desk: Desk, text: str, value: float | None) -> None:
    desk.raw("fees.csv", f'id,fee\na,"{text}"\nb,1\nc,2\n', accounting=True)
    desk.sql("attributes", "SELECT id AS subscriber_id, fee FROM fees")
    desk.source["attributes"] = {"fee": {"dtype": "float64", "family": "billing", "meaning": "fee"}}
    rows = {row["subscriber_id"]: row["fee"] for row in desk.run().tables["attributes"]}
    assert rows == {"a": value, "b": 1.0, "c": 2.0}


def test_a_number_in_another_writing_than_declared_is_not_read(desk: Desk) -> None:
    assert used(desk, "12.5", "1.234,5", "1.234", decimal=",", thousands=".") == [None, 1234.5, 1234.0]


def test_what_is_declared_leaves_ids_and_days_alone(desk: Desk) -> None:
    desk.raw(
        "people.csv",
        'id;since;fee\n"007.5";2020-01-05;"1.234,5"\nx.1;31.12.2020;3\n',
        delimiter=";",
        decimal=",",
        thousands=".",
    )
    desk.sql("subscribers", "SELECT id AS subscriber_id, since AS activated_on, fee AS region FROM people")
    rows = {row["subscriber_id"]: row for row in desk.run().tables["subscribers"]}
    assert {name: row["region"] for name, row in rows.items()} == {"007.5": "1.234,5", "x.1": "3"}


def test_numbers_can_be_named(desk: Desk) -> None:
    desk.raw("people.csv", 'id,fee\n"1,234","1,234"\n', thousands=",", numbers=["fee"])
    desk.sql("subscribers", "SELECT id AS subscriber_id, fee AS region FROM people")
    assert [(row["subscriber_id"], row["region"]) for row in desk.run().tables["subscribers"]] == [("1,234", "1234")]
    desk.source["files"]["people"]["numbers"] = ["fees"]
    with pytest.raises(DataContractError, match="a column 'fees' that is not there"):
        desk.run()


def test_one_sign_cannot_be_both(desk: Desk) -> None:
    desk.raw("people.csv", "id\na\n", thousands=".")
    with pytest.raises(ParamsError, match=r"thousands and decimal are both '\.'"):
        desk.run()


def test_a_point_between_thousands_stops_the_stage(desk: Desk) -> None:
    with pytest.raises(DataContractError, match=r"column data_mb: 30 values such as '1\.100' .*set thousands: \"\.\""):
        used(desk, "613", *[f"1.{number}" for number in range(100, 130)])


def test_a_few_points_that_may_stand_between_thousands_are_a_warning(desk: Desk) -> None:
    desk.facts("usage", "subscriber_id,month,data_mb\na,2025-01-01,2.880\nb,2025-01-01,1.245\n")
    (line,) = desk.run().warnings
    assert "relation usage_raw (usage_raw.csv), column data_mb: 2 values such as '2.880'" in line
    desk.source["files"]["usage_raw"]["decimal"] = "."
    outcome = desk.run()
    assert (outcome.warnings, sorted(row["data_mb"] for row in outcome.tables["usage"])) == ([], [1.245, 2.88])


@pytest.mark.parametrize("texts", [("0.125", "2.880"), ("2.88", "1.234"), ("1", "2"), ("10.0.0.1", "1.234")])
def test_fractions_are_no_thousands(desk: Desk, texts: tuple[str, ...]) -> None:
    desk.facts(
        "usage", "subscriber_id,month,data_mb\n" + "".join(f"a,2025-0{k + 1}-01,{t}\n" for k, t in enumerate(texts))
    )
    assert not any("point" in line for line in desk.run().warnings)


@pytest.mark.parametrize(
    ("text", "key"), [("1,234.5", 'thousands: ","'), ("1'234", 'thousands: "\'"'), ("1\u00a0234", 'thousands: " "')]
)
def test_the_largest_values_are_never_just_left_out(desk: Desk, text: str, key: str) -> None:
    with pytest.raises(DataContractError) as caught:
        used(desk, text, *["3"] * 40)
    assert f"for example {text!r} in column data_mb of relation usage_raw (usage_raw.csv)" in caught.value.line()
    assert f"set {key}" in caught.value.line()


@pytest.mark.parametrize(("text", "says"), [("0,5", "decimal:"), ("\u20ac 3", "accounting: true"), ("3 %", "end in %")])
def test_other_writings_are_not_read_and_told(desk: Desk, text: str, says: str) -> None:
    desk.facts("usage", "subscriber_id;month;data_mb\na;2025-01-01;3\n" + f"b;2025-01-01;{text}\n", delimiter=";")
    outcome = desk.run()
    assert {row["subscriber_id"]: row["data_mb"] for row in outcome.tables["usage"]} == {"a": 3.0, "b": None}
    assert any("are not read" in line and says in line for line in outcome.warnings)


def test_days_that_a_spreadsheet_has_swapped_stop_the_stage(desk: Desk) -> None:
    """01/02 to 06/02 became the second of January to June; from the 13th on the texts stayed."""
    swapped = [f"s{k},2024-0{k}-02\n" for k in range(1, 7)]
    kept = [f"t{k},{k}/02/2024\n" for k in range(13, 20)]
    desk.raw("people.csv", "id,since\n" + "".join(swapped + kept))
    desk.sql("subscribers", "SELECT id AS subscriber_id, iso_date(since, '%d/%m/%Y') AS activated_on FROM people")
    with pytest.raises(
        DataContractError, match=r"column since: 6 values are days, none later than the 12th.*'13/02/2024'"
    ):
        desk.run()


def test_real_days_of_all_kinds_beside_texts_were_not_swapped(desk: Desk) -> None:
    desk.raw("people.csv", "id,since\na,2024-01-30\nb,31/01/2024\n")
    desk.sql("subscribers", "SELECT id AS subscriber_id, iso_date(since, '%d/%m/%Y') AS activated_on FROM people")
    outcome = desk.run()
    assert (outcome.ids(), outcome.warnings) == (["a", "b"], [])


def xlsx(*rows: list[Any]) -> bytes:
    book, content = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(content)
    return content.getvalue()


def parquet(folder: Path, **columns: Any) -> bytes:
    pq.write_table(pa.table(columns), folder / "x.parquet")
    return (folder / "x.parquet").read_bytes()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("people.xlsx", lambda _: xlsx(["id"], [8986130293457914231])),
        ("people.xlsx", lambda _: xlsx(["id"], [1234567890123456.0])),
        ("people.csv", lambda _: b"id\n1.23457E+14\n"),
        ("people.csv", lambda _: b'id\n"8,98613E+18"\n'),
        ("people.parquet", lambda folder: parquet(folder, id=[8.986130293457914e18])),
    ],
)
def test_an_id_that_lost_digits_is_refused(desk: Desk, tmp_path: Path, name: str, content: Any) -> None:
    desk.raw(name, content(tmp_path))
    with pytest.raises(DataContractError, match=r"1 values of subscriber_id have more digits.*store ids as text"):
        desk.run()


def test_long_ids_that_are_whole_are_read(desk: Desk, tmp_path: Path) -> None:
    desk.raw("people.parquet", parquet(tmp_path, id=[8986130293457914231]))
    assert desk.run().ids() == ["8986130293457914231"]
    del desk.source["files"]["people"]
    desk.raw("people.xlsx", xlsx(["id"], ["8986130293457914231"], [123456789012345]))
    assert desk.run().ids() == ["123456789012345", "8986130293457914231"]


def activated(desk: Desk, content: bytes) -> list[dt.date | None]:
    desk.raw("people.parquet", content)
    desk.sql("subscribers", "SELECT id AS subscriber_id, since AS activated_on FROM people")
    return [
        row["activated_on"] for row in sorted(desk.run().tables["subscribers"], key=lambda row: row["subscriber_id"])
    ]


NIGHT = 1673539200  # 2023-01-12T16:00:00Z, midnight of the 13th in Shanghai
ZERO = 1673568000  # 2023-01-13T00:00:00Z


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_a_moment_is_of_the_day_of_the_zone_that_its_column_declares(desk: Desk, tmp_path: Path, unit: str) -> None:
    factor = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    moments = pa.array([NIGHT * factor], pa.timestamp(unit, "Asia/Shanghai"))
    assert activated(desk, parquet(tmp_path, id=["a"], since=moments)) == [dt.date(2023, 1, 13)]


def test_a_moment_of_greenwich_needs_the_operators_zone(desk: Desk, tmp_path: Path) -> None:
    content = parquet(tmp_path, id=["a"], since=pa.array([NIGHT * 10**6], pa.timestamp("us", "UTC")))
    with pytest.raises(DataContractError, match=r"column 'since' holds moments of Greenwich.*set timezone:"):
        activated(desk, content)
    desk.source["timezone"] = "Asia/Shanghai"
    assert activated(desk, content) == [dt.date(2023, 1, 13)]


def test_midnights_of_greenwich_are_days(desk: Desk, tmp_path: Path) -> None:
    moments = pa.array([ZERO * 10**6, None], pa.timestamp("us", "UTC"))
    assert activated(desk, parquet(tmp_path, id=["a", "b"], since=moments)) == [dt.date(2023, 1, 13), None]


def test_moments_as_spark_and_impala_wrote_them_are_of_greenwich(desk: Desk, tmp_path: Path) -> None:
    table = pa.table({"id": ["a"], "since": pa.array([NIGHT * 10**9], pa.timestamp("ns"))})
    pq.write_table(table, tmp_path / "x.parquet", use_deprecated_int96_timestamps=True)
    desk.source["timezone"] = "Asia/Shanghai"
    assert activated(desk, (tmp_path / "x.parquet").read_bytes()) == [dt.date(2023, 1, 13)]


def test_seconds_are_no_days_but_year_month_day_is(desk: Desk, tmp_path: Path) -> None:
    content = parquet(tmp_path, id=["a", "b", "c"], since=[NIGHT, 44939, 20230113])
    assert activated(desk, content) == [None, None, dt.date(2023, 1, 13)]


def test_a_column_of_texts_without_any_value_says_nothing(desk: Desk, tmp_path: Path) -> None:
    table = pa.table({"id": ["a", "b"], "city": pa.array([None, None], pa.string())})
    pq.write_table(table, tmp_path / "people.parquet")
    desk.raw("people.parquet", (tmp_path / "people.parquet").read_bytes())
    desk.sql("subscribers", "SELECT id AS subscriber_id, city FROM people")
    outcome = desk.run()
    assert [row["city"] for row in outcome.tables["subscribers"]] == [None, None]
    assert outcome.warnings == []
