"""An outcome file is read in whole and by the rules of raw files, whatever its format, or it is refused."""

from __future__ import annotations

import datetime as dt
import gzip
import io

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from tests.unit.desk.test_outcomes import HEAD, TODAY, rules, stored

from savedesk.errors import DataContractError
from savedesk.operations.outcomes.command import import_outcomes
from savedesk.operations.outcomes.sheet import read_sheet
from savedesk.schemas.outcomes import REPORTED_FILE

NAMES = HEAD.split(",")
MORNING = dt.datetime(2025, 7, 3, 14, 30)  # noqa: DTZ001 - a cell has no zone


def row(who, day, outcome="declined", note=None):
    return [who, day, None, None, outcome, note]


def book(path, *sheets, change=None):
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets:
        page = workbook.create_sheet(name)
        for cells in rows:
            page.append(cells)
    if change:
        change(workbook)
    workbook.save(path)
    return path


def imported(ten, path):
    return import_outcomes(ten.root, path, TODAY)


def test_all_sheets_are_read_and_rows_are_named_with_their_sheet(ten, tmp_path):
    first = ("Outcomes", [NAMES, row("a", MORNING), row("zz", MORNING)])
    second = ("Agent 2", [NAMES, row("b", "2025-07-03", "asked_not_to_call"), row("c", "3/7/25")])
    result = imported(ten, book(tmp_path / "x.xlsx", first, second))
    accepted = {outcome.subscriber_id: outcome.outcome for outcome in result.validated.accepted}
    assert accepted == {"a": "declined", "b": "asked_not_to_call"}
    places = {line.split(": ")[0] for line in result.complaints}
    assert places == {"row 3 of sheet 'Outcomes'", "row 3 of sheet 'Agent 2'"}


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_with_outcomes_is_refused(ten, tmp_path, state):
    def hide(workbook):
        workbook["Old"].sheet_state = state

    sheets = [("Outcomes", [NAMES, row("a", MORNING)]), ("Old", [NAMES, row("b", MORNING)])]
    with pytest.raises(DataContractError, match="sheet 'Old': a hidden sheet has outcomes"):
        imported(ten, book(tmp_path / "x.xlsx", *sheets, change=hide))


def test_a_sheet_that_goes_on_without_a_header_is_refused(ten, tmp_path):
    sheets = [("Outcomes", [NAMES, row("a", MORNING)]), ("Page 2", [row("b", MORNING), row("c", MORNING)])]
    with pytest.raises(DataContractError, match="sheet 'Page 2': row 1 tells an outcome"):
        imported(ten, book(tmp_path / "x.xlsx", *sheets))


def test_merged_cells_are_refused(ten, tmp_path):
    sheets = ("Outcomes", [NAMES, row("a", MORNING), row(None, None)])
    with pytest.raises(DataContractError, match=r"cells are merged.*A2:A3"):
        imported(
            ten, book(tmp_path / "x.xlsx", sheets, change=lambda workbook: workbook["Outcomes"].merge_cells("A2:A3"))
        )


def test_two_columns_of_one_name_are_refused(ten, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(f"{HEAD},Outcome\na,2025-07-03,,,declined,,asked_not_to_call\n")
    with pytest.raises(DataContractError, match="two columns have the name 'outcome'"):
        imported(ten, path)


DAYS = [
    *(MORNING, "2025-07-03T14:30:00", "2025-07-03 14:30", "2025-07-03T14:30:00+02:00", 45841, "20250703"),
    "03.07.2025",
]


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "xlsx", "parquet"])
def test_days_and_words_for_no_value_are_the_same_in_every_format(ten, tmp_path, kind):
    days = [*DAYS, "9999-12-31", "N/A"]
    rows = [row(who, day, note="NULL") for who, day in zip("abcdefghi", days, strict=True)]
    path = tmp_path / f"x.{kind}"
    texts = [["" if cell is None else str(cell) for cell in cells] for cells in rows]
    if kind == "xlsx":
        book(path, ("Outcomes", [NAMES, *rows]))
    elif kind == "parquet":
        pq.write_table(pa.table(dict(zip(NAMES, map(list, zip(*texts, strict=True)), strict=True))), path)
    else:
        content = "\n".join(",".join(cells) for cells in [NAMES, *texts]).encode()
        path.write_bytes(gzip.compress(content) if kind.endswith("gz") else content)
    result = imported(ten, path)
    assert [outcome.subscriber_id for outcome in result.validated.accepted] == list("abcdef")
    assert {outcome.contacted_on for outcome in result.validated.accepted} == {dt.date(2025, 7, 3)}
    assert {line["note"] for line in stored(ten.root, REPORTED_FILE)} == {""}
    assert rules(result) == {8: "date", 9: "no_date", 10: "no_date"}


