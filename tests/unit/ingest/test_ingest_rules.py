"""What a canonical table refuses, and what becomes of the refused rows."""

from __future__ import annotations

import json
from datetime import date

import pytest

from savedesk.errors import DataContractError, MissingInputError, ParamsError

USAGE = "subscriber_id,month,voice_min\n"


def test_only_subscribers_are_needed_and_the_rest_is_empty(desk) -> None:
    outcome = desk.run()
    assert outcome.ids() == ["a", "b", "c"]
    assert outcome.tables["usage"] == []
    assert outcome.tables["quarantine"] == []
    assert outcome.metrics["subscribers_in"] == 3


def test_a_subscriber_without_account_pays_for_itself(desk) -> None:
    desk.raw("people.csv", "id,payer\na,p\nb,\n")
    desk.sql("subscribers", "SELECT id AS subscriber_id, payer AS account_id FROM people")
    assert {row["subscriber_id"]: row["account_id"] for row in desk.run().tables["subscribers"]} == {"a": "p", "b": "b"}


def test_a_month_of_use_is_known_on_its_last_day(desk) -> None:
    desk.facts("usage", USAGE + "a,2024-02-01,1\n")
    assert desk.run().tables["usage"][0]["known_on"] == date(2024, 2, 29)


BAD_ROWS = {
    ",2025-01-01,1": "required:subscriber_id",
    "  ,2025-01-01,1": "required:subscriber_id",
    "a,,1": "required:month",
    "a,2025-01-02,1": "identity:month_start",
    "a,2025-13-01,1": "type:month",
    "a,01/02/2025,1": "type:month",
    "a,infinity,1": "type:month",
    "a,1066-01-01,1": "range:month",
    "a,2026-02-01,1": "future:month",
    "stranger,2025-01-01,1": "reference:subscriber_id",
}


def test_each_bad_row_is_turned_away_with_its_rule(desk) -> None:
    desk.facts("usage", USAGE + "b,2025-01-01,5\n" + "\n".join(BAD_ROWS) + "\n")
    outcome = desk.run()
    rules = {int(json.loads(row["row"])["_row"]): row["rule"] for row in outcome.tables["quarantine"]}
    assert [rules.get(number) for number in range(1, len(BAD_ROWS) + 2)] == [None, *BAD_ROWS.values()]
    assert outcome.ids("usage") == ["b"]
    assert (outcome.metrics["usage_in"], outcome.metrics["usage_accepted"]) == (1 + len(BAD_ROWS), 1)


def test_rows_that_only_look_odd_are_accepted(desk) -> None:
    clocks = "a,2025-03-01 00:00:00,1\na,2025-04-01T23:59:59+08:00,1e0\n"
    desk.facts("usage", USAGE + "a,2025-01-01, 2 \na,2025-2-1,\n" + clocks + "\u3000a\u00a0,2025-05-01,.5\n")
    outcome = desk.run()
    assert outcome.rules("usage") == []
    read = sorted((row["month"].month, row["voice_min"]) for row in outcome.tables["usage"])
    assert read == [(1, 2.0), (2, None), (3, 1.0), (4, 1.0), (5, 0.5)]


def test_an_exit_may_lie_ahead_where_it_is_known_already(desk) -> None:
    # data taken on 2026-01-31
    rows = "a,2026-03-01,cancelled,2026-01-20\nb,2026-03-01,cancelled,2026-02-01\nc,2026-03-01,cancelled,\n"
    desk.facts("status_changes", "subscriber_id,changed_on,status,known_on\n" + rows)
    outcome = desk.run()
    assert outcome.ids("status_changes") == ["a", "c"]
    assert outcome.rules("status_changes") == ["future:known_on"]
    known = {row["subscriber_id"]: row["known_on"] for row in outcome.tables["status_changes"]}
    assert known["c"] == date(2026, 1, 31)  # a notice that says nothing else was known when the data were taken


def test_a_whole_number_must_be_whole(desk) -> None:
    given = ["7", "+8", "9.0", "7.5", "1e1", "0x7", "99999999999999999999"]
    rows = [f"a,2025-05-{day:02d},store,{score}\n" for day, score in enumerate(given, start=1)]
    desk.facts("surveys", "subscriber_id,surveyed_on,process,score\n" + "".join(rows))
    outcome = desk.run()
    assert sorted(row["score"] for row in outcome.tables["surveys"]) == [7, 8, 9]
    assert outcome.rules("surveys") == ["type:score"] * 4


