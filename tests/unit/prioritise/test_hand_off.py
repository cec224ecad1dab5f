"""The files that a save desk opens."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json

import openpyxl
import pytest

from savedesk.schemas import decisions
from savedesk.schemas.outcomes import OUTCOMES
from savedesk.stages.prioritise.spreadsheet import safe_text

DESIGN_COLUMNS = """rank, subscriber_id, account_id, region, segment, tier, churn_probability, churn_type,
expected_days_to_churn, call_by, margin, remaining_value, value_at_risk, reason_1, reason_2, reason_3, action, channel,
offer_cost, contact_cost, save_rate, save_rate_source, expected_gain, receipt"""
COLUMNS = [name.strip() for name in DESIGN_COLUMNS.split(",")]
SHEETS = ["List", "Tier key", "Tier core", "Tier small", "Give up", "Outcomes", "Read me"]
RISKY = {
    "=1+1": {"value": 900.0, "tier": "key", "region": "华东", "reasons": ["complaint", "contract_end"]},
    "+49": {"value": 800.0, "region": '-1"x,y'},
    "plain": {"value": 700.0, "tier": "small", "region": "@home"},
    "left": {"blocklisted": True},
}


def csv_rows(root):
    raw = (root / decisions.LIST_CSV.path).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\n") == raw.count(b"\r\n")
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def summary_of(decided):
    return json.loads((decided.root / decisions.SUMMARY.path).read_text(encoding="utf-8"))


def workbook(root):
    return openpyxl.load_workbook(root / decisions.LIST_XLSX.path)


def test_the_csv_holds_the_design_columns_and_no_formula(office):
    decided = office(RISKY)
    rows = csv_rows(decided.root)
    assert set(COLUMNS) <= set(rows[0])
    assert [(row["rank"], row["subscriber_id"], row["region"]) for row in rows] == [
        ("1", "'=1+1", "华东"),
        ("2", "'+49", "'-1\"x,y"),
        ("3", "plain", "'@home"),
    ]
    for row in rows:
        texts = [row[name] for name in ("subscriber_id", "account_id", "region", "reason_1", "receipt")]
        assert not [text for text in texts if text.startswith(("=", "+", "-", "@"))]


def test_the_csv_has_no_more_digits_than_anybody_reads_and_the_parquet_file_has_all(office):
    decided = office({"a": {"value": 1234.56789}})
    (row,), (exact,) = csv_rows(decided.root), decided.list
    digits = {"churn_probability": 4, "save_rate": 4, "remaining_value": 2, "expected_gain": 2}
    for name, most in digits.items():
        assert float(row[name]) == round(exact[name], most)
        assert len(row[name].partition(".")[2]) <= most
    assert exact["remaining_value"] == 1234.56789
    assert row["receipt"] == exact["receipt"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_text_starts_a_formula_and_numbers_stay_numbers(start):
    assert safe_text(f"{start}1") == f"'{start}1"
    assert safe_text(-1.5) == -1.5
    assert safe_text("a=1") == "a=1"


def test_the_workbook_has_a_sheet_for_everyone_who_opens_it(office):
    book = workbook(office(RISKY).root)
    assert book.sheetnames == SHEETS
    sheet = book["List"]
    head = [cell.value for cell in sheet[1]]
    assert head == list(decisions.LIST.column_names)
    assert set(COLUMNS) <= set(head)
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref.startswith("A1:")
    assert [cell.value for cell in sheet["B"][1:]] == ["=1+1", "+49", "plain"]
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {"s", "n", "d"}  # no formula "f"
    place = {name: column + 1 for column, name in enumerate(head)}
    assert sheet.cell(2, place["call_by"]).value == dt.datetime(2025, 8, 8)  # noqa: DTZ001 - a cell has no zone
    assert sheet.cell(2, place["churn_probability"]).number_format == "0.0%"
    assert sheet.cell(2, place["expected_gain"]).number_format == "#,##0.00"
    assert sheet.cell(2, place["region"]).value == "华东"
    assert [len(list(book[f"Tier {tier}"].rows)) - 1 for tier in ("key", "core", "small")] == [1, 1, 1]
    assert [cell.value for cell in book["Give up"]["A"]] == ["subscriber_id", "left"]


def test_the_outcome_sheet_offers_the_fixed_words(office):
    decided = office(RISKY)
    sheet = workbook(decided.root)["Outcomes"]
    assert [cell.value for cell in sheet[1]] == [
        "subscriber_id",
        "contacted_on",
        "channel",
        "action",
        "outcome",
        "note",
    ]
    assert [cell.value for cell in sheet["A"][1:]] == ["=1+1", "+49", "plain"]
    assert [cell.value for cell in sheet["E"][1:]] == [None, None, None]
    words = {
        rule.sqref.ranges.__iter__().__next__().coord: rule.formula1 for rule in sheet.data_validations.dataValidation
    }
    assert words["E2:E4"] == '"' + ",".join(OUTCOMES) + '"'
    empty = (decided.root / decisions.OUTCOMES_CSV.path).read_bytes().decode("utf-8-sig")
    assert empty == "subscriber_id,contacted_on,channel,action,outcome,note\r\n"


def test_the_read_me_explains_columns_actions_and_outcomes(office):
    cells = {cell.value for row in workbook(office(RISKY).root)["Read me"].iter_rows() for cell in row}
    assert {*decisions.LIST.column_names, *OUTCOMES, "Renewal with a benefit"} <= cells
    assert not [cell for cell in cells if cell and "snapshot" in cell]


def test_chinese_files(office):
    decided = office(RISKY, language="zh")
    book = workbook(decided.root)
    assert book.sheetnames == ["名单", "关键客户", "普通客户", "小客户", "放弃挽留", "结果", "说明"]
    assert book["名单"]["B1"].value == "subscriber_id"
    assert book["放弃挽留"]["G2"].value == "黑名单"


def test_without_candidates_the_files_are_empty_and_still_open(office):
    decided = office({"a": {"candidate": False}, "b": {"candidate": False}})
    assert (decided.list, decided.hold_out, decided.metrics["contacts"], csv_rows(decided.root)) == ([], [], 0, [])
    book = workbook(decided.root)
    assert book.sheetnames == SHEETS
    assert [cell.value for cell in book["List"][1]] == list(decisions.LIST.column_names)


def test_the_same_input_gives_the_same_bytes(office):
    files = (decisions.LIST_XLSX, decisions.LIST_CSV, decisions.SUMMARY, decisions.TABLE, decisions.LIST)
    root = office(RISKY).root
    first = {file.name: (root / file.path).read_bytes() for file in files}
    office(RISKY)
    assert first == {file.name: (root / file.path).read_bytes() for file in files}


def test_call_by_is_the_expected_exit_less_the_notice_and_never_before_as_of(desk):
    """Calls need 2 days."""
    decided = desk({"a": {"days": 40.9}, "b": {"days": 1.0}})
    assert {row["subscriber_id"]: str(row["call_by"]) for row in decided.list} == {"a": "2025-08-08", "b": "2025-07-01"}


def test_reasons_stand_in_their_order(desk):
    decided = desk({"a": {"reasons": ["contract_end", "complaint"]}})
    row = decided.list[0]
    assert [row[f"reason_{place}"] for place in (1, 2, 3)] == ["contract_end told", "complaint told", None]


def test_a_receipt_changes_with_policy_and_inputs_and_with_nothing_else(desk):
    def receipt(people, **policy):
        listed = {line["subscriber_id"]: line for line in desk(people, **policy).list}
        return listed["a"]["receipt"].split(".")

    day, model, policy, data, row = receipt({"a": {}})
    assert (day, model, len(policy), data, len(row)) == ("2025-07-01", "01234567", 8, "89abcdef", 8)
    assert receipt({"a": {}, "b": {"value": 900.0}}) == [day, model, policy, data, row]
    richer = receipt({"a": {"value": 401.0}})
    assert (richer[2], richer[4] == row) == (policy, False)
    other = receipt({"a": {}}, campaign="another")
    assert other[2] != policy
    assert other[3:] == [data, row]


def test_the_summary_adds_up_and_holds_no_id(office):
    decided = office(RISKY | {"own": {"p": 0.001}})
    text = (decided.root / decisions.SUMMARY.path).read_text(encoding="utf-8")
    assert not [name for name in RISKY if f'"{name}"' in text]
    said = json.loads(text)
    assert said["contacts"] + said["hold_out"] + said["give_ups"] + said["not_listed"] == said["scored"] == 5
    assert said["contacts_by_tier"] == {"core": 1, "key": 1, "small": 1}
    assert said["expected_gain"] == pytest.approx(sum(row["expected_gain"] for row in decided.list))
    assert (said["snapshot"], said["note"]) == (False, "")


def test_a_snapshots_list_says_that_it_is_a_replay(office):
    decided = office({"a": {}}, kind="snapshot")
    assert summary_of(decided)["snapshot"] is True
    assert "replays" in summary_of(decided)["note"]
    cells = [cell.value for row in workbook(decided.root)["Read me"].iter_rows() for cell in row]
    assert summary_of(decided)["note"] in cells


def test_an_empty_list_says_why(desk):
    decided = desk({name: {"contact_allowed": False} for name in "abc"} | {"d": {"blocklisted": True}})
    assert list(decided.warnings) == ["nobody is to be contacted, of 4 scored; most often: no consent to be contacted"]
    assert not list(desk({"a": {}}).warnings)
