"""What a text says about a day: the same for raw files and for outcome sheets, and never another day than was meant."""

from __future__ import annotations

import datetime as dt

import pytest

from savedesk.errors import ParamsError
from savedesk.stages.ingest.cells import day_of

THIRTEENTH = dt.date(2023, 1, 13)
DAYS = {
    "2023-01-13": THIRTEENTH,
    "2023-1-13": THIRTEENTH,
    "2023/01/13": THIRTEENTH,
    "2023.1.13": THIRTEENTH,
    "2023年1月13日": THIRTEENTH,
    "20230113": THIRTEENTH,
    "44939": THIRTEENTH,
    "44939.6": THIRTEENTH,
    "2023-01-13 14:30": THIRTEENTH,
    "2023-01-13T14:30:00": THIRTEENTH,
    "2023/01/13 2:30:00 PM": THIRTEENTH,
    "2023-01-13T14:30:00.123456": THIRTEENTH,
    "2023-01-13T00:00:00+08:00": THIRTEENTH,
    "2023-01-13 23:59:59-0500": THIRTEENTH,
    "2023-01-13T00:00:00Z": THIRTEENTH,
    "2023-01-12T16:00:00Z": None,
    "2023-01-12T16:00:00+00:00": None,
    "13/01/2023": None,
    "01/13/23": None,
    "2023-13-01": None,
    "2023-02-30": None,
    "1673539200": None,
    "yesterday": None,
}
IN_SHANGHAI = {"2023-01-12T16:00:00Z": THIRTEENTH, "2023-01-12 18:00:00+02:00": THIRTEENTH, "2023-01-13": THIRTEENTH}


def given_days(desk, texts):
    desk.raw("people.csv", "id,since\n" + "".join(f'{number},"{text}"\n' for number, text in enumerate(texts)))
    desk.sql("subscribers", "SELECT id AS subscriber_id, since AS activated_on FROM people")
    rows = {row["subscriber_id"]: row["activated_on"] for row in desk.run().tables["subscribers"]}
    return [rows.get(str(number)) for number in range(len(texts))]


def test_a_text_is_the_same_day_in_raw_files_and_in_outcome_sheets(desk) -> None:
    assert {text: day_of(text) for text in DAYS} == DAYS
    assert given_days(desk, list(DAYS)) == list(DAYS.values())


def test_a_moment_with_an_offset_is_of_the_operators_day(desk) -> None:
    desk.source["timezone"] = "Asia/Shanghai"
    assert {text: day_of(text, "Asia/Shanghai") for text in IN_SHANGHAI} == IN_SHANGHAI
    assert given_days(desk, list(IN_SHANGHAI)) == list(IN_SHANGHAI.values())


@pytest.mark.parametrize("zone", ["Shanghai", "UTC+8", "../etc"])
def test_a_zone_that_is_none_is_named(desk, zone: str) -> None:
    desk.source["timezone"] = zone
    with pytest.raises(ParamsError, match="timezone: no time zone"):
        desk.run()
