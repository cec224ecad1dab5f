"""Ids that were renamed at a migration: what was under the old id counts for the new one."""

from __future__ import annotations

from datetime import date

import pytest
from tests.reported import report

from savedesk.errors import DataContractError

RENAMED = "old_id,new_id,renamed_on\n"
USAGE = "subscriber_id,month,voice_min\n"


def people(desk, text: str) -> None:
    desk.raw("people.csv", "id,start\n" + text)
    desk.sql("subscribers", "SELECT id AS subscriber_id, start AS activated_on FROM people")


def started(outcome) -> dict[str, date]:
    return {row["subscriber_id"]: row["activated_on"] for row in outcome.tables["subscribers"]}


def test_facts_under_the_old_id_count_for_the_new_one_through_a_chain(desk) -> None:
    people(desk, "new,2020-01-01\nb,2020-01-01\n")
    desk.facts("renamed_ids", RENAMED + "old,mid,2024-01-01\nmid,new,2024-06-01\n")
    desk.facts("usage", USAGE + "old,2023-12-01,1\nmid,2024-02-01,2\nnew,2024-06-01,3\nb,2024-06-01,4\n")
    outcome = desk.run(max_quarantined_share=0)
    assert sorted((row["subscriber_id"], row["voice_min"]) for row in outcome.tables["usage"]) == [
        ("b", 4.0),
        ("new", 1.0),
        ("new", 2.0),
        ("new", 3.0),
    ]


def test_the_renaming_itself_is_no_exit(desk) -> None:
    people(desk, "old,2020-01-01\nnew,2024-06-01\nb,2019-01-01\n")
    desk.facts("renamed_ids", RENAMED + "old,new,2024-06-01\n")
    desk.facts(
        "status_changes",
        "subscriber_id,changed_on,status\nold,2020-01-01,active\nold,2024-05-31,cancelled\nnew,2024-06-01,active\n"
        "new,2025-02-01,cancelled\n",
    )
    outcome = desk.run(max_quarantined_share=0)  # a row that the new id makes void is no fault
    assert started(outcome) == {"new": date(2020, 1, 1), "b": date(2019, 1, 1)}
    assert outcome.rules("subscribers") == outcome.rules("status_changes") == ["renamed:subscriber_id"]
    changes = sorted((str(row["changed_on"]), row["subscriber_id"]) for row in outcome.tables["status_changes"])
    assert changes == [("2020-01-01", "new"), ("2024-06-01", "new"), ("2025-02-01", "new")]


def test_subscribers_that_know_only_the_old_id_are_found_under_the_new_one(desk) -> None:
    people(desk, "old,2020-01-01\n")
    desk.facts("renamed_ids", RENAMED + "old,new,2024-06-01\n")
    desk.facts("usage", USAGE + "old,2024-05-01,1\nnew,2024-06-01,3\n")
    outcome = desk.run(max_quarantined_share=0)
    assert (started(outcome), outcome.ids("usage")) == ({"new": date(2020, 1, 1)}, ["new", "new"])


def test_an_old_id_that_was_given_to_somebody_else_keeps_what_is_theirs(desk) -> None:
    people(desk, "x,2024-09-01\nnew,2020-01-01\n")
    desk.facts("renamed_ids", RENAMED + "x,new,2024-06-01\n")
    desk.facts("usage", USAGE + "x,2024-05-01,1\nx,2024-10-01,2\n")
    outcome = desk.run()
    assert sorted((row["subscriber_id"], row["voice_min"]) for row in outcome.tables["usage"]) == [
        ("new", 1.0),
        ("x", 2.0),
    ]
    assert started(outcome) == {"x": date(2024, 9, 1), "new": date(2020, 1, 1)}


def test_outcomes_that_were_imported_before_the_renaming_count_for_the_new_id(desk) -> None:
    people(desk, "new,2020-01-01\n")
    desk.facts("renamed_ids", RENAMED + "old,new,2024-06-01\n")
    sheet = "subscriber_id|contacted_on|outcome\nold|2024-02-01|asked_not_to_call"
    report(desk.root, "2024-02-01", sheet)
    outcome = desk.run()
    assert outcome.ids("contacts") == ["new"]
    assert outcome.tables["subscribers"][0]["contact_allowed"] is False


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ("a,b,2024-01-01\nb,c,2024-02-01\nc,a,2024-03-01\n", "renamed in a circle, among them 'a', 'b', 'c'"),
        ("z,a,2024-01-01\na,b,2024-02-01\nb,a,2024-03-01\n", "renamed in a circle"),
        ("a,b,2024-01-01\na,c,2024-02-01\n", "2 rows give an old_id two different rows"),
    ],
)
def test_circles_and_two_new_ids_are_refused(desk, pairs: str, words: str) -> None:
    desk.facts("renamed_ids", RENAMED + pairs)
    with pytest.raises(DataContractError, match=words):
        desk.run()


