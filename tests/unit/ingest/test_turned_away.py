"""What was turned away or could not be read is unknown, and said: of whom, of when, and how much is too much."""

from __future__ import annotations

import json
from datetime import date

import pytest

from savedesk.errors import DataContractError

USAGE = "subscriber_id,month,voice_min\n"
UNREADABLE = {
    "a,2025-01-01,-1": "range:voice_min",
    "a,2025-03-01,inf": "finite:voice_min",
    "a,2025-04-01,1e999": "finite:voice_min",
    "a,2025-05-01,1;5": "type:voice_min",
    "a,2025-06-01,1_000": "type:voice_min",
    "a,2025-07-01,many": "type:voice_min",
}


def test_a_value_that_cannot_be_read_is_unknown_and_the_row_stays(desk) -> None:
    rows = "".join(f"{row},7\n" for row in UNREADABLE)
    desk.facts("usage", "subscriber_id,month,voice_min,sms\nb,2025-01-01,5,7\n" + rows)
    outcome = desk.run()
    assert {(row["subscriber_id"], row["voice_min"], row["sms"]) for row in outcome.tables["usage"]} == {
        ("a", None, 7.0),
        ("b", 5.0, 7.0),
    }
    rules = {int(json.loads(row["row"])["_row"]): row["rules"] for row in outcome.tables["repaired"]}
    assert [rules.get(number) for number in range(1, len(UNREADABLE) + 2)] == [None, *UNREADABLE.values()]
    metrics = {name: outcome.metrics[f"usage_{name}"] for name in ("in", "accepted", "repaired", "quarantined")}
    assert metrics == {"in": 7, "accepted": 1, "repaired": 6, "quarantined": 0}
    unknown = {(row["subscriber_id"], row["column"], row["day"].month) for row in outcome.tables["unknown_facts"]}
    assert unknown == {("a", "voice_min", month) for month in (1, 3, 4, 5, 6, 7)}


def test_one_row_may_lose_two_values(desk) -> None:
    desk.facts("usage", "subscriber_id,month,voice_min,sms,data_mb\na,2025-01-01,x,-1,8\n")
    outcome = desk.run()
    (row,) = outcome.tables["usage"]
    assert (row["voice_min"], row["sms"], row["data_mb"]) == (None, None, 8.0)
    assert [repaired["rules"] for repaired in outcome.tables["repaired"]] == ["type:voice_min,range:sms"]


@pytest.mark.parametrize(
    ("table", "text", "rule"),
    [
        (
            "complaints",
            "ticket_id,subscriber_id,opened_at,category,closed_at\nt,a,2025-01-01,price,soon\n",
            "type:closed_at",
        ),
        ("contracts", "subscriber_id,contract_start,contract_end\na,2025-01-01,never\n", "type:contract_end"),
        ("plans", "plan_id,monthly_fee,price_per_min\np,9,cheap\n", "type:price_per_min"),
    ],
)
def test_where_absence_says_something_an_unreadable_value_is_not_absent(desk, table, text, rule) -> None:
    desk.facts(table, text)
    outcome = desk.run()
    assert outcome.tables[table] == []
    assert outcome.rules(table) == [rule]


def test_a_row_turned_away_leaves_behind_of_whom_and_when(desk) -> None:
    rows = "a,2025-01-01,1\na,2025-01-01,2\nb,2025-02-15,1\nc,2025-13-01,1\nb,2025-03-01,1\nb,2025-03-01,1\n"
    desk.facts("usage", USAGE + rows)
    facts = {(row["subscriber_id"], row["day"], row["rule"]) for row in desk.run().tables["unknown_facts"]}
    assert facts == {
        ("a", date(2025, 1, 1), "unique:subscriber_id,month"),
        ("b", date(2025, 2, 1), "identity:month_start"),
        ("c", None, "type:month"),
    }


def test_a_line_that_cannot_be_read_is_unknown_of_whom_it_names(desk) -> None:
    desk.facts("usage", USAGE + "a,2025-01-01,1\na,2025-02-01,1,9\nstranger,2025-02-01,1,9\n")
    outcome = desk.run()
    assert [(row["subscriber_id"], row["day"]) for row in outcome.tables["unknown_facts"]] == [("a", None)]
    assert any("1 of the lines that cannot be read name no subscriber" in line for line in outcome.warnings)


