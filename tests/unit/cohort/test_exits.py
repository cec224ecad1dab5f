"""Which day a subscriber left on, and how: worked out by hand."""

from __future__ import annotations

import datetime as dt

import ibis
import pytest
from tests.tables import sections, table

from savedesk.domain.statuses import spans
from savedesk.schemas import status_changes, usage
from savedesk.stages.cohort.exits import active_months, exits

KNOWN_UNTIL = dt.date(2026, 1, 1)


def exits_of(
    changes="subscriber_id | changed_on | status",
    used="subscriber_id | month | voice_min",
    usage_until=KNOWN_UNTIL,
    **params,
):
    months = active_months(ibis.memtable(table(usage.TABLE, used)), dt.date(2025, 1, 1), KNOWN_UNTIL)
    span = spans(ibis.memtable(table(status_changes.TABLE, changes)))
    exit_table = exits(span, months, sections(cohort=params)["cohort"], KNOWN_UNTIL, usage_until)
    rows = exit_table.order_by(["subscriber_id", "churned_on"]).to_pyarrow().to_pylist()
    return [(row["subscriber_id"], str(row["churned_on"]), row["churn_type"]) for row in rows]


def test_a_cancellation_and_a_port_out_are_the_same_kind_of_exit():
    changes = """
    subscriber_id | changed_on | status
    a             | 2025-03-05 | cancelled
    b             | 2025-03-06 | ported_out
    c             | 2025-03-07 | suspended_other
    """
    assert exits_of(changes) == [("a", "2025-03-05", "cancelled"), ("b", "2025-03-06", "cancelled")]


def test_a_return_within_the_allowed_gap_undoes_the_exit():
    changes = """
    subscriber_id | changed_on | status
    back_in_14    | 2025-03-01 | cancelled
    back_in_14    | 2025-03-15 | active
    back_in_15    | 2025-03-01 | cancelled
    back_in_15    | 2025-03-16 | active
    """
    assert exits_of(changes, allowed_gap_days=14) == [("back_in_15", "2025-03-01", "cancelled")]


def test_a_port_out_soon_after_a_cancellation_is_no_return():
    changes = """
    subscriber_id | changed_on | status
    a             | 2025-03-01 | cancelled
    a             | 2025-03-05 | ported_out
    """
    assert exits_of(changes) == [("a", "2025-03-01", "cancelled")]


def test_arrears_count_once_they_last_longer_than_the_days_given():
    changes = """
    subscriber_id | changed_on | status
    paid_in_29    | 2025-03-01 | suspended_arrears
    paid_in_29    | 2025-03-30 | active
    paid_in_30    | 2025-03-01 | suspended_arrears
    paid_in_30    | 2025-03-31 | active
    paid_in_31    | 2025-03-01 | suspended_arrears
    paid_in_31    | 2025-04-01 | active
    never         | 2025-03-01 | suspended_arrears
    just_begun    | 2025-12-15 | suspended_arrears
    """
    assert exits_of(changes, arrears_days=30) == [
        ("never", "2025-03-31", "arrears"),
        ("paid_in_31", "2025-03-31", "arrears"),
    ]


@pytest.mark.parametrize(
    ("began", "reached"),
    [("2025-12-01", "2025-12-31"), ("2025-12-02", None)],  # 31 days are known of the first, 30 of the second
)
def test_arrears_count_on_the_first_day_on_which_they_are_known_to_be_longer(began, reached):
    changes = f"""
    subscriber_id | changed_on | status
    a             | {began}    | suspended_arrears
    """
    assert exits_of(changes, arrears_days=30) == ([("a", reached, "arrears")] if reached else [])


def test_a_second_notice_does_not_start_the_arrears_anew():
    changes = """
    subscriber_id | changed_on | status
    a             | 2025-03-01 | suspended_arrears
    a             | 2025-03-20 | suspended_arrears
    a             | 2025-04-10 | active
    """
    assert exits_of(changes, arrears_days=30) == [("a", "2025-03-31", "arrears")]


@pytest.mark.parametrize("other", ["active", "suspended_arrears"])
def test_of_several_changes_on_one_day_the_exit_counts(other):
    changes = f"""
    subscriber_id | changed_on | status
    a             | 2025-03-01 | {other}
    a             | 2025-03-01 | cancelled
    """
    assert exits_of(changes) == [("a", "2025-03-01", "cancelled")]