def test_contradictions_among_subscribers_stay_contradictions(desk) -> None:
    people(desk, "a,2020-01-01\na,2021-01-01\nnew,2020-01-01\n")
    desk.facts("renamed_ids", RENAMED + "old,new,2024-06-01\n")
    assert desk.run().rules("subscribers") == ["unique:subscriber_id"] * 2


PEOPLE = "subscriber_id,activated_on,region,segment,contact_allowed,blocklisted\n"


def both_ids(desk, rows: str, pairs: str = "o,n,2025-10-15\n"):
    desk.facts("subscribers", PEOPLE + rows)
    desk.facts("renamed_ids", RENAMED + pairs)
    return desk.run()


def of(outcome, name: str) -> dict:
    return next(row for row in outcome.tables["subscribers"] if row["subscriber_id"] == name)


def test_what_the_new_row_leaves_blank_is_as_the_old_one_says(desk) -> None:
    outcome = both_ids(desk, "n,2025-10-15,,business,,\no,2020-02-29,North,consumer,no,yes\n")
    new = of(outcome, "n")
    assert outcome.ids("subscribers") == ["n"]
    assert (new["activated_on"], new["region"], new["segment"]) == (date(2020, 2, 29), "North", "business")
    assert (new["contact_allowed"], new["blocklisted"]) == (False, True)
    assert new["account_id"] == "n"
    assert not any("under an old id" in line for line in outcome.warnings)
    assert any("what the new id leaves blank is taken from here" in line for line in outcome.closing)


def test_a_refusal_and_a_block_of_the_old_id_stay_where_the_new_row_says_otherwise(desk) -> None:
    outcome = both_ids(desk, "n,2025-10-15,,,yes,no\no,2020-02-29,,,no,yes\nb,2020-01-01,,,yes,no\n")
    new = of(outcome, "n")
    assert (new["contact_allowed"], new["blocklisted"]) == (False, True)
    assert (of(outcome, "b")["contact_allowed"], of(outcome, "b")["blocklisted"]) == (True, False)
    warnings = [line for line in outcome.warnings if "under an old id" in line]
    assert len(warnings) == 2
    assert "1 had refused to be contacted" in warnings[0]
    assert "'o' (now 'n')" in warnings[0]
    assert "1 were blocked" in warnings[1]


def test_the_newest_old_row_of_a_chain_fills_and_any_refusal_counts(desk) -> None:
    rows = "c,2024-06-01,,,,\nb,2022-01-01,South,,yes,\na,2020-01-01,North,consumer,no,\n"
    outcome = both_ids(desk, rows, "a,b,2022-01-01\nb,c,2024-06-01\n")
    new = of(outcome, "c")
    assert (new["region"], new["segment"], new["contact_allowed"]) == ("South", "consumer", False)


def test_a_refusal_stays_where_only_old_ids_are_listed(desk) -> None:
    outcome = both_ids(desk, "b,2022-01-01,,,yes,\na,2020-01-01,North,,no,\n", "a,b,2022-01-01\nb,c,2024-06-01\n")
    assert outcome.ids("subscribers") == ["c"]
    assert (of(outcome, "c")["contact_allowed"], of(outcome, "c")["region"]) == (False, "North")


def test_what_somebody_else_with_the_old_id_refuses_is_theirs(desk) -> None:
    outcome = both_ids(desk, "n,2025-10-15,,,,\no,2025-11-01,North,,no,yes\n")
    assert (of(outcome, "n")["contact_allowed"], of(outcome, "n")["region"]) == (None, None)
    assert of(outcome, "o")["contact_allowed"] is False


def test_consent_of_the_old_id_that_cannot_be_read_is_none(desk) -> None:
    outcome = both_ids(
        desk, "n,2025-10-15,,,,\no,2020-02-29,,,perhaps,\nb,2020-01-01,,,,\n", "o,n,2025-10-15\np,b,2021-01-01\n"
    )
    assert outcome.ids("subscribers") == ["b"]
    assert outcome.rules("subscribers") == ["type:contact_allowed"] * 2


def test_the_payer_of_the_old_id_stays_where_the_new_row_names_none(desk) -> None:
    desk.facts("subscribers", "subscriber_id,activated_on,account_id\nn,2025-10-15,\no,2020-02-29,A1\n")
    desk.facts("renamed_ids", RENAMED + "o,n,2025-10-15\n")
    assert of(desk.run(), "n")["account_id"] == "A1"
