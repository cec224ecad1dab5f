"""Family complaints: tickets in, values out."""

from __future__ import annotations

from tests.tables import feature_values

from savedesk.contracts import complaints, subscribers

AS_OF = "2025-07-01"


def of(tickets, *names, who="a"):
    given = {subscribers.TABLE: "subscriber_id\na\nb", complaints.TABLE: tickets}
    found = feature_values(given, AS_OF, names)[who]
    return found[names[0]] if len(names) == 1 else found


def test_a_quarter_is_92_days_and_as_of_itself_is_not_seen():
    tickets = """
    subscriber_id | opened_at  | category
    a             | 2025-07-01 | other
    a             | 2025-06-30 | other
    a             | 2025-03-31 | other
    a             | 2025-03-30 | other
    a             | 2024-06-29 | other
    """
    found = of(tickets, "complaint_count_3m", "complaint_count_12m", "days_since_complaint")
    assert found == {"complaint_count_3m": 2, "complaint_count_12m": 3, "days_since_complaint": 1}


def test_a_complaint_closed_on_or_after_as_of_is_open():
    tickets = """
    subscriber_id | opened_at  | closed_at  | category | satisfied | reopened
    a             | 2025-06-01 | 2025-07-01 | billing  | false     | true
    a             | 2025-06-21 | 2025-06-30 | billing  | true      | false
    a             | 2025-06-11 |            | network  |           |
    """
    found = of(
        tickets,
        "complaints_open",
        "complaint_open_days",
        "complaint_days_to_close",
        "complaints_unsatisfied_12m",
        "complaints_reopened_12m",
    )
    assert found == {
        "complaints_open": 2,
        "complaint_open_days": 30,
        "complaint_days_to_close": 9,
        "complaints_unsatisfied_12m": 0,
        "complaints_reopened_12m": 0,
    }


def test_how_they_ended():
    tickets = """
    subscriber_id | opened_at  | closed_at  | category | satisfied | reopened | escalated
    a             | 2025-05-01 | 2025-05-02 | billing  | false     | true     | true
    a             | 2025-05-03 | 2025-05-04 | billing  | true      | false    | false
    a             | 2025-05-05 | 2025-05-06 | billing  |           |          |
    a             | 2025-05-07 | 2025-05-27 | network  | false     | false    | true
    """
    found = of(
        tickets,
        "complaints_unsatisfied_12m",
        "complaints_reopened_12m",
        "complaints_escalated_12m",
        "complaints_repeated_12m",
        "complaint_days_to_close",
    )
    assert found == {
        "complaints_unsatisfied_12m": 2,
        "complaints_reopened_12m": 1,
        "complaints_escalated_12m": 2,
        "complaints_repeated_12m": 2,
        "complaint_days_to_close": 20,
    }


def test_who_never_complained():
    tickets = """
    subscriber_id | opened_at  | category
    a             | 2025-06-30 | other
    """
    found = of(
        tickets, "complaint_count_3m", "complaints_open", "days_since_complaint", "complaint_days_to_close", who="b"
    )
    assert found == {
        "complaint_count_3m": 0,
        "complaints_open": 0,
        "days_since_complaint": None,
        "complaint_days_to_close": None,
    }


def test_a_complaint_that_was_recorded_late_is_not_known_yet():
    tickets = """
    subscriber_id | opened_at  | category | known_on
    a             | 2025-06-20 | other    | 2025-07-01
    """
    assert of(tickets, "complaint_count_3m") == 0
