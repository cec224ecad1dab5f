"""What became known between as_of (1 July) and the day on which the data were taken (15 July) keeps off the list."""

from __future__ import annotations

import datetime as dt

import pytest
from tests import reported

STATUS = "subscriber_id | changed_on | status | known_on\n"
CONTACT = "contact_id | subscriber_id | contacted_on | arm | known_on\n"
TICKET = "ticket_id | subscriber_id | opened_at | closed_at | category | known_on\n"


def said(decided):
    return {name: (row["decision"], row["rule"], row["why"]) for name, row in decided.rows.items()}


def report(root, *rows, source="mine"):
    """Import outcomes: subscriber, day, outcome."""
    outcomes = [
        {"subscriber_id": name, "contacted_on": dt.date.fromisoformat(day), "outcome": outcome}
        for name, day, outcome in rows
    ]
    reported.report(root, "2025-07-01", outcomes, source=source)


def test_who_has_left_given_notice_or_been_suspended_since(desk):
    """Who came back by the 15th is there again; what is known only later was known to nobody."""
    statuses = (
        STATUS
        + """
        left      | 2025-07-02 | cancelled         | 2025-07-02
        ported    | 2025-07-15 | ported_out        | 2025-07-15
        late      | 2025-06-28 | cancelled         | 2025-07-05
        notice    | 2025-08-31 | cancelled         | 2025-07-10
        undone    | 2025-08-31 | cancelled         | 2025-07-10
        undone    | 2025-08-31 | active            | 2025-07-12
        blocked   | 2025-07-03 | suspended_arrears | 2025-07-03
        returned  | 2025-07-03 | cancelled         | 2025-07-03
        returned  | 2025-07-09 | active            | 2025-07-09
        before    | 2025-03-01 | suspended_other   | 2025-03-01
        before    | 2025-04-01 | active            | 2025-04-01
    """
    )
    names = ("left", "ported", "late", "notice", "undone", "blocked", "returned", "before", "never")
    decided = desk({name: {} for name in names}, statuses=statuses)
    assert {name: decision for name, decision in said(decided).items() if decision[0] != "contact"} == {
        "left": ("not_listed", "left_since", "left on 2025-07-02, known since as_of"),
        "ported": ("not_listed", "left_since", "left on 2025-07-15, known since as_of"),
        "late": ("not_listed", "left_since", "left on 2025-06-28, known since as_of"),
        "notice": ("not_listed", "under_notice_since", "gave notice to leave on 2025-07-10, since as_of"),
        "blocked": ("not_listed", "suspended_since", "suspended since 2025-07-03, known since as_of"),
    }
    assert {row["subscriber_id"] for row in decided.list} == {"undone", "returned", "before", "never"}


@pytest.mark.parametrize(
    ("day", "quiet_days", "rule"),
    [
        ("2025-07-06", 30, "contacted_since"),
        ("2025-07-01", 30, "contacted_since"),  # on the day of the list itself
        ("2025-07-06", 9, "contacted_since"),  # 9 days before the 15th
        ("2025-07-06", 8, "contact"),  # the quiet days are over when the data are taken
        ("2025-06-10", 30, "quiet"),  # 21 days before the day of the list
    ],
)
def test_quiet_days_after_a_contact_since(desk, day, quiet_days, rule):
    past = CONTACT + f"1 | a | {day} | treated | {day}"
    assert desk({"a": {}}, past, rules={"quiet_days": quiet_days}).rows["a"]["rule"] == rule


def test_contacts_since_count_for_the_maximum(desk):
    past = CONTACT + "1 | a | 2025-05-15 | treated | 2025-05-15\n2 | a | 2025-07-03 | treated | 2025-07-03"
    row = desk({"a": {}}, past, rules={"quiet_days": 5}).rows["a"]
    assert (row["rule"], row["why"]) == ("too_often", "2 contacts in 90 days; at most 2")