def test_yes_and_no_have_a_few_spellings(desk) -> None:
    spellings = {"Yes": True, "t": True, "1": True, "N": False, "FALSE": False, "0": False, "": None}
    desk.raw("people.csv", "id,ok\n" + "".join(f"{number},{text}\n" for number, text in enumerate(spellings)))
    desk.sql("subscribers", "SELECT id AS subscriber_id, ok AS contact_allowed FROM people")
    read = {row["subscriber_id"]: row["contact_allowed"] for row in desk.run().tables["subscribers"]}
    assert [read[str(number)] for number in range(len(spellings))] == list(spellings.values())


def test_perhaps_is_neither_yes_nor_no(desk) -> None:
    desk.raw("people.csv", "id,ok\na,perhaps\nb,yes\n")
    desk.sql("subscribers", "SELECT id AS subscriber_id, ok AS contact_allowed FROM people")
    assert desk.run().rules("subscribers") == ["type:contact_allowed"]


def test_an_unknown_category_is_turned_away(desk) -> None:
    desk.facts(
        "complaints", "ticket_id,subscriber_id,opened_at,category\nt1,a,2025-01-01,network\nt2,a,2025-01-01,weather\n"
    )
    assert desk.run().rules("complaints") == ["allowed:category"]


def test_a_bill_must_add_up(desk) -> None:
    head = "subscriber_id,month,billed_on,plan_fee,overage_fee,vas_fee,other_fee,discount,total_due\n"
    desk.facts("bills", head + "a,2025-01-01,2025-02-01,10,1,0,0,2,9\nb,2025-01-01,2025-02-01,10,1,0,0,2,10\n")
    outcome = desk.run()
    assert outcome.ids("bills") == ["a"]
    assert outcome.rules("bills") == ["identity:adds_up"]


def test_copies_leave_one_and_contradictions_leave_none(desk) -> None:
    desk.facts("usage", USAGE + "a,2025-01-01,1\na,2025-01-01,1.0\nb,2025-01-01,1\nb,2025-01-01,2\nc,2025-01-01,3\n")
    outcome = desk.run()
    assert outcome.ids("usage") == ["a", "c"]
    assert outcome.rules("usage") == [
        "copy:subscriber_id,month",
        "unique:subscriber_id,month",
        "unique:subscriber_id,month",
    ]


def test_two_subscribers_with_one_id_take_their_facts_with_them(desk) -> None:
    desk.raw("people.csv", "id,where\na,north\na,south\nb,north\n")
    desk.sql("subscribers", 'SELECT id AS subscriber_id, "where" AS region FROM people')
    desk.facts("usage", USAGE + "a,2025-01-01,1\nb,2025-01-01,1\n")
    outcome = desk.run()
    assert outcome.ids() == ["b"]
    assert outcome.ids("usage") == ["b"]
    assert outcome.rules("usage") == ["reference:subscriber_id"]


def test_the_quarantine_holds_the_row_as_it_was_given(desk) -> None:
    desk.facts("usage", USAGE + 'b,2025-01-01,5\na,"x,""y""",1\n')
    (row,) = desk.run().tables["quarantine"]
    assert json.loads(row["row"]) == {
        "subscriber_id": "a",
        "month": 'x,"y"',
        "voice_min": "1",
        "_row": "2",
        "_file": "usage_raw.csv",
    }


def test_a_text_of_ten_megabytes_is_turned_away_and_kept(desk) -> None:
    desk.raw("people.csv", "id\na\n" + "x" * 10_000_000 + "\n")
    outcome = desk.run()
    assert outcome.ids() == ["a"]
    assert outcome.rules("subscribers") == ["length:subscriber_id"]
    assert len(outcome.tables["quarantine"][0]["row"]) > 10_000_000


IDS = [
    "=1+1",
    "1" + "0" * 30,
    "00042",
    "王小明",
    "'; DROP TABLE x; --",
    'a"b',
    "{value}",
    "NA1",
    "nano",
    "🙂",
    "-0.0",
    "1e5",
]


def test_an_id_is_a_text_whatever_it_looks_like(desk) -> None:
    quoted = ['"' + who.replace('"', '""') + '"' for who in IDS]
    desk.raw("people.csv", "id\n" + "\n".join(quoted) + "\n")
    desk.facts("usage", USAGE + "".join(f"{who},2025-01-01,1\n" for who in quoted))
    outcome = desk.run()
    assert outcome.ids() == sorted(IDS)
    assert outcome.ids("usage") == sorted(IDS)


