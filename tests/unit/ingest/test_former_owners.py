"""An id that was given up and activated anew is another subscriber from that day."""

from __future__ import annotations

from datetime import date

from tests.reported import report

PEOPLE = "id,account,region,birth,start\n"
STATUS = "subscriber_id,changed_on,status\n"
HANDED_ON = STATUS + "a,2022-01-01,active\na,2024-03-10,cancelled\na,2024-08-01,active\n"
FORMER = "a~2024-03-10"


def people(desk, text: str) -> None:
    desk.raw("people.csv", PEOPLE + text)
    desk.sql(
        "subscribers",
        "SELECT id AS subscriber_id, account AS account_id, region, birth AS birth_year, start AS activated_on "
        "FROM people",
    )


def rows(outcome, table: str, column: str) -> list[tuple[str, str]]:
    return sorted((row["subscriber_id"], str(row[column])) for row in outcome.tables[table])


def bill(who: str, month: str, paid: str) -> str:
    return f"{who},{month},{month[:8]}28,10,0,0,0,0,10,{month[:8]}28,{paid}\n"


BILLS = (
    "subscriber_id,month,billed_on,plan_fee,overage_fee,vas_fee,other_fee,discount,total_due,due_on,paid_on\n"
    + bill("a", "2024-02-01", "")
    + bill("a", "2024-08-01", "2024-08-28")
)


def test_what_was_before_belongs_to_an_owner_of_their_own(desk) -> None:
    people(desk, "a,A,North,1990,2024-08-01\nb,A,North,1960,2020-01-01\n")
    desk.facts("status_changes", HANDED_ON)
    desk.facts("bills", BILLS)
    desk.facts("usage", "subscriber_id,month,voice_min\na,2024-03-01,5\na,2024-08-01,7\nb,2024-03-01,9\n")
    desk.facts(
        "complaints",
        "ticket_id,subscriber_id,opened_at,category\nt1,a,2024-02-20,billing\nt2,a,2024-07-25,new_service\n",
    )
    outcome = desk.run()
    assert rows(outcome, "bills", "month") == [("a", "2024-08-01"), (FORMER, "2024-02-01")]
    assert rows(outcome, "usage", "month") == [("a", "2024-08-01"), (FORMER, "2024-03-01"), ("b", "2024-03-01")]
    assert rows(outcome, "status_changes", "changed_on") == [
        ("a", "2024-08-01"),
        (FORMER, "2022-01-01"),
        (FORMER, "2024-03-10"),
    ]
    # 7 days before the activation is an installation, not a matter of the owner before
    assert rows(outcome, "complaints", "opened_at") == [("a", "2024-07-25"), (FORMER, "2024-02-20")]
    assert outcome.tables["quarantine"] == []
    assert "1 ids were activated anew more than 14 days after an exit" in outcome.notes[0]
    assert FORMER in outcome.notes[0]


def test_the_owner_before_is_known_by_little_and_never_contacted(desk) -> None:
    people(desk, "a,A,North,1990,2024-08-01\n")
    desk.facts("status_changes", HANDED_ON)
    today, former = sorted(desk.run().tables["subscribers"], key=lambda row: row["subscriber_id"])
    assert (today["subscriber_id"], today["account_id"], today["activated_on"]) == ("a", "A", date(2024, 8, 1))
    assert today["contact_allowed"] is None
    assert (former["subscriber_id"], former["account_id"], former["activated_on"]) == (FORMER, FORMER, date(2022, 1, 1))
    assert former["contact_allowed"] is False
    # what features read is that of the line today: an absent value would tell training that it was given up
    assert (former["region"], former["birth_year"], former["plan_id"]) == ("North", 1990, None)


def test_service_begins_anew_where_subscribers_gives_the_first_activation(desk) -> None:
    people(desk, "a,A,North,1990,2022-01-01\n")
    desk.facts("status_changes", HANDED_ON)
    assert {row["subscriber_id"]: row["activated_on"] for row in desk.run().tables["subscribers"]} == {
        "a": date(2024, 8, 1),
        FORMER: date(2022, 1, 1),
    }


def test_the_day_of_activation_is_enough_where_no_status_tells_of_it(desk) -> None:
    people(desk, "a,A,North,1990,2024-08-01\n")
    desk.facts("status_changes", STATUS + "a,2024-03-10,ported_out\n")
    desk.facts("usage", "subscriber_id,month,voice_min\na,2024-02-01,5\na,2024-09-01,7\n")
    outcome = desk.run()
    assert rows(outcome, "usage", "month") == [("a", "2024-09-01"), (FORMER, "2024-02-01")]
    assert outcome.ids("status_changes") == [FORMER]


