"""Workbooks that would fill the memory, or are damaged within, are refused in one line."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from tests.desk import Desk

from savedesk.errors import DataContractError
from savedesk.operations.outcomes.sheet import read_sheet

DIRECTORY = b"PK\x01\x02"  # begins an entry; then version needed at 6, flags at 8, method at 10 (APPNOTE 4.3.12)
SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY %c "&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;">' % (c, *[c - 1] * 10) for c in range(98, 108)
)


def book() -> bytes:
    workbook, content = openpyxl.Workbook(), io.BytesIO()
    for row in (["id", "place"], ["a", "North"], ["b", "South"]):
        workbook.active.append(row)
    workbook.save(content)
    return content.getvalue()


def with_part(name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return a workbook of which one part is changed."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book())) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, change(old.read(part)) if part == name else old.read(part))
    return content.getvalue()


def without_end(raw: bytes) -> bytes:
    """Return a workbook in whose sheet the packed bytes are damaged."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        start = archive.getinfo(SHEET).header_offset + 80
    return raw[:start] + b"\xff" * 20 + raw[start + 20 :]


def with_entry(offset: int, value: int) -> bytes:
    """Return a workbook of which every entry of the archive's directory has another byte."""
    raw = bytearray(book())
    start = raw.find(DIRECTORY)
    while start >= 0:
        raw[start + offset] = value
        start = raw.find(DIRECTORY, start + 1)
    return bytes(raw)


HOSTILE = {
    "an archive of a version that nobody has": lambda: with_entry(6, 147),
    "an encrypted archive": lambda: with_entry(8, 1),
    "an unknown way of packing": lambda: with_entry(10, 97),
    "a text of 200 MB": lambda: with_part(SHEET, lambda xml: xml.replace(b"North", b"N" * 200_000_000)),
    "a header of 200 MB": lambda: with_part(SHEET, lambda xml: xml.replace(b"place", b"p" * 200_000_000)),
    "entities within entities": lambda: with_part(
        SHEET, lambda xml: ENTITIES + b"]>" + xml.partition(b"?>")[2].replace(b"<v>0</v>", b"<v>&k;</v>")
    ),
    "damaged within": lambda: without_end(book()),
    "no XML": lambda: with_part(SHEET, lambda _: b"\x00\x01"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_ingest_and_outcomes_refuse_it_in_one_line(desk: Desk, tmp_path: Path, what: str) -> None:
    raw = HOSTILE[what]()
    assert len(raw) < 1_000_000
    desk.raw("people.xlsx", raw)
    desk.sql("subscribers", "SELECT id AS subscriber_id FROM people")
    (tmp_path / "outcomes.xlsx").write_bytes(raw)
    for read in (desk.run, lambda: read_sheet(tmp_path / "outcomes.xlsx")):
        with pytest.raises(DataContractError) as caught:
            read()
        assert caught.value.exit_code == 3
        assert len(caught.value.line()) < 500


def test_a_workbook_that_unpacks_to_more_than_the_params_allow(desk: Desk) -> None:
    workbook, content = openpyxl.Workbook(), io.BytesIO()
    workbook.active.append(["id"])
    for number in range(60_000):
        workbook.active.append([f"s{number * 7919 % 99991:012d}{number}"])
    workbook.save(content)
    desk.raw("people.xlsx", content.getvalue())
    desk.sql("subscribers", "SELECT id AS subscriber_id FROM people")
    with pytest.raises(
        DataContractError, match=r"it unpacks to \d MB, and ingest.max_unpacked_mb in params.yaml allows 1"
    ):
        desk.run(max_unpacked_mb=1)
    assert len(desk.run().ids()) == 60_000


def test_a_chart_sheet_first_is_passed_over(desk: Desk) -> None:
    workbook, content = openpyxl.load_workbook(io.BytesIO(book())), io.BytesIO()
    workbook.create_chartsheet("Chart", 0)
    workbook.save(content)
    desk.raw("people.xlsx", content.getvalue())
    desk.sql("subscribers", "SELECT id AS subscriber_id FROM people")
    assert sorted(desk.run().ids()) == ["a", "b"]


def test_a_packed_outcome_file_that_unpacks_to_too_much(tmp_path: Path) -> None:
    path = tmp_path / "outcomes.csv.gz"
    path.write_bytes(gzip.compress(b"subscriber_id,contacted_on,outcome\n" + b"a" * 3_000_000))
    with pytest.raises(DataContractError, match="it unpacks to too much; allowed: 2 MB"):
        read_sheet(path, 2)