def test_a_control_of_july_was_not_contacted(desk):
    assert desk({"a": {}}, CONTACT + "1 | a | 2025-07-06 | control | 2025-07-06").rows["a"]["rule"] == "contact"


@pytest.mark.parametrize(
    ("opened_at", "closed_at", "is_open"),
    [
        ("2025-06-01", "2025-07-15", False),  # closed since
        ("2025-07-05", "", True),  # opened since
        ("2025-07-05", "2025-07-09", False),
    ],
)
def test_complaints_opened_and_closed_since(desk, opened_at, closed_at, is_open):
    better = {"renewal_benefit": {"save_rate": 0.9}}
    tickets = TICKET + f"1 | a | {opened_at} | {closed_at} | store | {opened_at}"
    decided = desk({"a": {"reasons": ["contract_end"]}}, complaints_=tickets, actions=better)
    assert decided.rows["a"]["action"] == ("service_recovery" if is_open else "renewal_benefit")


def test_earlier_as_of_dates_see_only_what_was_known_before_them(desk, tmp_path):
    """They are the backtest: who left, was called or complained after 1 April is decided on as if it were 1 April."""
    names = ("left", "called", "reported", "upset")
    old = {name: {"as_of": dt.date(2025, 4, 1), "reasons": ["contract_end"]} for name in names}
    tickets = TICKET + "1 | upset | 2025-04-02 | | store | 2025-04-02"
    past = CONTACT + "1 | called | 2025-04-02 | treated | 2025-04-02"
    report(tmp_path, ("reported", "2025-07-03", "asked_not_to_call"))
    better = {"renewal_benefit": {"save_rate": 0.9}}
    statuses = STATUS + "left | 2025-04-02 | cancelled | 2025-04-02"
    decided = desk(old | {"new": {}}, past, tickets, statuses=statuses, actions=better)
    april = {row["subscriber_id"]: row["action"] for row in decided.all if str(row["as_of"]) == "2025-04-01"}
    assert april == dict.fromkeys(names, "renewal_benefit")
    assert {row["decision"] for row in decided.all} == {"contact"}


def test_a_list_of_a_past_day_sees_what_was_known_then_and_says_so(desk):
    statuses = STATUS + "a | 2025-07-02 | cancelled | 2025-07-02"
    decided = desk({"a": {}}, statuses=statuses, taken="2025-08-20")
    assert decided.rows["a"]["decision"] == "contact"
    (line,) = [warning for warning in decided.warnings if "past day" in warning]
    assert line.startswith(
        "data: taken on 2025-08-20, 50 days after as_of 2025-07-01, so this is the list of a past day"
    )


def test_imported_outcomes_count_at_once_whatever_their_day(desk, tmp_path):
    """The data end on 15 July, and ingest has added none of the outcomes yet."""
    report(
        tmp_path,
        ("refused", "2025-07-25", "asked_not_to_call"),
        ("gone", "2025-07-25", "already_left"),
        ("stranger", "2025-07-03", "wrong_number"),
        ("silent", "2025-07-25", "not_reached"),
        ("pleased", "2025-07-03", "accepted"),
    )
    decided = desk({name: {} for name in ("refused", "gone", "stranger", "silent", "pleased", "new")})
    assert {name: decision for name, decision in said(decided).items() if name != "new"} == {
        "refused": ("give_up", "asked_since", "asked on 2025-07-25 not to be called"),
        "gone": ("not_listed", "left_reported", "has left already, as reported on 2025-07-25"),
        "stranger": (
            "not_listed",
            "wrong_number_since",
            "somebody else answered on 2025-07-03: mend the number first",
        ),
        "silent": ("not_listed", "contacted_since", "contacted on 2025-07-25, since as_of; quiet for 30 days"),
        "pleased": ("not_listed", "contacted_since", "contacted on 2025-07-03, since as_of; quiet for 30 days"),
    }
    assert [row["subscriber_id"] for row in decided.list] == ["new"]
    assert decided.metrics["closed_since"] == 5