def test_a_return_within_the_gap_is_the_same_subscriber(desk) -> None:
    people(desk, "a,A,North,1990,2020-01-01\n")
    desk.facts("status_changes", STATUS + "a,2024-03-10,cancelled\na,2024-03-24,active\n")
    outcome = desk.run()
    assert (outcome.ids(), outcome.notes) == (["a"], [])
    assert desk.run(reuse_gap_days=13).ids() == ["a", FORMER]


def test_an_exit_shortly_before_the_activation_is_none(desk) -> None:
    """`a` left on 25 May and was active anew on 1 June, which only `subscribers` says: 7 days are a return."""
    people(desk, "a,A,North,1990,2024-06-01\nb,B,North,1990,2024-06-01\n")
    desk.facts("status_changes", STATUS + "a,2024-05-25,cancelled\nb,2024-07-05,cancelled\n")
    desk.facts("usage", "subscriber_id,month,voice_min\na,2024-06-01,5\na,2024-07-01,7\nb,2024-06-01,9\n")
    outcome = desk.run()
    assert rows(outcome, "status_changes", "changed_on") == [("b", "2024-07-05")]
    assert outcome.rules("status_changes") == ["before_activation:changed_on"]
    assert rows(outcome, "unknown_facts", "day") == []
    (said,) = [line for line in outcome.notes if "they are back" in line]
    assert said.startswith("1 subscribers have an exit at most 14 days before activated_on")


def test_use_long_after_the_exit_is_said(desk) -> None:
    """`a` left on 10 March, and the last bill of `b` came in April: only `a` uses the line in May."""
    people(desk, "a,A,North,1990,2020-01-01\nb,B,North,1990,2020-01-01\n")
    desk.facts("status_changes", STATUS + "a,2024-03-10,cancelled\nb,2024-03-10,cancelled\n")
    desk.facts(
        "usage", "subscriber_id,month,voice_min\na,2024-03-01,5\na,2024-05-01,7\nb,2024-03-01,9\nb,2024-05-01,0\n"
    )
    (said,) = [line for line in desk.run().warnings if "after their exit" in line]
    assert said.startswith("usage: 1 subscribers use the line in months after their exit, for example 'a' (left ")
    assert "'a' (left 2024-03-10, used in 2024-05)" in said


def test_who_pays_arrears_or_takes_back_a_notice_is_the_same_subscriber(desk) -> None:
    people(desk, "a,A,North,1990,2020-01-01\nb,B,North,1990,2020-01-01\n")
    desk.facts(
        "status_changes",
        "subscriber_id,changed_on,status,known_on\n"
        "a,2024-03-10,suspended_arrears,2024-03-10\na,2024-08-01,active,2024-08-01\n"
        "b,2024-03-10,cancelled,2024-02-01\nb,2024-03-10,active,2024-03-01\nb,2024-08-01,active,2024-08-01\n",
    )
    assert desk.run().ids() == ["a", "b"]


def test_an_exit_from_which_nobody_is_back_hands_nothing_on(desk) -> None:
    people(desk, "a,A,North,1990,2020-01-01\n")
    desk.facts("status_changes", STATUS + "a,2024-03-10,cancelled\na,2024-05-01,suspended_arrears\n")
    assert desk.run().ids() == ["a"]


def test_a_number_can_be_handed_on_twice(desk) -> None:
    people(desk, "a,A,North,1990,2025-01-01\na~2024-03-10,B,,,2020-01-01\n")
    desk.facts("status_changes", HANDED_ON + "a,2024-11-05,ported_out\na,2025-01-01,active\n")
    desk.facts(
        "contacts",
        "contact_id,subscriber_id,contacted_on,arm\n1,a,2024-01-01,treated\n2,a,2024-09-01,treated\n"
        "3,a,2025-02-01,treated\n4,a~2024-03-10,2025-02-01,treated\n",
    )
    outcome = desk.run()
    # an id that the operator has himself is not taken
    assert sorted((row["contact_id"], row["subscriber_id"]) for row in outcome.tables["contacts"]) == [
        ("1", "a~~2024-03-10"),
        ("2", "a~~2024-11-05"),
        ("3", "a"),
        ("4", "a~2024-03-10"),
    ]


