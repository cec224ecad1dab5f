"""All of a relation is read, or it is said what is not: sheets, formulas, columns, folders, files near the path."""

from __future__ import annotations

import datetime as dt
import gzip
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from savedesk.errors import DataContractError, MissingInputError


def book(*sheets: tuple[str, list[list[Any]]], change: Callable[[Any], None] | None = None) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets:
        page = workbook.create_sheet(name)
        for row in rows:
            page.append(row)
    if change:
        change(workbook)
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def two_sheets(**hidden: str) -> bytes:
    def hide(workbook: Any) -> None:
        for name, state in hidden.items():
            workbook[name].sheet_state = state

    return book(("January", [["id"], ["a"]]), ("February", [["id"], ["b"]]), ("Empty", []), change=hide)


def parquet(columns: dict[str, Any], folder: Path, **options: Any) -> bytes:
    pq.write_table(pa.table(columns), folder / "x.parquet", **options)
    return (folder / "x.parquet").read_bytes()


def test_several_sheets_are_refused_where_none_is_named(desk) -> None:
    desk.raw("people.xlsx", two_sheets())
    with pytest.raises(DataContractError, match=r"2 sheets have rows.*January, February.*set sheet:"):
        desk.run()


@pytest.mark.parametrize(
    ("sheet", "ids"), [("February", ["b"]), (["January", "February"], ["a", "b"]), ("*", ["a", "b"])]
)
def test_sheets_that_are_named_are_read(desk, sheet: Any, ids: list[str]) -> None:
    desk.raw("people.xlsx", two_sheets(), sheet=sheet)
    assert desk.run().ids() == ids


def test_all_sheets_must_have_the_same_columns(desk) -> None:
    desk.raw("people.xlsx", book(("One", [["id"], ["a"]]), ("Two", [["b"], ["c"]])), sheet="*")
    with pytest.raises(DataContractError, match=r"people.xlsx, sheet 'Two': columns differ"):
        desk.run()


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_no_data_and_is_noted(desk, state: str) -> None:
    desk.raw("people.xlsx", two_sheets(February=state))
    outcome = desk.run()
    assert outcome.ids() == ["a"]
    assert outcome.notes == ["people.xlsx: hidden sheets are not read: February; sheet: can name them"]


def test_a_formula_without_a_stored_value_is_refused(desk) -> None:
    desk.raw("people.xlsx", book(("People", [["id", "fee"], ["a", 1], ["b", "=B2*2"]])))
    with pytest.raises(DataContractError, match=r"people.xlsx, sheet 'People': row 3 has a formula .*: =B2\*2"):
        desk.run()


def test_merged_cells_are_refused(desk) -> None:
    desk.raw(
        "people.xlsx",
        book(
            ("People", [["id", "where"], ["a", "x"], ["b"]]),
            change=lambda workbook: workbook["People"].merge_cells("B2:B3"),
        ),
    )
    with pytest.raises(DataContractError, match=r"cells are merged.*B2:B3"):
        desk.run()


def test_a_workbook_that_counts_from_1904_has_the_same_days_and_no_counted_ones(desk) -> None:
    def of_a_mac(workbook: Any) -> None:
        workbook.epoch = CALENDAR_MAC_1904

    day = dt.datetime(2020, 1, 5)  # noqa: DTZ001 - a cell has no zone
    desk.raw("people.xlsx", book(("People", [["id", "since"], ["a", day], ["b", 43834]]), change=of_a_mac))
    desk.sql("subscribers", "SELECT id AS subscriber_id, since AS activated_on FROM people")
    outcome = desk.run()
    assert {row["subscriber_id"]: row["activated_on"] for row in outcome.tables["subscribers"]} == {
        "a": day.date(),
        "b": None,
    }
    assert [row["rules"] for row in outcome.tables["repaired"]] == ["type:activated_on"]