def test_too_many_bad_rows_stop_the_stage_and_stay_to_be_looked_at(desk) -> None:
    desk.facts("usage", USAGE + "a,2025-01-01,-7\nb,2025-01-01,1\nc,2025-01-01,1\n")
    with pytest.raises(DataContractError) as caught:
        desk.run(max_quarantined_share=0.3)
    line = caught.value.line()
    for part in (
        "usage.voice_min",
        "1 of 3 values of voice_min (33.3 %) break a rule",
        "at most 30 % (ingest.max_quarantined_share)",
        "range:voice_min",
        "at least 0",
        "'-7'",
        "data/quarantine/usage.csv",
        "usage.sql",
    ):
        assert part in line
    assert "\n" not in line
    assert "-7" in (desk.root / "data/quarantine/usage.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("bad", "total", "share"), [(1, 20, "(5 %)"), (7, 100, "(7 %)"), (1, 8, "(12.5 %)"), (3, 3, "(100 %)")]
)
def test_a_share_is_told_as_a_percentage(desk, bad: int, total: int, share: str) -> None:
    months = [f"{2000 + k // 12}-{k % 12 + 1:02d}-01" for k in range(total)]
    desk.facts("usage", USAGE + "".join(f"{'' if k < bad else 'a'},{month},1\n" for k, month in enumerate(months)))
    with pytest.raises(DataContractError) as caught:
        desk.run(max_quarantined_share=0)
    assert f"{bad} of {total} rows {share}" in caught.value.line()
    assert "allowed: at most 0 % (" in caught.value.line()


@pytest.mark.parametrize(("people", "points"), [(["é1", "é2", "c"], True), (["é1", "b", "c"], False)])
def test_most_ids_unknown_point_at_the_subscribers_file_too(desk, people: list[str], points: bool) -> None:
    """Read in the wrong encoding, the ids of the subscribers are other ids; the fact table is right."""
    desk.raw("people.csv", "id\n" + "\n".join(people) + "\n", encoding="latin-1")
    desk.facts("usage", USAGE + "".join(f"{who},2025-01-01,1\n" for who in people))
    with pytest.raises(DataContractError) as caught:
        desk.run(max_quarantined_share=0.1)
    line = caught.value.line()
    assert "usage.subscriber_id" in line
    assert ("data/sources/mine/subscribers.sql" in line) == points
    assert ("encoding: in source.yaml" in line) == points


def test_bad_rows_within_the_limit_do_not_stop_it(desk) -> None:
    desk.facts("usage", USAGE + "a,2025-01-02,7\nb,2025-01-01,1\nc,2025-01-01,1\n")
    assert desk.run(max_quarantined_share=0.34).metrics["usage_quarantined"] == 1


def test_no_subscribers_is_an_error(desk) -> None:
    desk.raw("people.csv", "id\n")
    with pytest.raises(DataContractError, match="no subscribers"):
        desk.run()


def test_an_empty_fact_table_is_none(desk) -> None:
    desk.facts("usage", USAGE)
    outcome = desk.run()
    assert outcome.tables["usage"] == []
    assert outcome.metrics["usage_in"] == 0


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("SELECT voice_min FROM usage_raw", "'subscriber_id' is missing"),
        ("SELECT subscriber_id FROM usage_raw", "'month' is missing"),
        ("SELECT *, 1 AS voice_mins FROM usage_raw", "did you mean 'voice_min'?"),
        ("SELECT nope FROM usage_raw", "allowed: columns of usage_raw: subscriber_id, month, voice_min"),
        ("SELECT * FROM usage_row", "allowed: people, usage_raw"),
        ("SELEC 1", "syntax error"),
        ("DROP TABLE people", "one SELECT"),
        ("SELECT 1; SELECT 2", "one SELECT"),
        ("", "one SELECT"),
        ("SELECT subscriber_id, strptime(month, '%d') AS month FROM usage_raw", "iso_date"),
    ],
)
def test_a_mistake_in_the_sql_is_named(desk, sql: str, says: str) -> None:
    desk.facts("usage", USAGE + "a,2025-01-01,1\n")
    desk.sql("usage", sql)
    with pytest.raises(DataContractError) as caught:
        desk.run()
    assert says in caught.value.line()
    assert "data/sources/mine/usage.sql" in caught.value.line()


