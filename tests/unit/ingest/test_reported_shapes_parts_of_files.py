"""Files of which readers in public reports saw a part only, or more than there is.

Where: whitfin/s3-concat#3, bennettoxford/openprescribing#251 (the header again); MonetDB#7061, PostHog#90036 (members
of an archive); databricks/spark-csv#378 and #338, 51zero/eel-sdk#390, adtech-labs/cyavro#27 (what Spark writes);
static-frame#209, RyanDFIR/hindsight#359, kobotoolbox/kpi#2370 (cut at a limit); langgenius/dify#1039, pandas#39001 (a
wrong dimension); lidge-jun/aside-codemode#30 (two forms of one name).
"""

from __future__ import annotations

import gzip
import io
import unicodedata
import zipfile
from typing import Any

import openpyxl
import pytest
from tests.desk import Desk

from savedesk.errors import DataContractError

FIRST, SECOND = "id,place\na,x\n", "id,place\nb,y\n"


def laid_out(desk: Desk, path: str, files: dict[str, Any], **declared: Any) -> Desk:
    for name, content in files.items():
        desk.raw(name, content)
    desk.source["files"] = {"people": {"path": path, **declared}}
    desk.sql("subscribers", "SELECT id AS subscriber_id, place AS region FROM people")
    return desk


@pytest.mark.parametrize("again", ["id,place\n", "\ufeffid,place\n", '"id","place"\n'])
def test_the_header_once_more_is_no_subscriber(desk: Desk, again: str) -> None:
    outcome = laid_out(desk, "p/all.csv", {"p/all.csv": f"{FIRST}{again}b,y\n"}).run()
    assert outcome.ids() == ["a", "b"]
    assert outcome.notes == ["all.csv: the line of names is in it 1 times more, and left out each time"]


def test_a_subscriber_of_the_name_of_a_column_stays(desk: Desk) -> None:
    assert laid_out(desk, "p/all.csv", {"p/all.csv": f"{FIRST}id,z\n"}).run().ids() == ["a", "id"]


def test_all_members_of_an_archive_are_read(desk: Desk) -> None:
    members = gzip.compress(FIRST.encode()) + gzip.compress(SECOND.encode()) + gzip.compress(b"c,z\n")
    assert laid_out(desk, "p/*.csv.gz", {"p/all.csv.gz": members}).run().ids() == ["a", "b", "c"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(gzip.compress(FIRST.encode())[:-9], id="cut off"),
        pytest.param(gzip.compress(FIRST.encode()) + b"more", id="more behind it"),
    ],
)
def test_a_broken_archive_is_refused(desk: Desk, content: bytes) -> None:
    with pytest.raises(DataContractError, match=r"all.csv.gz: not readable"):
        laid_out(desk, "p/*.csv.gz", {"p/all.csv.gz": content}).run()


@pytest.mark.parametrize("path", ["p/*", "p/*.csv", "p/part-*"])
def test_what_spark_writes_beside_the_parts_is_no_data(desk: Desk, path: str) -> None:
    """Empty parts, parts with another order of columns, the mark of success and the sums of the parts."""
    files = {"p/part-0.csv": FIRST, "p/part-1.csv": "", "p/part-2.csv": "place,id\ny,b\n", "p/_SUCCESS": ""}
    outcome = laid_out(desk, path, {**files, "p/.part-0.csv.crc": b"crc\x00\xff"}, format="csv").run()
    assert {row["subscriber_id"]: row["region"] for row in outcome.tables["subscribers"]} == {"a": "x", "b": "y"}
    assert outcome.warnings == []


def test_a_part_that_was_never_finished_is_not_read_and_said(desk: Desk) -> None:
    files = {"p/part-0.csv": FIRST, "p/_temporary/0/part-1.csv": SECOND}
    outcome = laid_out(desk, "p/**/*.csv", files).run()
    assert outcome.ids() == ["a"]
    assert any("not read" in line and "_temporary/0/part-1.csv" in line for line in outcome.warnings)


@pytest.mark.parametrize(("rows", "said"), [(65_535, "an old spreadsheet holds"), (30_000, "Power BI"), (29_999, "")])
def test_as_many_rows_as_a_program_can_hold_are_said(desk: Desk, rows: int, said: str) -> None:
    lines = "".join(f"s{number},x\n" for number in range(rows))
    warnings = [
        line for line in laid_out(desk, "p.csv", {"p.csv": f"id,place\n{lines}"}).run().warnings if "cut off" in line
    ]
    assert [said in line for line in warnings] == ([True] if said else [])


def test_a_sheet_that_gives_a_wrong_size_is_read_in_whole(desk: Desk) -> None:
    book, content, changed = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    for row in (["id", "place"], ["a", "x"], ["b", "y"]):
        book.worksheets[0].append(row)
    book.save(content)
    with zipfile.ZipFile(content) as given, zipfile.ZipFile(changed, "w") as packed:
        for name in given.namelist():
            packed.writestr(name, given.read(name).replace(b'ref="A1:B3"', b'ref="A1"'))
    assert laid_out(desk, "p.xlsx", {"p.xlsx": changed.getvalue()}).run().ids() == ["a", "b"]


def test_accents_in_either_form_are_one_name(desk: Desk) -> None:
    """A Mac stores o and two dots, others one sign."""
    apart = unicodedata.normalize("NFD", "p/k\u00f6ln_1.csv")
    assert laid_out(desk, "p/k\u00f6ln_*.csv", {apart: FIRST, "p/k\u00f6ln_2.csv": SECOND}).run().ids() == ["a", "b"]
    assert laid_out(desk, "p/k\u00f6ln_1.csv", {}).run().ids() == ["a"]