def test_a_moment_of_greenwich_is_of_the_day_in_the_zone_of_the_source(ten, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(f"{HEAD}\na,2025-07-02T16:30:00Z,,,declined,\n")
    assert rules(imported(ten, path)) == {2: "date"}
    source = ten.root / "data" / "sources" / "mine" / "source.yaml"
    source.write_text("title: Mine\ntimezone: Asia/Shanghai\n", encoding="utf-8")
    assert [outcome.contacted_on for outcome in imported(ten, path).validated.accepted] == [dt.date(2025, 7, 3)]


@pytest.mark.parametrize("who", [8986130293457914231, "8.98613E+18"])
def test_an_id_that_lost_digits_is_turned_away_with_the_cause(ten, tmp_path, who):
    result = imported(ten, book(tmp_path / "x.xlsx", ("Outcomes", [NAMES, row(who, MORNING)])))
    assert rules(result) == {2: "cut_id"}
    assert "store ids as text" in result.complaints[0]


def test_a_formula_counts_with_its_stored_value(tmp_path):
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        page = workbook.add_worksheet("Outcomes")
        page.write_row(0, 0, NAMES)
        page.write_row(1, 0, ["a", 45841])
        page.write_formula(1, 4, '=LOWER("DECLINED")', value="declined")
    (sheet_row,) = read_sheet(path)
    assert sheet_row.cells["outcome"] == "declined"


def test_a_packed_file_that_is_cut_off_is_refused(ten, tmp_path):
    path = tmp_path / "x.csv.gz"
    path.write_bytes(gzip.compress(f"{HEAD}\na,2025-07-03,,,declined,\n".encode() * 50)[:-12])
    with pytest.raises(DataContractError, match="a damaged archive"):
        imported(ten, path)


def test_the_hint_for_spreadsheets_is_no_header(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(f"sep=|\r\n{HEAD.replace(',', '|')}\r\na|2025-07-03|||declined|\r\n")
    assert [sheet_row.cells["subscriber_id"] for sheet_row in read_sheet(path)] == ["a"]


def test_a_workbook_without_outcomes_elsewhere_is_read(ten, tmp_path):
    """Other sheets may list the words, or days, but not both in a row."""
    words = ("Words", [["word", "meaning"], ["declined", "said no"], ["2025-07-03", "a day"]])
    content = io.BytesIO()
    book(content, ("Outcomes", [NAMES, row("a", MORNING)]), words)
    path = tmp_path / "x.xlsx"
    path.write_bytes(content.getvalue())
    assert len(imported(ten, path).validated.accepted) == 1


def test_a_note_of_a_million_characters_is_called_too_long(ten, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(f"{HEAD}\na,2025-07-03,,,declined,{'x' * 1_000_000}\n")
    assert rules(imported(ten, path)) == {2: "note"}


@pytest.mark.parametrize(
    "rows",
    [
        [["subscriber_id", "outcome"], ["b", "asked_not_to_call"]],
        [["subscriber_id", "remark"], ["b", "asked not to call"]],
        [["ID", "Result", "When"], ["b", "asked not to call", "04/07/2025"]],
        [["ID", "Result", "When"], ["b", "declined", "04/07/2025"]],
        [["b", "asked_not_to_call"]],
    ],
)
def test_a_sheet_of_refusals_without_the_columns_is_refused(ten, tmp_path, rows):
    good = ("Outcomes", [NAMES, row("a", MORNING)])
    with pytest.raises(DataContractError, match=r"sheet 'Do not call': row \d tells an outcome"):
        imported(ten, book(tmp_path / "x.xlsx", good, ("Do not call", rows)))


def test_a_page_that_explains_the_words_is_no_sheet_of_outcomes(ten, tmp_path):
    good = ("Outcomes", [NAMES, row("a", MORNING)])
    words = ("Words", [["word", "meaning"], ["asked_not_to_call", "never contact them again"], ["declined", "no"]])
    assert len(imported(ten, book(tmp_path / "x.xlsx", good, words)).validated.accepted) == 1


def written(ten, text, encoding="utf-8"):
    path = ten.root / "x.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_a_refusal_in_a_column_that_is_not_looked_at_is_refused(ten):
    text = "subscriber_id,contacted_on,outcome,outcome_2\na,2025-07-03,not_reached,asked not to call\n"
    with pytest.raises(DataContractError, match="row 2 has asked_not_to_call in column 'outcome_2'"):
        imported(ten, written(ten, text))


def test_a_note_with_the_separator_in_it_stays_whole(ten):
    result = imported(ten, written(ten, HEAD + "\na,2025-07-03,,,declined,he said no, call in May\n"))
    assert [outcome.note for outcome in result.validated.accepted] == ["he said no, call in May"]


def test_a_row_with_more_cells_than_names_is_refused(ten):
    text = "subscriber_id,note,contacted_on,outcome\na,no, not now,2025-07-03,declined\n"
    with pytest.raises(DataContractError, match="row 2 has 5 cells, and the first line has 4"):
        imported(ten, written(ten, text))


def test_letters_that_swallow_the_separator_behind_them_are_refused(ten):
    text = "subscriber_id|contacted_on|note|outcome\na|2025-07-03|caf\u00e9|asked_not_to_call\n"
    with pytest.raises(DataContractError, match="neither UTF-8 nor GBK"):
        imported(ten, written(ten, text, "cp1252"))
