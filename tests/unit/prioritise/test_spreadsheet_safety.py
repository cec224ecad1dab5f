"""No cell of the hand-off files is a formula, whatever the operator's tables hold."""

from __future__ import annotations

import csv
import datetime as dt
import io
import shutil
import subprocess

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tables import sections
from tests.unit.prioritise.conftest import POLICY

from savedesk.params.load import overlay
from savedesk.params.prioritise import PrioritiseParams
from savedesk.schemas.decisions import GIVE_UP, LIST
from savedesk.stages.prioritise.spreadsheet import to_csv, to_xlsx

DAY = dt.date(2025, 7, 1)
OWN = PrioritiseParams.model_validate(overlay(sections()["prioritise"].model_dump(), POLICY))
STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
TEXTS = st.builds(str.__add__, st.sampled_from(STARTS), st.text("=+-@|!'\"(),;0189ABCcmd 客户\t", max_size=12))
ATTACKS = ["=1+1", '=HYPERLINK("http://x","y")', "+2", "-3+cmd|' /C calc'!A0", "@SUM(1,1)", "＝1+1", "\t=1+1"]
IDS = ["007", "1234567890123456789", "1E5", "2025-07-01", "甲0001", "TRUE"]


def listed(texts):
    """Return rows of the list in which each text stands in every column of text, with plain figures beside."""
    kinds = {"string": lambda text: text, "date": lambda _: DAY, "int64": lambda _: 1, "float64": lambda _: 0.5}
    rows = [{column.name: kinds[column.dtype](text) for column in LIST.columns} for text in texts]
    frame = pd.DataFrame(rows)
    return frame.assign(rank=range(1, len(texts) + 1), tier="key", channel="call", action="check_in")


def workbook(rows, language="en", cards=1000):
    give_ups = pd.DataFrame(columns=list(GIVE_UP.column_names))
    return to_xlsx(rows, give_ups, DAY, OWN, language, snapshot=False, cards=cards)


@settings(max_examples=25, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_any_text_is_inert(texts):
    rows = listed(texts)
    cells = [row["region"] for row in csv.DictReader(io.StringIO(to_csv(rows).removeprefix("\ufeff"), newline=""))]
    assert not [cell for cell in cells if cell.startswith(STARTS)]
    assert cells == [f"'{text}" for text in texts]
    book = openpyxl.load_workbook(io.BytesIO(workbook(rows)))
    assert not [c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"]


def test_a_rank_opens_the_card_in_the_report_beside_and_stays_a_number():
    rows = listed(ATTACKS[:2]).assign(receipt=["2025-07-01.a.b.c.d", "2025-07-01.a.b.c.e"])
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(rows))).worksheets[0]
    links = [(sheet.cell(line, 1).value, sheet.cell(line, 1).hyperlink) for line in (2, 3)]
    assert [value for value, _ in links] == [1, 2]
    assert {link.target.replace("\\", "/") for _, link in links} == {"../../reports/report.html"}
    assert [link.location for _, link in links] == ["card=2025-07-01.a.b.c.d", "card=2025-07-01.a.b.c.e"]
    other = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.hyperlink}
    assert other == {"A2", "A3"}


@pytest.mark.parametrize(("cards", "linked"), [(0, set()), (1, {"A2"})])
def test_a_rank_without_a_card_has_no_link(cards, linked):
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(listed(["one", "two"]), cards=cards))).worksheets[0]
    assert {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.hyperlink} == linked
    assert [sheet.cell(line, 1).value for line in (2, 3)] == [1, 2]


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """The list of attacks and odd ids as LibreOffice reads it: rows of the CSV, rows of the workbook."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    home = tmp_path_factory.mktemp("office")
    rows = listed([*ATTACKS, *IDS])
    (home / "plain.csv").write_text(to_csv(rows), encoding="utf-8", newline="")
    (home / "book.xlsx").write_bytes(workbook(rows, "zh"))
    as_text = "Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false"  # UTF-8, cells as they are shown
    profile = f"-env:UserInstallation={(home / 'profile').as_uri()}"
    read = "--infilter=Text - txt - csv (StarCalc):44,34,76,1,,0,false,false"
    for file, filters in (("plain.csv", [read]), ("book.xlsx", [])):
        command = [office, "--headless", profile, *filters, "--convert-to", f"csv:{as_text}", "--outdir", home / "out"]
        subprocess.run([*command, home / file], check=True, capture_output=True, timeout=120)
    return {name: _rows(home / "out" / f"{name}.csv") for name in ("plain", "book")}


def _rows(path):
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def test_libreoffice_shows_texts_and_ids_as_they_are_and_evaluates_nothing(opened):
    book = [row["region"] for row in opened["book"]]
    assert book == [*ATTACKS, *IDS]
    shown = [row["region"].removeprefix("'") for row in opened["plain"]]
    assert shown[: len(ATTACKS)] == ATTACKS
    assert [shown[-2], shown[-6 + 4]] == ["甲0001", "甲0001"]