def test_comments_semicolons_and_capitals_do_not_matter(desk) -> None:
    desk.sql("subscribers", "-- who\nSELECT ID AS Subscriber_ID FROM People; -- all\n")
    assert desk.run().ids() == ["a", "b", "c"]


def test_an_sql_file_must_be_named_after_a_table(desk) -> None:
    desk.sql("subscriber", "SELECT 1")
    with pytest.raises(ParamsError, match=r"did you mean subscribers\.sql"):
        desk.run()


def test_subscribers_sql_is_required(desk) -> None:
    (desk.folder / "subscribers.sql").unlink()
    with pytest.raises(MissingInputError, match=r"subscribers\.sql"):
        desk.run()


def test_dates_of_another_format_are_read_or_kept_as_given(desk) -> None:
    desk.raw("people.csv", "id,since\na,27/12/2018\nb,12/27/2018\nc,\n")
    desk.sql("subscribers", "SELECT id AS subscriber_id, iso_date(since, '%d/%m/%Y') AS activated_on FROM people")
    outcome = desk.run()
    assert {row["subscriber_id"]: row["activated_on"] for row in outcome.tables["subscribers"]} == {
        "a": date(2018, 12, 27),
        "b": None,
        "c": None,
    }
    assert json.loads(outcome.tables["repaired"][0]["row"])["activated_on"] == "12/27/2018"


def test_dates_in_another_order_are_told_with_the_function_that_reads_them(desk) -> None:
    desk.raw("people.csv", "id,since\na,27/12/2018\nb,28/12/2018\n")
    desk.sql("subscribers", "SELECT id AS subscriber_id, since AS activated_on FROM people")
    with pytest.raises(DataContractError, match=r"select iso_date\(\.\.\., '%d/%m/%Y'\) AS activated_on in"):
        desk.run(max_quarantined_share=0)


def test_counts_say_where_every_row_went(desk) -> None:
    desk.facts("usage", USAGE + "a,2025-01-01,-7\nb,2025-01-01,1\nc\n")
    counts = desk.run().tables["ingest_counts"]
    assert {(row["table"], row["rule"]): row["rows"] for row in counts if row["rows"]} == {
        ("raw:people", "accepted"): 3,
        ("raw:usage_raw", "accepted"): 2,
        ("raw:usage_raw", "unreadable"): 1,
        ("subscribers", "accepted"): 3,
        ("usage", "accepted"): 1,
        ("usage", "repaired"): 1,
        ("usage", "range:voice_min"): 1,
    }


def test_contracts_without_their_history_are_a_warning(desk) -> None:
    desk.facts("subscribers", "subscriber_id,contract_start,contract_end\na,2025-01-01,2026-01-01\nb,,\n")
    (said,) = desk.run().warnings
    assert said.startswith("subscribers: 1 have a contract of today and none an earlier one")
    desk.facts("contracts", "subscriber_id,contract_start,contract_end\na,2025-01-01,2026-01-01\n")
    assert not desk.run().warnings


@pytest.mark.parametrize(
    ("due_on", "paid_on", "warned"),
    [("2025-02-15", "", True), ("2025-02-15", "2025-02-10", False), ("", "", False)],
    ids=["never paid", "paid", "never due"],
)
def test_bills_that_are_due_and_never_paid_are_a_warning(desk, due_on, paid_on, warned) -> None:
    fees = "plan_fee,overage_fee,vas_fee,other_fee,discount,total_due"
    line = f"a,2025-01-01,2025-02-01,10,0,0,0,0,10,{due_on},{paid_on}\n"
    desk.facts("bills", f"subscriber_id,month,billed_on,{fees},due_on,paid_on\n{line}")
    said = desk.run().warnings
    assert bool(said) is warned
    assert all(warning.startswith("bills: 1 have due_on and none has paid_on") for warning in said)


def test_sql_for_spark_is_left_alone_on_duckdb(desk) -> None:
    desk.facts("usage", USAGE + "a,2025-01-01,1\n")
    desk.sql("usage.spark", "no SQL at all")
    assert desk.run().metrics["usage_accepted"] == 1


def test_sql_for_spark_stands_beside_that_of_the_table(desk) -> None:
    desk.sql("usage.spark", "SELECT 1")
    with pytest.raises(ParamsError, match=r"usage\.spark\.sql: there is no usage\.sql beside it"):
        desk.run()
