"""Keys that do not meet, or change, in ways that public reports show.

Where: etal/cnvkit#356, pandas#8596 (101.0); Azure/azure-mobile-apps#330 (case of GUIDs); nhl/link-move#67 (blanks
behind); signalapp/Signal-iOS#1323, michaelkourlas/voipms-sms-client#258 (+ and 00); SheetJS/sheetjs#2225,
Aternus/csv-to-xlsx#13 (ids taken for days); LuteOrg/lute-v3#612, gocarina/gocsv#242 (signs of no width);
hhurz/tableExport.jquery.plugin#103 and #296 (zeros guarded against spreadsheets).
"""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
from typing import Any

import openpyxl
import pytest
from tests.desk import Desk

from savedesk.errors import DataContractError

PLANS = "SELECT id AS subscriber_id, plan AS plan_id FROM people"
ACCOUNTS = "SELECT id AS subscriber_id, payer AS account_id FROM people"
U_APART = unicodedata.normalize("NFD", "S\u00fcd")


def people(desk: Desk, text: str, sql: str) -> Desk:
    desk.raw("people.csv", text)
    desk.sql("subscribers", sql)
    return desk


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [("101.0", "101"), ("{AB-1}", "ab-1"), ("Max\u00a0L", "Max L"), (U_APART, "S\u00fcd"), ("Max\u00adL", "MaxL")],
)
def test_a_plan_written_otherwise_is_said_with_the_one_that_is_meant(desk: Desk, mine: str, theirs: str) -> None:
    people(desk, f"id,plan\na,{mine}\nb,Other\n", PLANS)
    desk.facts("plans", f"plan_id,name,monthly_fee\n{theirs},n,10\nOther,n,10\n")
    (line,) = [line for line in desk.run().warnings if "plans.plan_id" in line]
    assert f"{mine!r} (1 rows) looks like {theirs!r}" in line


@pytest.mark.parametrize("mine", ["P1   ", "P1\u200b", "\u200eP1", "\x1fP1", "P1\x00", '"=""P1"""', "'1P"])
def test_signs_around_a_key_that_are_not_its_own_are_left_out(desk: Desk, mine: str) -> None:
    meant = "1P" if mine == "'1P" else "P1"
    people(desk, f"id,plan\na,{mine}\n", PLANS)
    desk.facts("plans", f"plan_id,name,monthly_fee\n{meant},n,10\n")
    outcome = desk.run()
    assert outcome.tables["subscribers"][0]["plan_id"] == meant
    assert not any("plans.plan_id" in line for line in outcome.warnings)


def test_signs_of_no_width_in_the_header_are_left_out(desk: Desk) -> None:
    desk.raw("people.csv", "id\u200b,plan\na,P1\n")
    assert desk.run().ids() == ["a"]


@pytest.mark.parametrize("number", ["+49151001", "0049151001", "49151001.0"])
def test_use_under_a_number_in_another_form_is_turned_away_and_said(desk: Desk, number: str) -> None:
    people(desk, "id\n49151001\n", "SELECT id AS subscriber_id FROM people")
    desk.facts("usage", f"subscriber_id,month,voice_min\n{number},2025-01-01,5\n")
    outcome = desk.run()
    assert outcome.rules("usage") == ["reference:subscriber_id"]
    assert any(f"{number!r} looks like '49151001'" in line for line in outcome.warnings)


@pytest.mark.parametrize("odd", [dt.datetime(2024, 3, 1), "2024-03-01", "1-Mar"])  # noqa: DTZ001 - a cell has no zone
@pytest.mark.parametrize(
    "sql", [PLANS, PLANS.replace("plan_id", "account_id"), "SELECT plan AS subscriber_id FROM people"]
)
def test_an_id_that_a_spreadsheet_took_for_a_day_is_refused(desk: Desk, sql: str, odd: Any) -> None:
    book, content = openpyxl.Workbook(), io.BytesIO()
    for row in (["id", "plan"], ["a", odd], ["b", "3-17"]):
        book.worksheets[0].append(row)
    book.save(content)
    del desk.source["files"]["people"]
    desk.raw("people.xlsx", content.getvalue())
    desk.sql("subscribers", sql)
    with pytest.raises(DataContractError, match=r"are days, .*a spreadsheet has taken ids for days"):
        desk.run()


def test_accounts_and_regions_under_several_writings_are_said(desk: Desk) -> None:
    lines = f"a,P01,NORTH\nb,p01,North\nc,P1,S\u00fcd\nd,P2,{U_APART}\n"
    people(desk, f"id,payer,place\n{lines}", ACCOUNTS.replace(" FROM", ", place AS region FROM"))
    warnings = [line for line in desk.run().warnings if "writing alone" in line]
    assert [line.partition(":")[0] for line in warnings] == ["subscribers.region", "subscribers.account_id"]
    assert "2 differ" in warnings[0]
    assert "'P01' and 'p01'" in warnings[1]


def test_names_that_differ_in_more_are_left_alone(desk: Desk) -> None:
    people(desk, "id,payer\na,P1\nb,P2\nc,\u5317\u4eac\nd,\u4e0a\u6d77\n", ACCOUNTS)
    assert desk.run().warnings == []