def test_a_notice_that_was_taken_back_in_time_is_no_exit():
    changes = """
    subscriber_id  | changed_on | status          | known_on
    taken_back     | 2025-03-01 | cancelled       | 2025-02-10
    taken_back     | 2025-03-01 | active          | 2025-02-20
    on_the_day     | 2025-03-01 | cancelled       | 2025-02-10
    on_the_day     | 2025-03-01 | active          | 2025-03-01
    too_late       | 2025-03-01 | cancelled       | 2025-02-10
    too_late       | 2025-03-01 | active          | 2025-03-02
    before_it      | 2025-03-01 | cancelled       | 2025-02-20
    before_it      | 2025-03-01 | active          | 2025-02-10
    given_again    | 2025-03-01 | cancelled       | 2025-02-10
    given_again    | 2025-03-01 | active          | 2025-02-15
    given_again    | 2025-03-01 | ported_out      | 2025-02-20
    only_suspended | 2025-03-01 | cancelled       | 2025-02-10
    only_suspended | 2025-03-01 | suspended_other | 2025-03-01
    """
    assert [who for who, *_ in exits_of(changes)] == ["before_it", "given_again", "only_suspended", "too_late"]


def test_a_suspension_that_ends_in_cancellation_is_a_cancellation():
    changes = """
    subscriber_id | changed_on | status
    a             | 2025-03-01 | suspended_arrears
    a             | 2025-03-20 | cancelled
    """
    assert exits_of(changes) == [("a", "2025-03-20", "cancelled")]


def test_silence_counts_as_dormancy_after_the_days_given():
    used = """
    subscriber_id | month      | voice_min | data_mb
    one_month     | 2025-02-01 | 10        | 0
    one_month     | 2025-04-01 | 10        | 0
    one_month     | 2025-05-01 | 0         | 0
    two_months    | 2025-02-01 | 0         | 5
    two_months    | 2025-03-01 | 0         | 0
    two_months    | 2025-05-01 | 1         | 0
    """
    dormant = [row for row in exits_of(used=used, dormant_days=60) if row[1] < "2025-06"]
    # no use in March and April: 60 days from the first of March
    assert dormant == [("two_months", "2025-04-30", "dormant")]


def test_use_outside_the_data_is_no_use():
    used = """
    subscriber_id | month      | voice_min
    a             | 2024-12-01 | 10
    a             | 2026-01-01 | 10
    """
    assert exits_of(used=used) == []


def test_february_and_march_are_not_sixty_days():
    used = """
    subscriber_id  | month      | voice_min
    spring         | 2025-01-01 | 1
    spring         | 2025-04-01 | 1
    summer         | 2025-06-01 | 1
    summer         | 2025-09-01 | 1
    to_the_end     | 2025-10-01 | 1
    not_long       | 2025-11-01 | 1
    """
    dormant = exits_of(used=used, dormant_days=60)  # April and July are used: 59 and 62 silent days before
    assert ("spring", "2025-04-02", "dormant") not in dormant
    assert ("summer", "2025-08-30", "dormant") in dormant
    assert [row for row in dormant if row[0] in ("to_the_end", "not_long")] == [("to_the_end", "2025-12-31", "dormant")]


def test_months_after_the_last_known_one_are_not_silent():
    used = """
    subscriber_id | month      | voice_min
    a             | 2025-03-01 | 1
    """
    assert exits_of(used=used, usage_until=dt.date(2025, 5, 1), dormant_days=60) == []
    assert exits_of(used=used, usage_until=dt.date(2025, 6, 1), dormant_days=60) == [("a", "2025-05-31", "dormant")]
    assert exits_of(used=used, usage_until=None) == []


def test_row_order_does_not_matter():
    changes = """
    subscriber_id | changed_on | status
    a             | 2025-03-01 | cancelled
    a             | 2025-03-10 | active
    a             | 2025-06-01 | suspended_arrears
    a             | 2025-09-01 | ported_out
    """
    lines = changes.strip().splitlines()
    backwards = "\n".join([lines[0], *reversed(lines[1:])])
    assert exits_of(changes) == exits_of(backwards) != []