def test_the_end_of_ingest_says_what_the_losses_do(desk) -> None:
    rows = "a,2025-01-01,1\na,2025-01-01,2\nb,2025-01-01,x\n"
    desk.facts("usage", USAGE + rows)
    said = "\n".join(desk.run().closing)
    assert "those months are unknown: neither silence nor use" in said
    assert "those values are unknown; the rest of each row counts" in said
    added_up = (
        "CASE WHEN count(nullif(voice_min, '')) = count(*) THEN sum(nullif(voice_min, '')::DOUBLE) END AS voice_min"
    )
    assert f"SELECT subscriber_id, month, {added_up} FROM ... GROUP BY subscriber_id, month" in said  # noqa: S608 - shown


def test_the_newest_month_alone_may_stop_it(desk) -> None:
    people = [f"s{number}" for number in range(20)]
    desk.raw("people.csv", "id\n" + "\n".join(people) + "\n")
    rows = [
        f"{who},2025-{month:02d}-0{2 if month == 9 and who < 's15' else 1},1"
        for who in people
        for month in range(1, 10)
    ]
    desk.facts("usage", USAGE + "\n".join(rows) + "\n")
    desk.run()
    with pytest.raises(
        DataContractError, match=r"7 of 20 rows of the newest month .35 %.*ingest.max_newest_month_share"
    ):
        desk.run(max_newest_month_share=0.05)


def test_many_touched_subscribers_stop_it(desk) -> None:
    people = [f"s{number}" for number in range(20)]
    desk.raw("people.csv", "id\n" + "\n".join(people) + "\n")
    rows = [
        f"{who},2025-{month:02d}-01,{'x' if who < 's15' and month == 2 else 1}"
        for who in people
        for month in range(1, 10)
    ]
    desk.facts("usage", USAGE + "\n".join(rows) + "\n")
    with pytest.raises(DataContractError, match=r"7 of 20 subscribers .35 %.*max_touched_subscribers_share"):
        desk.run(max_touched_subscribers_share=0.2)


def test_the_largest_values_alone_may_stop_it(desk) -> None:
    people = [f"s{number}" for number in range(200)]
    desk.raw("people.csv", "id\n" + "\n".join(people) + "\n")
    rows = [f"{who},2025-01-01,{number * 10:_}" for number, who in enumerate(people)]
    desk.facts("usage", USAGE + "\n".join(rows[:105]) + "\n")
    with pytest.raises(DataContractError, match=r"lost values of voice_min .100 %. are larger than 95 %"):
        desk.run(max_extreme_share=0.5, max_quarantined_share=0.05)


def test_little_money_in_many_rows_is_less_than_much_in_few(desk) -> None:
    people = [f"s{number}" for number in range(100)]
    desk.raw("people.csv", "id\n" + "\n".join(people) + "\n")
    head = "subscriber_id,month,billed_on,plan_fee,overage_fee,vas_fee,other_fee,discount,total_due\n"
    rows = [
        f"{who},2025-01-01,2025-02-01,{1000 if n < 5 else 10},0,0,0,0,{999 if n < 5 else 10}"
        for n, who in enumerate(people)
    ]
    desk.facts("bills", head + "\n".join(rows) + "\n")
    with pytest.raises(DataContractError, match=r"total_due .*stand in rows that break a rule.*max_value_share"):
        desk.run(max_value_share=0.1, max_quarantined_share=0.05)


def test_what_is_lost_of_many_is_kept_for_the_end_of_the_run(desk) -> None:
    desk.facts("usage", USAGE + "a,2025-01-01,1\na,2025-01-01,2\nb,2025-01-01,1\nc,2025-01-01,x\n")
    (loss,) = desk.run(repeat_from_share=0.5).facts["losses"]
    assert (loss["table"], loss["subscribers"], round(loss["share"], 2)) == ("usage", 2, 0.67)
    assert desk.run(repeat_from_share=0.7).facts["losses"] == []