def test_csv_files_may_have_another_order_of_columns_but_no_others(desk) -> None:
    desk.raw("people_1.csv", "id,place\na,x\n")
    desk.raw("people_2.csv", "place,id\ny,b\n")
    desk.source["files"] = {"people": {"path": "people_*.csv"}}
    desk.sql("subscribers", "SELECT id AS subscriber_id, place AS region FROM people")
    assert {row["subscriber_id"]: row["region"] for row in desk.run().tables["subscribers"]} == {"a": "x", "b": "y"}


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_column_that_some_files_lack_is_refused_unless_it_is_optional(desk, tmp_path: Path, ending: str) -> None:
    for number, columns in enumerate(({"id": ["a"]}, {"id": ["b"], "place": ["y"]}), start=1):
        text = "\n".join(",".join(line) for line in (columns, [cell for (cell,) in columns.values()])) + "\n"
        desk.raw(f"people_{number}.{ending}", text if ending == "csv" else parquet(columns, tmp_path))
    desk.source["files"] = {"people": {"path": f"people_*.{ending}"}}
    desk.sql("subscribers", "SELECT id AS subscriber_id, place AS region FROM people")
    with pytest.raises(DataContractError, match=r"columns differ .*added \['place'\].*optional:"):
        desk.run()
    desk.source["files"]["people"]["optional"] = ["place"]
    assert {row["subscriber_id"]: row["region"] for row in desk.run().tables["subscribers"]} == {"a": None, "b": "y"}


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        ({"id": ["a"]}, {"ident": ["b"]}, r"missing \['id'\], added \['ident'\]"),
        ({"id": ["007"]}, {"id": [7]}, "column 'id' is int64, but text"),
        ({"id": ["a"], "ID": ["b"]}, {"id": ["a"]}, "two columns have the name 'id'"),
    ],
)
def test_parquet_files_that_do_not_fit_together_are_refused(desk, tmp_path: Path, first, second, says: str) -> None:
    desk.raw("people_1.parquet", parquet(first, tmp_path))
    desk.raw("people_2.parquet", parquet(second, tmp_path))
    desk.source["files"] = {"people": {"path": "people_*.parquet"}}
    with pytest.raises(DataContractError, match=says):
        desk.run()


def test_parquet_files_may_differ_in_width_and_in_columns_without_values(desk, tmp_path: Path) -> None:
    desk.raw("people_1.parquet", parquet({"id": pa.array([1], pa.int32()), "place": pa.nulls(1)}, tmp_path))
    desk.raw("people_2.parquet", parquet({"id": pa.array([2.0]), "place": ["x"]}, tmp_path))
    desk.source["files"] = {"people": {"path": "people_*.parquet"}}
    desk.sql("subscribers", "SELECT id AS subscriber_id, place AS region FROM people")
    assert {row["subscriber_id"]: row["region"] for row in desk.run().tables["subscribers"]} == {"1": None, "2": "x"}


def in_folders(desk, tmp_path: Path, ending: str, **months: dict[str, Any]) -> None:
    """Lay out a file in a folder for each month; a month is written without the sign between year and month."""
    for month, columns in months.items():
        text = "\n".join([",".join(columns), *map(",".join, zip(*columns.values(), strict=True))]) + "\n"
        file = f"usage/month={month[1:5]}-{month[5:]}/part-0.{ending}"
        desk.raw(file, text if ending == "csv" else parquet(columns, tmp_path))
    desk.source["files"] = {"people": {"path": "people.csv"}, "rows": {"path": f"usage/*/*.{ending}"}}
    desk.sql("usage", "SELECT id AS subscriber_id, left(month, 7) || '-01' AS month, mb AS data_mb FROM rows")


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_folders_make_a_column(desk, tmp_path: Path, ending: str) -> None:
    in_folders(desk, tmp_path, ending, m202401={"id": ["a"], "mb": ["1"]}, m202402={"id": ["a"], "mb": ["2"]})
    rows = desk.run().tables["usage"]
    assert {row["month"].month: row["data_mb"] for row in rows} == {1: 1.0, 2: 2.0}


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_folder_may_say_what_the_file_says_but_nothing_else(desk, tmp_path: Path, ending: str) -> None:
    in_folders(desk, tmp_path, ending, m202401={"id": ["a"], "month": ["2024-01-01"], "mb": ["1"]})
    assert [row["month"] for row in desk.run().tables["usage"]] == [dt.date(2024, 1, 1)]
    in_folders(desk, tmp_path, ending, m202402={"id": ["a"], "month": ["2024-03-01"], "mb": ["1"]})
    with pytest.raises(DataContractError, match=r"month=2024-02.* the folder says month=2024-02, but .*'2024-03-01'"):
        desk.run()


