"""What raw files may look like. No line is ever lost: it is read, or it is in the quarantine."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import hashlib
import io
import json
import tempfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from savedesk.errors import DataContractError, MissingInputError
from savedesk.stages.ingest.csv_file import write_text
from savedesk.stages.ingest.quoting import quotes_add_up
from savedesk.stages.ingest.source import RawFile
from savedesk.stages.ingest.transcode import Utf8Stream

PEOPLE = "SELECT id AS subscriber_id, place AS region FROM people"


def read(folder: Path, content: bytes, **declared: object):
    """Return the rows of a csv file as lists of texts, and what was rejected."""
    path, target = folder / "x.csv", folder / "x.parquet"
    path.write_bytes(content)
    relation = write_text([path], RawFile.model_validate({"path": "x.csv", **declared}), target, max_line_mb=1)
    rows = pq.read_table(target).select(relation.columns).to_pylist() if relation.columns else []
    return [list(row.values()) for row in rows], relation.rejected


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b"a,b\n1,2\n", [["1", "2"]]),
        (b"a,b\n1,2", [["1", "2"]]),
        (b"\xef\xbb\xbfa,b\r\n1,2\r\n\r\n3,\r\n", [["1", "2"], ["3", ""]]),
        (b"a,b\r1,2\r3,4\r", [["1", "2"], ["3", "4"]]),
        (b"\n\na,b\n1,2\n", [["1", "2"]]),
        (b'a,b\n1,"x\ny"\n2,"say ""hi"", Tom"\n', [["1", "x\ny"], ["2", 'say "hi", Tom']]),
        (b'a,b\n1,5" pipe\n2,x\n', [["1", '5" pipe'], ["2", "x"]]),
        ("a,b\n王,\0\n".encode(), [["王", "\0"]]),
        (b"a,b\n", []),
        (b"a,b", []),
        (b"", []),
        (b"\n\n", []),
        (b"a\n=1+1\n@x\n", [["=1+1"], ["@x"]]),
    ],
)
def test_well_formed_files_are_read_as_text(tmp_path: Path, content: bytes, rows: list[list[str]]) -> None:
    assert read(tmp_path, content) == (rows, [])


def test_a_line_with_the_wrong_number_of_fields_is_kept_with_its_number(tmp_path: Path) -> None:
    rows, rejected = read(tmp_path, b"a,b\n1,2\n3\n4,5,6\n7,8\n")
    assert rows == [["1", "2"], ["7", "8"]]
    assert [(line.line, line.rule, line.text) for line in rejected] == [
        (3, "unreadable", "3"),
        (4, "unreadable", "4,5,6"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b'a,b\n1,2\n3,"4\n5,6\n7,8\n',  # never closed: the field runs to the end
        b'a,b\n1,2\n"3,4\n5,6\n7,8\n',
        b'a,b\n1,2\n3,"4\n5,6\n7,"8\n9,9\n',  # closed by the next stray quote
    ],
)
def test_lines_swallowed_by_a_stray_quote_are_quarantined_line_by_line(tmp_path: Path, content: bytes) -> None:
    rows, rejected = read(tmp_path, content)
    lines = content.decode().splitlines()[1:]
    assert ["1", "2"] in rows
    assert len(rows) + len(rejected) == len(lines)
    assert "quotes" in {line.rule for line in rejected}


def test_bytes_that_are_no_text_reject_their_line_only(tmp_path: Path) -> None:
    rows, rejected = read(tmp_path, b"a,b\n1,caf\xe9\n2,ok\n\xff\n")
    assert rows == [["2", "ok"]]
    assert [(line.rule, line.text) for line in rejected] == [("encoding", "\\xff"), ("encoding", "1,caf\\xe9")]


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16"])
def test_other_encodings_are_declared(tmp_path: Path, encoding: str) -> None:
    assert read(tmp_path, "é,b\n1,café\n".encode(encoding), encoding=encoding) == ([["1", "café"]], [])


def test_chinese_encodings_are_declared(tmp_path: Path) -> None:
    assert read(tmp_path, "用户,省\n1,广东\n".encode("gb18030"), encoding="gb18030") == ([["1", "广东"]], [])


def test_a_header_in_another_encoding_says_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(DataContractError, match="encoding: in source"):
        read(tmp_path, "prénom,b\n1,2\n".encode("latin-1"))


def test_the_hint_for_spreadsheets_is_no_header(tmp_path: Path) -> None:
    assert read(tmp_path, b"sep=;\r\na;b\r\n1;2\r\n", delimiter=";") == ([["1", "2"]], [])


def test_other_separators_and_no_quotes(tmp_path: Path) -> None:
    assert read(tmp_path, b'a|b\n1|"2\n', delimiter="|", quote="") == ([["1", '"2']], [])
    assert read(tmp_path, b"a;b\n'1;1';2\n", delimiter=";", quote="'") == ([["1;1", "2"]], [])


@pytest.mark.parametrize("content", [b"1,2\n3,4\n", b"2025-01-01,12.5\n2025-01-02,13\n"])
def test_a_file_without_header_is_refused_unless_names_are_given(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DataContractError, match="values, not column names"):
        read(tmp_path, content)
    rows, _ = read(tmp_path, content, header=["x", "y"])
    assert len(rows) == 2


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataContractError, match="two columns have the name 'ID'"):
        read(tmp_path, b"ID,x,id\n1,2,3\n")


def test_a_line_longer_than_the_limit_stops_the_stage(tmp_path: Path) -> None:
    with pytest.raises(DataContractError, match="max_line_mb"):
        read(tmp_path, b"a,b\n1," + b"x" * 3_000_000 + b"\n")


def test_files_larger_than_a_block_lose_nothing(tmp_path: Path) -> None:
    lines = [f"{number},{'é' * (number % 40)}" if number % 997 else "short" for number in range(60_000)]
    rows, rejected = read(tmp_path, ("a,b\n" + "\n".join(lines) + "\n").encode())
    assert len(rows) + len(rejected) == len(lines)
    assert len(rejected) == len([line for line in lines if line == "short"])
    assert rows[-1] == ["59999", "é" * (59_999 % 40)]


def test_a_broken_archive_is_named(desk) -> None:
    desk.raw("people.csv.gz", gzip.compress(b"id\na\n" * 1000)[:-20])
    with pytest.raises(DataContractError, match=r"people\.csv\.gz.*fetch the file again"):
        desk.run()


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.text(st.sampled_from('ab1,"\n\r é\0'), max_size=4), min_size=1, max_size=3), max_size=6))
def test_whatever_a_csv_writer_writes_is_read_back(rows: list[list[str]]) -> None:
    rows = [row + [""] * (3 - len(row)) for row in rows]
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([["x", "y", "z"], *rows])
    with tempfile.TemporaryDirectory() as folder:
        accepted, rejected = read(Path(folder), text.getvalue().encode())
    assert (accepted, rejected) == (rows, [])


@pytest.mark.parametrize(
    ("noise", "texts"),
    [
        (b'"\n"a,', ['"', "a,"]),  # a line with a quote alone before the one that it glues
        (b'b,2\n"c\n"\nd,"', ['"c', '"']),
    ],
)
def test_a_line_with_a_stray_quote_alone_is_a_line(tmp_path: Path, noise: bytes, texts: list[str]) -> None:
    _, rejected = read(tmp_path, b"x,y\nfirst,1\n" + noise)
    assert [line.text for line in rejected][: len(texts)] == texts


def lines_of(content: bytes) -> int:
    return len([line for line in content.replace(b"\r", b"\n").split(b"\n") if line.strip()])


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=40).map(lambda noise: bytes(b'ab1,"\n \xff\xc3\xa9'[byte % 10] for byte in noise)))
def test_no_line_of_a_dirty_file_is_lost(noise: bytes) -> None:
    """Read lines, lines inside believed quotes and rejected lines add up to the lines of the file."""
    content = b"x,y\nfirst,1\n" + noise
    with tempfile.TemporaryDirectory() as folder:
        rows, rejected = read(Path(folder), content)
    sound = quotes_add_up(Utf8Stream(io.BytesIO(content), "utf-8"), ",", '"')
    inside = sum("".join(row).count("\n") for row in rows) if sound else 0
    inside += sum(line.text.count("\n") for line in rejected) if sound else 0
    assert len(rows) + len(rejected) + inside >= lines_of(content) - 1


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ('a,"b"\n', True),
        ('a,"b""c"\n"d\ne",f', True),
        ('"",""', True),
        ('a,"b', False),
        ('a,b"c\n', False),
        ('a,"b"c\n', False),
        ('"a" ,b\n', False),
    ],
)
def test_quotes_add_up_or_not(text: str, sound: bool) -> None:
    assert quotes_add_up(Utf8Stream(io.BytesIO(text.encode()), "utf-8"), ",", '"') is sound


def test_an_empty_file_is_a_table_without_rows(desk) -> None:
    desk.facts("complaints", "")
    desk.sql("complaints", "SELECT ticket AS ticket_id, who AS subscriber_id FROM complaints_raw")
    outcome = desk.run()
    assert outcome.tables["complaints"] == []
    assert outcome.metrics["complaints_in"] == 0


def test_a_missing_file_is_named_with_the_way_out(desk) -> None:
    (desk.root / "data/raw/mine/people.csv").unlink()
    with pytest.raises(MissingInputError) as caught:
        desk.run()
    assert str(desk.root / "data/raw/mine/people.csv") in caught.value.line()
    assert "SAVEDESK_RAW" in caught.value.line()


@pytest.mark.parametrize("below", ["", "mine"])
def test_the_environment_says_where_the_raw_files_lie(desk, tmp_path: Path, monkeypatch, below: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / below).mkdir(parents=True)
    (elsewhere / below / "people.csv").write_text("id\nz\n", encoding="utf-8")
    monkeypatch.setenv("SAVEDESK_RAW", str(elsewhere))
    assert desk.run().ids() == ["z"]


def test_the_hash_of_a_file_is_held(desk) -> None:
    content = b"id\na\n"
    desk.raw("people.csv", content, sha256=hashlib.sha256(content).hexdigest())
    assert desk.run().ids() == ["a"]
    desk.raw("people.csv", content, sha256="0" * 64)
    with pytest.raises(DataContractError, match="sha256"):
        desk.run()


def test_several_files_of_one_shape_are_one_relation(desk) -> None:
    for name in ("people_2.csv", "people_1.csv"):
        desk.raw(name, f"id,place\n{name[-5]},x\n")
    desk.source["files"] = {"people": {"path": "people_*.csv"}}
    desk.sql("subscribers", "SELECT id || '-' || _row AS subscriber_id, _file AS region FROM people")
    rows = desk.run().tables["subscribers"]
    assert sorted((row["subscriber_id"], row["region"]) for row in rows) == [
        ("1-1", "people_1.csv"),
        ("2-2", "people_2.csv"),
    ]


def test_files_of_different_shapes_are_refused(desk) -> None:
    desk.raw("people_1.csv", "id,place\n1,x\n")
    desk.raw("people_2.csv", "id,town\n1,x\n")
    desk.source["files"] = {"people": {"path": "people_*.csv"}}
    with pytest.raises(DataContractError, match=r"'place'.*'town'"):
        desk.run()


def test_gzip_is_unpacked(desk) -> None:
    desk.raw("people.csv.gz", gzip.compress("id,place\na,广东\n".encode()))
    desk.sql("subscribers", PEOPLE)
    assert desk.run().tables["subscribers"][0]["region"] == "广东"


def test_parquet_keeps_its_types(desk, tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": pa.array([1, 10**15, None], pa.float64()),
            "born": pa.array([1980, 1990, 2000], pa.int32()),
            "since": pa.array([dt.datetime(2020, 1, 5, 12), None, None]),  # noqa: DTZ001 - as operators export them
            "ok": [True, None, False],
        }
    )
    pq.write_table(table, tmp_path / "people.parquet")
    desk.raw("people.parquet", (tmp_path / "people.parquet").read_bytes())
    desk.sql(
        "subscribers",
        "SELECT id AS subscriber_id, born AS birth_year, since AS activated_on, ok AS contact_allowed FROM people",
    )
    outcome = desk.run()
    assert outcome.ids() == ["1", "1000000000000000"]
    first = min(outcome.tables["subscribers"], key=lambda row: row["birth_year"])
    assert (first["birth_year"], first["activated_on"], first["contact_allowed"]) == (1980, dt.date(2020, 1, 5), True)
    assert outcome.rules("subscribers") == ["required:subscriber_id"]


def test_a_file_that_is_no_parquet_is_named(desk) -> None:
    desk.raw("people.parquet", b"PAR0")
    with pytest.raises(DataContractError, match=r"people\.parquet"):
        desk.run()


def workbook(*rows: list[object], title: str = "People") -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = title
    for row in rows:
        page.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_xlsx_cells_become_text(desk) -> None:
    day = dt.datetime(2020, 1, 5)  # noqa: DTZ001 - a cell has no time zone
    desk.raw(
        "people.xlsx",
        workbook(["id", "born", "since", "ok"], [42, 1980.0, day, True], [None, None], ["'=1+1", None, None, False]),
    )
    desk.sql(
        "subscribers",
        "SELECT id AS subscriber_id, born AS birth_year, since AS activated_on, ok AS contact_allowed FROM people",
    )
    rows = {row["subscriber_id"]: row for row in desk.run().tables["subscribers"]}
    assert sorted(rows) == ["42", "=1+1"]
    assert (rows["42"]["birth_year"], rows["42"]["activated_on"], rows["42"]["contact_allowed"]) == (
        1980,
        dt.date(2020, 1, 5),
        True,
    )


def test_an_xlsx_row_with_too_many_cells_is_quarantined(desk) -> None:
    desk.raw("people.xlsx", workbook(["id"], ["a"], ["b", "x"]))
    outcome = desk.run()
    assert outcome.ids() == ["a"]
    assert outcome.rules("raw:people") == ["unreadable"]


def test_an_unknown_sheet_is_refused_with_those_there(desk) -> None:
    desk.raw("people.xlsx", workbook(["id"], ["a"]), sheet="Persons")
    with pytest.raises(DataContractError, match="allowed: People"):
        desk.run()


def test_a_file_that_is_no_xlsx_is_named(desk) -> None:
    desk.raw("people.xlsx", b"id\na\n")
    with pytest.raises(DataContractError, match="not an xlsx file"):
        desk.run()


def test_too_many_unreadable_lines_stop_the_stage_and_stay_to_be_looked_at(desk) -> None:
    desk.raw("people.csv", "id\na\nb,1\nc,2\n")
    with pytest.raises(DataContractError) as caught:
        desk.run(max_quarantined_share=0.5)
    line = caught.value.line()
    assert "raw:people" in line
    assert "2 of 3 lines" in line
    written = (desk.root / "data/quarantine/raw_people.csv").read_text(encoding="utf-8")
    assert [json.loads(row["row"])["_text"] for row in csv.DictReader(io.StringIO(written))] == ["b,1", "c,2"]
