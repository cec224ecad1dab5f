"""A renaming that is turned away: what is under the old id is unknown of the new one, and not its silence."""

from __future__ import annotations

RENAMED = "old_id,new_id,renamed_on\n"
USAGE = "subscriber_id,month,voice_min\n"


def unknown(outcome) -> list[tuple[str, str, str, str]]:
    rows = outcome.tables["unknown_facts"]
    return sorted((row["table"], row["subscriber_id"], str(row["day"]), row["rule"]) for row in rows)


def test_months_under_the_old_id_and_any_other_before_are_unknown_of_the_new_id(desk) -> None:
    desk.facts("renamed_ids", RENAMED + "o,a,31.02.2025\np,b,2025-01-01\n")
    desk.facts("usage", USAGE + "o,2025-01-01,5\na,2025-03-01,6\np,2024-12-01,7\nq,2025-01-01,8\n")
    outcome = desk.run()
    assert unknown(outcome) == [
        ("usage", "a", "2025-01-01", "reference:subscriber_id"),
        ("usage", "a", "None", "type:renamed_on"),
    ]
    assert sorted((row["subscriber_id"], row["voice_min"]) for row in outcome.tables["usage"]) == [
        ("a", 6.0),
        ("b", 7.0),
    ]


def test_the_table_at_the_end_says_what_it_does_to_the_list(desk) -> None:
    desk.facts("renamed_ids", RENAMED + "o,a,31.02.2025\n")
    desk.facts("usage", USAGE + "o,2025-01-01,5\na,2025-03-01,6\n")
    lines = desk.run().closing
    (renamed,) = [line for line in lines if line.lstrip().startswith("renamed_ids")]
    assert renamed.split()[:4] == ["renamed_ids", "type:renamed_on", "1", "1"]
    assert "unknown of the new ids: neither silence nor use" in renamed
    (usage,) = [line for line in lines if line.lstrip().startswith("usage")]
    assert "those facts are unknown under the new id" in usage


def test_bills_and_complaints_of_the_old_id_have_their_days_and_a_status_is_none(desk) -> None:
    desk.facts("renamed_ids", RENAMED + "o,mid,never\nmid,a,2025-06-01\n")
    desk.facts(
        "bills",
        "subscriber_id,month,billed_on,plan_fee,overage_fee,vas_fee,other_fee,discount,total_due\n"
        "o,2025-01-01,2025-01-31,9,0,0,0,0,9\na,2025-03-01,2025-03-31,9,0,0,0,0,9\n",
    )
    desk.facts("complaints", "ticket_id,subscriber_id,opened_at,category\n1,o,2025-01-09,billing\n")
    desk.facts("status_changes", "subscriber_id,changed_on,status\no,2025-02-01,cancelled\n")
    assert unknown(desk.run()) == [
        ("bills", "a", "2025-01-31", "reference:subscriber_id"),
        ("bills", "a", "None", "type:renamed_on"),
        ("complaints", "a", "2025-01-09", "reference:subscriber_id"),
    ]


def test_a_renaming_that_another_row_says_is_not_lost(desk) -> None:
    desk.facts("renamed_ids", RENAMED + "o,a,never\no,a,2025-02-01\n")
    desk.facts("usage", USAGE + "o,2025-01-01,5\n")
    outcome = desk.run()
    assert (unknown(outcome), outcome.ids("usage")) == ([], ["a"])