def test_the_folder_of_no_value_is_no_value(desk, tmp_path: Path) -> None:
    desk.raw("p/region=__HIVE_DEFAULT_PARTITION__/0.parquet", parquet({"id": ["a"]}, tmp_path))
    desk.raw("p/region=S%C3%BCd%2FOst/0.parquet", parquet({"id": ["b"]}, tmp_path))
    desk.source["files"] = {"people": {"path": "p/*/*.parquet"}}
    desk.sql("subscribers", "SELECT id AS subscriber_id, region FROM people")
    assert {row["subscriber_id"]: row["region"] for row in desk.run().tables["subscribers"]} == {
        "a": None,
        "b": "Süd/Ost",
    }


def test_a_path_that_is_a_folder_says_how_to_write_it(desk, tmp_path: Path) -> None:
    desk.raw("p/0.parquet", parquet({"id": ["a"]}, tmp_path))
    desk.source["files"] = {"people": {"path": "p", "format": "parquet"}}
    with pytest.raises(MissingInputError, match=r"the path is a folder.*write path: p/\*\*/\*.parquet"):
        desk.run()


@pytest.mark.parametrize(
    "near", ["people_2024-13.csv.bak", "PEOPLE_2024-13.CSV", "older/people_2023-12.csv", "people_2024-02.csv.gz"]
)
def test_a_file_near_the_path_that_is_not_read_is_a_warning(desk, near: str) -> None:
    desk.raw("people_2024-01.csv", "id\na\n")
    desk.raw(near, gzip.compress(b"id\nb\n") if near.endswith("gz") else "id\nb\n")
    desk.raw("~$people_2024-01.csv", "lock")
    desk.source["files"] = {"people": {"path": "people_*.csv"}}
    outcome = desk.run()
    assert outcome.ids() == ["a"]
    assert [line for line in outcome.warnings if near in line and "not read" in line]
    assert not any("~$" in line for line in outcome.warnings)


def test_a_file_of_another_relation_is_not_near(desk) -> None:
    desk.raw("people.csv", "id\na\n")
    desk.raw("people.csv.old.csv", "id\nb\n")
    desk.source["files"] = {"people": {"path": "people.csv"}, "before": {"path": "people.csv.old.csv"}}
    assert desk.run().warnings == []


def test_a_file_without_a_line_end_is_noted(desk) -> None:
    desk.raw("people.csv", "id,place\na,x\nb,y")
    assert desk.run().notes == ["people.csv has no line end behind its last line, so it may have been cut off"]


@pytest.mark.parametrize("sql", ["SELECT id AS subscriber_id, place AS region, town AS region FROM people"])
def test_two_columns_of_one_name_in_a_select_are_refused(desk, sql: str) -> None:
    desk.raw("people.csv", "id,place,town\na,x,y\n")
    desk.sql("subscribers", sql)
    with pytest.raises(DataContractError, match="two columns have the name 'region'"):
        desk.run()
    desk.sql("subscribers", sql.replace("AS region FROM", "AS REGION FROM"))
    with pytest.raises(DataContractError, match="two columns have the name"):
        desk.run()