def test_outcomes_of_the_owner_before_bind_nobody_else(desk) -> None:
    people(desk, "a,A,North,1990,2024-08-01\n")
    desk.facts("status_changes", HANDED_ON)
    sheet = """
        subscriber_id | contacted_on | channel | outcome
        a             | 2024-02-01   | call    | asked_not_to_call
        a             | 2024-09-01   | call    | declined
        """
    report(desk.root, "2024-02-01", sheet)
    outcome = desk.run()
    assert rows(outcome, "contacts", "outcome") == [("a", "declined"), (FORMER, "asked_not_to_call")]
    consent = {row["subscriber_id"]: row["contact_allowed"] for row in outcome.tables["subscribers"]}
    assert consent == {"a": None, FORMER: False}


def test_use_before_the_activation_is_set_aside_and_said(desk) -> None:
    people(desk, "a,A,North,1990,2024-08-15\nb,B,North,1990,2020-01-01\n")
    desk.facts(
        "usage", "subscriber_id,month,voice_min\na,2024-06-01,5\na,2024-07-01,5\na,2024-08-01,7\nb,2024-06-01,9\n"
    )
    desk.facts(
        "complaints",
        "ticket_id,subscriber_id,opened_at,category\nt1,a,2024-02-20,billing\nt2,a,2024-08-05,new_service\n",
    )
    outcome = desk.run(max_quarantined_share=0)
    assert rows(outcome, "usage", "month") == [("a", "2024-08-01"), ("b", "2024-06-01")]
    assert rows(outcome, "complaints", "opened_at") == [("a", "2024-08-05")]
    assert outcome.rules("usage") == ["before_activation:month"] * 2
    assert outcome.metrics["usage_in"] == outcome.metrics["usage_accepted"] + outcome.metrics["usage_quarantined"]
    (said,) = [line for line in outcome.warnings if "before activated_on" in line]
    assert said.startswith("2 rows of usage (50.0 %), 1 rows of complaints (50.0 %) lie before")


def test_a_month_listed_with_zeros_before_the_activation_is_no_month_of_silence(desk) -> None:
    people(desk, "a,A,North,1990,2024-08-15\n")
    desk.facts("usage", "subscriber_id,month,voice_min\na,2024-07-01,0\na,2024-08-01,7\n")
    desk.facts("contacts", "contact_id,subscriber_id,contacted_on,arm\n1,a,2024-05-01,treated\n")
    outcome = desk.run()
    assert rows(outcome, "usage", "month") == [("a", "2024-08-01")]
    assert outcome.ids("contacts") == ["a"]  # a sale; nobody has used the line before


def test_a_sale_long_before_the_activation_is_theirs(desk) -> None:
    people(desk, "a,A,North,1990,2024-08-15\n")
    desk.facts("contacts", "contact_id,subscriber_id,contacted_on,arm\n1,a,2024-05-01,treated\n")
    outcome = desk.run()
    assert (outcome.ids("contacts"), outcome.warnings) == (["a"], [])


def test_what_was_turned_away_is_unknown_of_the_one_who_had_the_number_then(desk) -> None:
    people(desk, "a,A,North,1990,2024-08-01\n")
    desk.facts("status_changes", HANDED_ON)
    desk.facts("usage", "subscriber_id,month,voice_min\na,2024-02-01,-1\na,2024-09-01,-2\na,never,3\na,2024-10-01,1\n")
    desk.facts("contacts", "contact_id,subscriber_id,contacted_on,arm\n1,a,2024-02-01,nobody\n2,a,2024-07-20,nobody\n")
    unknown = [(row["table"], row["subscriber_id"], str(row["day"])) for row in desk.run().tables["unknown_facts"]]
    assert sorted(unknown) == [
        ("contacts", "a", "2024-07-20"),
        ("contacts", FORMER, "2024-02-01"),
        ("usage", "a", "2024-09-01"),
        ("usage", "a", "None"),  # of either
        ("usage", FORMER, "2024-02-01"),
        ("usage", FORMER, "None"),
    ]


def test_a_row_of_the_old_id_is_no_unknown_status_of_the_new_one(desk) -> None:
    people(desk, "old,A,North,1990,2020-01-01\nnew,A,North,1990,2024-06-01\n")
    desk.facts("renamed_ids", "old_id,new_id,renamed_on\nold,new,2024-06-01\n")
    desk.facts("status_changes", STATUS + "old,2024-05-31,cancelled\nnew,2024-06-01,active\n")
    outcome = desk.run()
    assert outcome.tables["unknown_facts"] == []
    assert any("what the new id leaves blank is taken from here" in line for line in outcome.closing)
