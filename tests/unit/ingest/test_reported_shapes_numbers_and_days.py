"""Numbers, days and moments that readers in public reports took for others.

Where: actualbudget/actual#6206, pola-rs/polars#28163 (minus of Unicode); nyaruka/goflow#969, arrow-py/arrow#152 (other
digits); tidyverse/readxl#637 (elapsed time); wepay/kafka-connect-bigquery#87 (days since 1970),
aaronshaf/dynamodb-admin#244 (milliseconds since); briannesbitt/Carbon#1991, opensanctions#4974 (years of two digits);
Wisser/Jailer#129 (summer time); mjakubowski84/parquet4s#338, commandprompt/pgcolumnar#120 (decimals).
"""

from __future__ import annotations

import datetime as dt
import decimal
import io
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.desk import Desk

from savedesk.errors import DataContractError

SINCE = "SELECT id AS subscriber_id, since AS activated_on FROM people"


def activated(desk: Desk, text: str, sql: str = SINCE) -> list[dt.date | None]:
    desk.raw("people.csv", f'id,since\na,"{text}"\n')
    desk.sql("subscribers", sql)
    return [row["activated_on"] for row in desk.run().tables["subscribers"]]


def used(desk: Desk, column: Any) -> list[float | None]:
    """Return what is read of a column of a parquet file, as minutes of one month."""
    content = io.BytesIO()
    pq.write_table(pa.table({"id": ["a"], "month": [dt.date(2025, 1, 1)], "minutes": column}), content)
    desk.raw("use.parquet", content.getvalue())
    desk.sql("usage", "SELECT id AS subscriber_id, month, minutes AS voice_min FROM use")
    return [row["voice_min"] for row in desk.run().tables["usage"]]


@pytest.mark.parametrize("text", ["20454", "20089", "1704067200", "1704067200000", "31-JAN-24", "20241", "2024-01"])
def test_what_may_be_counted_from_another_day_is_unknown(desk: Desk, text: str) -> None:
    """20454 is the first of 2026 from 1970 on, and a day of 1955 to a spreadsheet."""
    assert activated(desk, text) == [None]


@pytest.mark.parametrize(
    ("text", "form", "day"),
    [("31-JAN-24", "%d-%b-%y", dt.date(2024, 1, 31)), ("01/05/99", "%d/%m/%y", dt.date(1999, 5, 1))],
)
def test_a_format_that_is_said_is_read(desk: Desk, text: str, form: str, day: dt.date) -> None:
    sql = SINCE.replace("since AS", f"iso_date(since, '{form}') AS")
    assert activated(desk, text, sql) == [day]


def test_two_digits_of_a_year_never_make_a_day_to_come(desk: Desk) -> None:
    desk.raw("people.csv", "id,since\na,05-Jan-66\nb,05-Jan-20\n")
    desk.sql("subscribers", "SELECT id AS subscriber_id, iso_date(since, '%d-%b-%y') AS activated_on FROM people")
    outcome = desk.run()
    assert (outcome.ids(), outcome.rules("subscribers")) == (["b"], ["future:activated_on"])


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2024-06-30T22:30:00Z", dt.date(2024, 7, 1)),  # two hours ahead in summer
        ("2024-12-31T22:30:00Z", dt.date(2024, 12, 31)),  # one in winter
        ("2024-10-27T00:30:00Z", dt.date(2024, 10, 27)),  # both are half past two
        ("2024-10-27T01:30:00Z", dt.date(2024, 10, 27)),
    ],
)
def test_summer_time_is_that_of_the_day_itself(desk: Desk, moment: str, day: dt.date) -> None:
    desk.source["timezone"] = "Europe/Berlin"
    assert activated(desk, moment) == [day]


@pytest.mark.parametrize(
    "cell", [dt.timedelta(hours=26, minutes=30), dt.time(1, 30), "\u0661\u0662\u0663", "\uff11\uff12", "1.2 GB"]
)
def test_what_is_no_plain_number_is_unknown(desk: Desk, cell: Any) -> None:
    book, content = openpyxl.Workbook(), io.BytesIO()
    for row in (["id", "month", "minutes"], ["a", "2025-01-01", cell]):
        book.worksheets[0].append(row)
    book.save(content)
    desk.raw("use.xlsx", content.getvalue())
    desk.sql("usage", "SELECT id AS subscriber_id, month, minutes AS voice_min FROM use")
    outcome = desk.run()
    assert [row["voice_min"] for row in outcome.tables["usage"]] == [None]
    assert [row["rules"] for row in outcome.tables["repaired"]] == ["type:voice_min"]


@pytest.mark.parametrize("text", ["\u2212100,00", "-100,00"])
def test_both_signs_of_minus_are_one(desk: Desk, text: str) -> None:
    desk.raw("fees.csv", f"id;fee\na;{text}\nb;1,5\nc;2\n", delimiter=";", decimal=",")
    desk.sql("attributes", "SELECT id AS subscriber_id, fee FROM fees")
    desk.source["attributes"] = {"fee": {"dtype": "float64", "family": "billing", "meaning": "fee"}}
    rows = {row["subscriber_id"]: row["fee"] for row in desk.run().tables["attributes"]}
    assert rows == {"a": -100.0, "b": 1.5, "c": 2.0}


@pytest.mark.parametrize("digits", [4, 9, 18, 38])
def test_decimals_of_every_width_are_what_they_say(desk: Desk, digits: int) -> None:
    assert used(desk, pa.array([decimal.Decimal("12.50")], pa.decimal128(digits, 2))) == [12.5]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([decimal.Decimal("12.50")], pa.decimal256(50, 2)),
        pa.array([dt.timedelta(minutes=90)]),
        pa.array([[1.0, 2.0]]),
    ],
)
def test_a_type_that_would_be_read_as_another_number_is_refused(desk: Desk, column: Any) -> None:
    with pytest.raises(DataContractError, match=r"relation use: column 'minutes' is "):
        used(desk, column)


def test_an_odd_column_that_nobody_reads_is_left_alone(desk: Desk) -> None:
    content = io.BytesIO()
    pq.write_table(pa.table({"id": ["a"], "tags": [["x"]]}), content)
    del desk.source["files"]["people"]
    desk.raw("people.parquet", content.getvalue())
    assert desk.run().ids() == ["a"]
