"""Faults that touch a whole file, or may stop the stage: each is planted by itself."""

from __future__ import annotations

from random import Random

from tests.plants.fault import Marks, fault
from tests.plants.raw import Raw

USE = "usage"


def _column(raw: Raw, table: str, old: str, new: str) -> None:
    sheet = raw[table]
    sheet.columns = tuple(new if name == old else name for name in sheet.columns)


@fault("a column that is named otherwise", "", alone=True)
def _renamed(raw: Raw, who: str, random: Random) -> Marks:
    assert not who
    table, column = random.choice([(USE, "mb"), ("bills", "total"), ("status_changes", "status")])
    _column(raw, table, column, f"{column}_new")
    return (column,)


@fault("two columns of one name", "", alone=True)
def _two_of_one_name(raw: Raw, who: str, random: Random) -> Marks:
    assert not who
    _column(raw, USE, "sms", random.choice(["calls", "CALLS"]))
    return (f"{USE}.csv",)


@fault("another delimiter", "", alone=True)
def _delimiter(raw: Raw, who: str, random: Random) -> Marks:
    assert not who
    sheet = raw[random.choice([USE, "bills"])]
    mark = random.choice([";", "\t", "|"])
    sheet.rows = [sheet.line(row).replace(",", mark).encode() for row in sheet.texts()]
    sheet.columns = (mark.join(sheet.columns),)
    return ("_raw", ".csv", "usage", "bills")


@fault("no first line with names", "", alone=True)
def _no_header(raw: Raw, who: str, random: Random) -> Marks:
    assert random
    assert not who
    sheet = raw[USE]
    first = next(sheet.texts())
    sheet.drop(first)
    sheet.columns = tuple(first)
    return (f"{USE}.csv", USE)


@fault("a file without rows", "", alone=True)
def _no_rows(raw: Raw, who: str, random: Random) -> Marks:
    assert not who
    table = random.choice([USE, "bills", "status_changes", "subscribers"])
    raw[table].rows = []
    return (table,)


@fault("a stray quote", "", alone=True)
def _stray_quote(raw: Raw, who: str, random: Random) -> Marks:
    assert not who
    rows = raw[USE].of(raw.pools["alive"][random.randrange(10)])
    row = random.choice(rows)
    raw[USE].as_line(row, raw[USE].line(row).replace(",", ',"', 2).encode())
    return ("quotes", "unreadable")


@fault("a month that was not delivered", "", alone=True)
def _lost_month(raw: Raw, who: str, random: Random) -> Marks:
    assert not who
    month = random.choice(["2024-06-01", "2024-09-01", "2024-11-01", "2024-12-01"])
    sheet = raw[random.choice([USE, "bills"])]
    for row in [row for row in list(sheet.texts()) if sheet.get(row, "month") == month]:
        sheet.drop(row)
    return (month[:7],)


@fault("half of the ids in other case", "", alone=True)
def _ids_in_capitals(raw: Raw, who: str, random: Random) -> Marks:
    assert not who
    table = random.choice([USE, "bills"])
    for row in raw[table].texts():
        raw[table].put(row, id=raw[table].get(row, "id").upper())
    return ("reference:subscriber_id",)


@fault("a value of every row in another unit of writing", "", alone=True)
def _all_commas(raw: Raw, who: str, random: Random) -> Marks:
    assert random
    assert not who
    for row in raw[USE].texts():
        raw[USE].put(row, mb=raw[USE].get(row, "mb").replace(".", ","))
    return ("data_mb",)
