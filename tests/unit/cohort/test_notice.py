"""Who has given notice is not in the cohort: they have said that they leave, and nobody needs to call them."""

from __future__ import annotations

import datetime as dt

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tables import project, read, run, table

from savedesk.domain.statuses import GONE
from savedesk.schemas import cohort, status_changes, subscribers
from savedesk.stages.cohort.notice import under_notice

AS_OF = dt.date(2025, 8, 1)
STAYS = "stays"  # whom nothing happens to


def leaving(changes, as_of=AS_OF, gap=14):
    dates = ibis.memtable({"as_of": [as_of]})
    leavers = under_notice(ibis.memtable(table(status_changes.TABLE, changes)), dates, gap)
    return sorted(row["subscriber_id"] for row in leavers.to_pyarrow().to_pylist())


def cohort_at(root, changes, people, as_of=AS_OF):
    given_tables = {
        subscribers.TABLE: [{"subscriber_id": who, "activated_on": dt.date(2020, 1, 1)} for who in (*people, STAYS)],
        status_changes.TABLE: changes + f"\n {STAYS} | 2024-01-01 | active | 2024-01-01",
    }
    run(project(root, given_tables), "cohort")
    return {row["subscriber_id"]: row for row in read(root, cohort.TABLE) if row["as_of"] == as_of}


def test_a_notice_counts_from_the_day_after_it_became_known(tmp_path):
    # as_of is 2025-08-01
    changes = """
    subscriber_id     | changed_on | status          | known_on
    known_day_before  | 2025-08-31 | cancelled       | 2025-07-31
    known_on_as_of    | 2025-08-31 | cancelled       | 2025-08-01
    takes_effect_now  | 2025-08-01 | cancelled       | 2025-07-31
    on_the_day_itself | 2025-08-01 | cancelled       | 2025-08-01
    port_out          | 2025-12-31 | ported_out      | 2025-06-01
    gone_already      | 2025-07-31 | cancelled       | 2025-07-10
    suspension_ahead  | 2025-08-31 | suspended_other | 2025-07-10
    """
    people = ("known_day_before", "known_on_as_of", "takes_effect_now", "on_the_day_itself", "port_out", "gone_already")
    rows = cohort_at(tmp_path, changes, (*people, "suspension_ahead"))
    assert set(rows) == {"known_on_as_of", "on_the_day_itself", "suspension_ahead", STAYS}
    assert leaving(changes) == ["known_day_before", "port_out", "takes_effect_now"]


def test_notice_beyond_the_end_of_the_data_keeps_off_the_list(tmp_path):
    # data taken on 2025-12-31, the list is that of 2026-01-01
    changes = """
    subscriber_id | changed_on | status    | known_on
    leaves        | 2026-01-31 | cancelled | 2025-12-20
    """
    assert set(cohort_at(tmp_path, changes, ("leaves",), dt.date(2026, 1, 1))) == {STAYS}


def test_before_the_notice_is_known_the_subscriber_is_a_churner_like_any_other(tmp_path):
    changes = """
    subscriber_id | changed_on | status    | known_on
    a             | 2025-08-31 | cancelled | 2025-08-20
    """
    row = cohort_at(tmp_path, changes, ("a",))["a"]
    assert (row["churned"], row["churn_type"], row["cancelled_on"]) == (True, "cancelled", dt.date(2025, 8, 31))


def test_what_undoes_a_notice():
    changes = """
    subscriber_id      | changed_on | status            | known_on
    taken_back         | 2025-08-31 | cancelled         | 2025-07-10
    taken_back         | 2025-08-31 | active            | 2025-07-31
    taken_back_later   | 2025-08-31 | cancelled         | 2025-07-10
    taken_back_later   | 2025-08-31 | active            | 2025-08-01
    older_than_notice  | 2025-08-31 | cancelled         | 2025-07-10
    older_than_notice  | 2025-08-31 | active            | 2025-07-10
    back_within_gap    | 2025-08-31 | cancelled         | 2025-07-10
    back_within_gap    | 2025-09-14 | active            | 2025-07-20
    back_after_gap     | 2025-08-31 | cancelled         | 2025-07-10
    back_after_gap     | 2025-09-15 | active            | 2025-07-20
    pays_and_leaves    | 2025-08-31 | cancelled         | 2025-07-10
    pays_and_leaves    | 2025-07-12 | suspended_arrears | 2025-07-12
    pays_and_leaves    | 2025-07-20 | active            | 2025-07-20
    ports_all_the_same | 2025-08-31 | cancelled         | 2025-07-10
    ports_all_the_same | 2025-08-31 | active            | 2025-07-15
    ports_all_the_same | 2025-09-20 | ported_out        | 2025-07-20
    suspended_that_day | 2025-08-31 | cancelled         | 2025-07-10
    suspended_that_day | 2025-08-31 | suspended_other   | 2025-07-20
    """
    assert leaving(changes) == [
        "back_after_gap",
        "older_than_notice",
        "pays_and_leaves",
        "ports_all_the_same",
        "suspended_that_day",
        "taken_back_later",
    ]


@pytest.mark.parametrize(("as_of", "there"), [("2025-06-01", True), ("2025-08-01", False), ("2025-09-01", True)])
def test_who_takes_a_notice_back_is_out_only_while_it_ran(tmp_path, as_of, there):
    changes = """
    subscriber_id | changed_on | status    | known_on
    a             | 2025-09-30 | cancelled | 2025-07-10
    a             | 2025-09-30 | active    | 2025-08-20
    """
    rows = cohort_at(tmp_path, changes, ("a",), dt.date.fromisoformat(as_of))
    assert ("a" in rows) is there


days = st.dates(dt.date(2025, 7, 25), dt.date(2025, 8, 10))
some_changes = st.lists(
    st.fixed_dictionaries(
        {
            "subscriber_id": st.sampled_from("ab"),
            "changed_on": days,
            "status": st.sampled_from(["active", "suspended_other", "cancelled", "ported_out"]),
            "known_on": days,
        }
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda row: (row["subscriber_id"], row["changed_on"], row["status"]),
)


@settings(max_examples=60, deadline=None)
@given(some_changes, st.integers(0, 5))
def test_the_rule_word_for_word(changes, gap):
    def undoes(other, notice):
        if other["status"] in GONE or other["subscriber_id"] != notice["subscriber_id"] or other["known_on"] >= AS_OF:
            return False
        after = (other["changed_on"] - notice["changed_on"]).days
        if after == 0:
            in_time = notice["known_on"] < other["known_on"] <= notice["changed_on"]
            return other["status"] == "active" and in_time
        return 0 < after <= gap

    expected = {
        change["subscriber_id"]
        for change in changes
        if change["status"] in GONE
        and change["known_on"] < AS_OF <= change["changed_on"]
        and not any(undoes(other, change) for other in changes)
    }
    assert leaving(changes, gap=gap) == sorted(expected)
