"""Exports that were read wrongly without a word; what is right is worked out by hand from the raw input."""

from __future__ import annotations

import gzip

import pytest

from savedesk.errors import DataContractError, ParamsError

BILLS = """
    subscriber_id,month,billed_on,bill_id,plan_fee,overage_fee,vas_fee,other_fee,discount,total_due,due_on,paid_on
"""
USAGE = b"subscriber_id,month,voice_min\na,2025-03-01,5\n"
SUMMED = "SELECT subscriber_id, month, sum(voice_min::DOUBLE) AS voice_min FROM u GROUP BY ALL"


def bill(day: str, *, month: str = "2025-05-01", number: str = "N1", paid: str = "") -> str:
    return f"a,{month},{day},{number},30,0,0,0,0,30,2025-06-15,{paid}"


def with_bills(desk, *lines: str):
    desk.facts("bills", BILLS.strip() + "\n" + "\n".join(lines) + "\n")
    return desk.run()


@pytest.mark.parametrize("day", ["1969-12-31", "1980-01-01", "1904-01-01", "1900-01-02", "1601-01-01"])
def test_a_day_from_which_a_system_counts_is_no_day_of_payment(desk, day: str) -> None:
    outcome = with_bills(desk, bill("2025-05-31", paid=day))
    assert [row["paid_on"] for row in outcome.tables["bills"]] == [None]
    assert [line for line in [*outcome.warnings, *outcome.notes] if day in line]


def test_a_bill_paid_years_before_it_was_made_is_turned_away(desk) -> None:
    outcome = with_bills(desk, bill("2025-05-31", paid="2000-01-01"))
    assert outcome.rules("bills") == ["identity:paid_near"]


def test_a_year_may_be_paid_in_advance(desk) -> None:
    assert not with_bills(desk, bill("2025-05-31", paid="2024-06-15")).rules("bills")


def test_an_open_bill_that_each_months_file_lists_anew_is_said(desk) -> None:
    lines = [bill("2025-03-31", month=f"2025-0{month}-01") for month in (3, 4)]
    (said,) = [line for line in with_bills(desk, *lines).warnings if "several months" in line]
    assert said.startswith("bills: 1 bills of 1 subscribers, such as N1,")


def test_bills_that_are_told_apart_by_their_day_are_not(desk) -> None:
    outcome = with_bills(desk, bill("2025-03-31", month="2025-03-01"), bill("2025-04-30", month="2025-04-01"))
    assert not [line for line in outcome.warnings if "several months" in line]


@pytest.mark.parametrize(
    ("path", "files"),
    [
        ("u/a.csv*", {"a.csv": USAGE, "a.csv.gz": gzip.compress(USAGE)}),
        ("u/*.csv", {"a.csv": USAGE, "b.csv": b"\xef\xbb\xbf" + USAGE.replace(b"\n", b"\r\n")}),
    ],
)
def test_one_table_in_two_wrappings_stops(desk, path: str, files: dict[str, bytes]) -> None:
    folder = desk.root / "data/raw/mine/u"
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    desk.source["files"]["u"] = {"path": path, "format": "csv"}
    desk.sql("usage", SUMMED)
    with pytest.raises(DataContractError, match="one file under two names, with the same content"):
        desk.run()


def test_a_line_of_names_below_given_names_is_said(desk) -> None:
    desk.raw("people.csv", "msisdn,area\na,N\nb,N\nc,S\n", header=["id", "region"])
    desk.sql("subscribers", "SELECT id AS subscriber_id, region FROM people")
    assert [line for line in desk.run().warnings if "the first line looks like names of columns (msisdn, area)" in line]


def test_a_first_row_below_given_names_is_not(desk) -> None:
    desk.raw("people.csv", "a,N\nb,N\nc,S\n", header=["id", "region"])
    desk.sql("subscribers", "SELECT id AS subscriber_id, region FROM people")
    outcome = desk.run()
    assert outcome.ids() == ["a", "b", "c"]
    assert not [line for line in outcome.warnings if "looks like names" in line]


@pytest.mark.parametrize(("inside", "agrees"), [("12", False), ("01", True), ("1", True)])
def test_a_folder_that_says_another_value_than_its_file_stops(desk, inside: str, agrees: bool) -> None:
    folder = desk.root / "data/raw/mine/u/region=1"
    folder.mkdir(parents=True)
    (folder / "x.csv").write_text(f"id,region\na,{inside}\n")
    desk.source["files"] = {"people": {"path": "u/*/x.csv"}}
    desk.sql("subscribers", "SELECT id AS subscriber_id, region FROM people")
    if agrees:
        assert desk.run().ids() == ["a"]
        return
    with pytest.raises(DataContractError, match="the folder says region=1, but the file has region '12'"):
        desk.run()


def test_ids_of_other_letters_are_not_alike(desk) -> None:
    desk.raw("people.csv", "id\nА-17\nВ-18\nклиент\n")
    desk.facts("usage", "subscriber_id,month,voice_min\nБ-17,2025-03-01,5\nсосед,2025-03-01,5\nа17,2025-03-01,5\n")
    (said,) = [line for line in desk.run().warnings if "looks like" in line]
    assert "1 of 3 ids" in said
    assert "'а17' looks like 'А-17'" in said


def test_utf_16_without_a_mark_is_refused_in_one_line(desk) -> None:
    desk.raw("people.csv", "id\na\n".encode("utf-16-le"), encoding="utf-16")
    with pytest.raises(DataContractError, match="not readable as utf-16"):
        desk.run()


@pytest.mark.parametrize("name", ["base64", "hex", "rot13", "idna", "punycode", "undefined", "unicode_escape"])
def test_a_codec_that_is_no_encoding_of_files_is_refused(desk, name: str) -> None:
    desk.raw("people.csv", "id\na\n", encoding=name)
    with pytest.raises(ParamsError, match="no encoding"):
        desk.run()


@pytest.mark.parametrize(("old", "listed"), [("olda", "OLDA"), ("0779", "779")])
def test_facts_under_an_old_id_that_is_written_otherwise_are_unknown_of_the_new_one(
    desk, old: str, listed: str
) -> None:
    desk.facts("renamed_ids", f"old_id,new_id,renamed_on\n{listed},a,2025-01-01\n")
    desk.facts("complaints", f"ticket_id,subscriber_id,opened_at,category\nt1,{old},2024-02-20,billing\n")
    outcome = desk.run()
    lost = [(row["subscriber_id"], row["table"]) for row in outcome.tables["unknown_facts"]]
    assert ("a", "complaints") in lost
    assert [line for line in outcome.warnings if f"{old!r} looks like {listed!r}" in line]


def test_subscribers_of_whom_no_month_could_be_read_are_named(desk) -> None:
    desk.facts("usage", "subscriber_id,month,voice_min\na,2025-03-01,5\nb,,7\nc,2025-03-01,1\nc,,1\n")
    (said,) = [line for line in desk.run().warnings if "no month of use or bills could be read" in line]
    assert said.startswith("of 1 subscribers no month of use or bills could be read, such as 'b'")