def test_a_contact_that_ingest_has_added_counts_once(desk, tmp_path):
    report(tmp_path, ("a", "2025-07-03", "declined"))
    past = CONTACT + "1 | a | 2025-07-03 | treated | 2025-07-03"
    assert desk({"a": {}}, past, rules={"quiet_days": 0}).rows["a"]["rule"] == "contact"
    assert desk({"a": {}}, rules={"quiet_days": 0, "max_contacts": 1}).rows["a"]["rule"] == "too_often"


def test_a_refusal_lasts_also_where_the_source_has_a_contact_of_that_day(desk, tmp_path):
    report(tmp_path, ("a", "2025-03-03", "asked_not_to_call"))
    past = CONTACT + "1 | a | 2025-03-03 | treated | 2025-03-03"
    assert desk({"a": {}}, past).rows["a"]["why"] == "asked on 2025-03-03 not to be called"


def test_outcomes_of_another_source_say_nothing(desk, tmp_path):
    report(tmp_path, ("a", "2025-07-03", "asked_not_to_call"), source="yours")
    assert desk({"a": {}}).rows["a"]["decision"] == "contact"


def test_a_snapshot_closes_for_outcomes_and_for_facts_of_its_own_day(desk, tmp_path):
    report(tmp_path, ("a", "2025-07-03", "asked_not_to_call"))
    decided = desk({"a": {}, "b": {}, "c": {}}, CONTACT + "1 | b | 2025-07-01 | treated | 2025-07-01", kind="snapshot")
    assert {name: row["rule"] for name, row in decided.rows.items()} == {
        "a": "asked_since",
        "b": "contacted_since",
        "c": "contact",
    }


def test_the_texts_follow_the_language(desk):
    decided = desk({"a": {}}, statuses=STATUS + "a | 2025-07-02 | cancelled | 2025-07-02", language="zh")
    assert decided.rows["a"]["why"] == "已于 2025-07-02 离网（观察日后得知）"


@pytest.mark.parametrize(
    ("taken", "known", "starts"),
    [
        ("2025-07-20", "2025-07-19", ["data: taken on 2025-07-20, 19 days after as_of 2025-07-01"]),
        ("2025-07-15", "2025-07-15", []),
        ("2025-07-01", "2025-06-17", []),
        (
            "2025-07-01",
            "2025-06-16",
            ["data: the newest fact became known on 2025-06-16, 15 days before as_of 2025"],
        ),
    ],
)
def test_data_much_newer_or_older_than_as_of_are_said(desk, taken, known, starts):
    decided = desk({"a": {}}, taken=taken, known=known)
    assert [line.split(":")[0] for line in decided.warnings] == ["data"] * len(starts)
    assert all(line.startswith(start) for line, start in zip(decided.warnings, starts, strict=True))


@pytest.mark.parametrize(
    ("outcomes", "rule"),
    [
        ([("2023-06-06", "asked_not_to_call")], "asked_since"),
        ([("2023-06-06", "asked_not_to_call"), ("2024-06-06", "declined")], "asked_since"),
        ([("2023-06-06", "wrong_number")], "wrong_number_since"),
        ([("2023-06-06", "wrong_number"), ("2024-06-06", "not_reached")], "wrong_number_since"),
        ([("2023-06-06", "wrong_number"), ("2024-06-06", "declined")], "contact"),  # mended meanwhile
        ([("2024-06-06", "declined"), ("2024-12-06", "wrong_number")], "wrong_number_since"),
        ([("2023-06-06", "already_left")], "contact"),  # and came back since, or would be no subscriber
    ],
)
def test_refusals_and_wrong_numbers_of_the_operators_own_contacts_last(desk, outcomes, rule):
    lines = [f"{k} | a | {day} | treated | {day} | {word}" for k, (day, word) in enumerate(outcomes)]
    past = CONTACT.replace("known_on", "known_on | outcome").rstrip() + "\n" + "\n".join(lines)
    assert desk({"a": {}}, past).rows["a"]["rule"] == rule
