"""Who is in the cohort of a dated source, and what became of them."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.tables import month_end, project, read, run

from savedesk.errors import DataContractError, ParamsError
from savedesk.schemas import cohort, status_changes, subscribers, usage

EVERY_MONTH = [dt.date(2024, 1, 1)] + [dt.date(2024 + k // 12, k % 12 + 1, 1) for k in range(1, 24)]


def used(ids, until="2025-12", since="2024-01", **odd_months):
    """Use in every month from ``since`` to ``until``; ``odd_months`` names for a subscriber the last month of use."""
    return [
        {"subscriber_id": who, "month": month, "voice_min": 10.0}
        for who in ids
        for month in EVERY_MONTH
        if since <= str(month)[:7] <= odd_months.get(who, until)
    ]


def cohort_of(root, changes="subscriber_id | changed_on | status", people=("a",), usage_rows=None, **params):
    given = {
        subscribers.TABLE: [{"subscriber_id": who, "activated_on": dt.date(2020, 1, 1)} for who in people],
        status_changes.TABLE: changes,
        usage.TABLE: used(people) if usage_rows is None else usage_rows,
    }
    run(project(root, given), "cohort", cohort=params)
    return {(row["subscriber_id"], str(row["as_of"])): row for row in read(root, cohort.TABLE)}


def label(rows, who, as_of="2025-08-01"):
    row = rows[who, as_of]
    return row["churned"], row["churn_type"], None if row["churned_on"] is None else str(row["churned_on"])


def test_the_label_at_every_edge_of_the_windows(tmp_path):
    # as_of 2025-08-01: lead to 08-14, outcome window 2025-08-15 to 2025-10-13
    changes = """
    subscriber_id | changed_on | status
    last_of_lead  | 2025-08-14 | cancelled
    first_inside  | 2025-08-15 | cancelled
    last_inside   | 2025-10-13 | ported_out
    first_after   | 2025-10-14 | cancelled
    """
    people = ("last_of_lead", "first_inside", "last_inside", "first_after", "stays")
    rows = cohort_of(tmp_path, changes, people)
    assert label(rows, "last_of_lead") == (None, None, None)
    assert label(rows, "first_inside") == (True, "cancelled", "2025-08-15")
    assert label(rows, "last_inside") == (True, "cancelled", "2025-10-13")
    assert label(rows, "first_after") == (False, None, None)
    assert label(rows, "stays") == (False, None, None)


def test_the_first_exit_wins_and_a_cancellation_wins_a_tie(tmp_path):
    changes = """
    subscriber_id   | changed_on | status
    arrears_first   | 2025-08-05 | suspended_arrears
    arrears_first   | 2025-10-01 | cancelled
    cancelled_first | 2025-08-20 | cancelled
    tie             | 2025-08-05 | suspended_arrears
    tie             | 2025-09-04 | cancelled
    silent_first    | 2025-10-10 | cancelled
    """
    people = ("arrears_first", "cancelled_first", "tie", "silent_first", "stays")
    silent = used(people, silent_first="2025-07", cancelled_first="2025-08")
    rows = cohort_of(tmp_path, changes, people, silent, arrears_days=30)
    assert label(rows, "arrears_first") == (True, "arrears", "2025-09-04")
    assert label(rows, "cancelled_first") == (True, "cancelled", "2025-08-20")
    assert label(rows, "tie") == (True, "cancelled", "2025-09-04")
    assert label(rows, "silent_first") == (True, "dormant", "2025-09-30")


def test_an_exit_after_a_suspension_within_the_gap_of_the_arrears_is_no_arrears(tmp_path):
    changes = """
    subscriber_id | changed_on | status
    paid          | 2025-08-05 | suspended_arrears
    paid          | 2025-08-30 | active
    """
    assert label(cohort_of(tmp_path, changes, ("paid",)), "paid") == (False, None, None)


def test_who_has_left_or_is_suspended_or_dormant_is_not_in_the_cohort(tmp_path):
    changes = """
    subscriber_id | changed_on | status
    gone          | 2025-07-31 | cancelled
    gone_today    | 2025-08-01 | cancelled
    suspended     | 2025-07-20 | suspended_arrears
    suspended     | 2025-08-03 | active
    paused        | 2025-07-20 | suspended_other
    returned      | 2025-03-01 | cancelled
    returned      | 2025-06-01 | active
    """
    people = ("gone", "gone_today", "suspended", "paused", "returned", "dormant", "drowsy")
    rows = cohort_of(tmp_path, changes, people, used(people, dormant="2025-05", drowsy="2025-06"))
    there = {who for who, as_of in rows if as_of == "2025-08-01"}
    assert there == {"gone_today", "returned", "drowsy"}
    assert label(rows, "gone_today") == (None, None, None)  # an exit within the lead
    assert ("suspended", "2025-09-01") in rows


def test_an_exit_that_became_known_late_is_neither_a_stay_nor_a_churner(tmp_path):
    changes = """
    subscriber_id | changed_on | status    | known_on
    late          | 2025-07-20 | cancelled | 2025-08-10
    """
    rows = cohort_of(tmp_path, changes, ("late", "stays"))
    assert label(rows, "late") == (None, None, None)
    assert ("late", "2025-09-01") not in rows


def test_who_had_left_before_as_of_in_whatever_way_though_nobody_knew_is_neither(tmp_path):
    changes = """
    subscriber_id | changed_on | status            | known_on
    in_arrears    | 2025-05-01 | suspended_arrears | 2025-08-20
    paid_since    | 2025-05-01 | suspended_arrears | 2025-08-20
    paid_since    | 2025-07-31 | active            | 2025-08-20
    """
    rows = cohort_of(tmp_path, changes, ("in_arrears", "paid_since"))
    assert label(rows, "in_arrears") == (None, None, None)  # the arrears had lasted on 2025-05-31
    assert label(rows, "paid_since") == (False, None, None)


def test_who_was_dormant_before_as_of_though_the_use_was_not_known_yet_is_neither(tmp_path):
    people = ("uses", "so_does", "and_she", "and_he", "silent", "back")
    summer = {("back", dt.date(2025, 6, 1)), ("back", dt.date(2025, 7, 1))}
    rows = [row for row in used(people, silent="2025-05") if (row["subscriber_id"], row["month"]) not in summer]
    late = [row | {"known_on": month_end(row["month"]) + dt.timedelta(days=40)} for row in rows]
    cohort_rows = cohort_of(tmp_path, people=people, usage_rows=late)
    # at 2025-08-01 the use of June is not known yet; on 2025-07-31 both had been silent for 60 days
    assert label(cohort_rows, "silent") == label(cohort_rows, "back") == (None, None, None)
    assert label(cohort_rows, "uses") == (False, None, None)
    assert label(cohort_rows, "silent", "2025-07-01") == (True, "dormant", "2025-07-31")


def test_what_became_known_after_the_label_is_no_label(tmp_path):
    # as_of 2025-02-01: lead 14 + outcome 60 + ripening 31 days, so labels are known on 2025-05-17
    changes = """
    subscriber_id    | changed_on | status    | known_on
    in_time          | 2025-03-01 | cancelled | 2025-05-16
    too_late         | 2025-03-01 | cancelled | 2025-05-17
    late_return      | 2025-03-01 | cancelled | 2025-03-01
    late_return      | 2025-03-10 | active    | 2025-06-10
    long_after       | 2025-06-01 | cancelled | 2025-09-01
    """
    people = ("in_time", "too_late", "late_return", "long_after", "stays")
    rows = cohort_of(tmp_path, changes, people)
    labels = {who: label(rows, who, "2025-02-01") for who in people}
    assert labels["in_time"] == (True, "cancelled", "2025-03-01")
    assert labels["too_late"] == labels["late_return"] == (None, None, None)
    assert labels["long_after"] == labels["stays"] == (False, None, None)


def test_use_that_became_known_after_the_label_is_no_label(tmp_path):
    people = ("late", *(f"stays_{k}" for k in range(20)))
    rows = used(people)
    for row in rows:
        row["known_on"] = row["month"] + dt.timedelta(days=27)
        if row["subscriber_id"] == "late" and str(row["month"])[:7] in ("2025-02", "2025-03", "2025-04"):
            row["known_on"] = dt.date(2025, 8, 1)
    cohort_rows = cohort_of(tmp_path, people=people, usage_rows=rows)
    assert label(cohort_rows, "late", "2025-02-01") == (None, None, None)
    assert label(cohort_rows, "stays_1", "2025-02-01") == (False, None, None)
    assert ("late", "2025-05-01") not in cohort_rows  # nobody knew of any use since January
    assert ("late", "2025-09-01") in cohort_rows


def test_what_became_known_later_changes_no_earlier_cohort(tmp_path):
    changes = """
    subscriber_id | changed_on | status            | known_on
    a             | 2025-03-01 | suspended_arrears | 2025-03-01
    a             | 2025-03-20 | active            | 2025-03-20
    b             | 2025-07-05 | suspended_other   | 2025-07-05
    """
    later = """
    a             | 2025-03-10 | suspended_other   | 2025-10-01
    a             | 2025-03-20 | suspended_other   | 2025-10-01
    b             | 2025-07-10 | active            | 2025-10-01
    """
    people = ("a", "b", "stays")
    before = set(cohort_of(tmp_path / "before", changes, people))
    after = set(cohort_of(tmp_path / "after", changes + later.strip(), people))
    assert {row for row in before if row[1] <= "2025-10-01"} == {row for row in after if row[1] <= "2025-10-01"}
    assert ("a", "2025-11-01") in before - after


def test_where_usage_ends_early_nobody_is_dormant_after_it_and_the_labels_end_there(tmp_path):
    rows = cohort_of(
        tmp_path, people=("a", "b"), usage_rows=used(("a", "b"), until="2025-10", b="2025-06"), dormant_days=90
    )
    assert label(rows, "a", "2025-08-01") == (False, None, None)
    assert label(rows, "b", "2025-08-01") == (True, "dormant", "2025-09-29")
    assert rows["a", "2026-01-01"]["role"] == "score"  # what is not known is no silence
    tests = {as_of for (_, as_of), row in rows.items() if row["role"] == "test"}
    assert max(tests) == "2025-08-01"  # its outcome window ends on 2025-10-13, that of September in November
    assert rows["a", "2025-09-01"]["role"] == "embargo"
    assert label(rows, "a", "2025-09-01") == label(rows, "b", "2025-09-01") == (None, None, None)


def test_months_of_which_nobody_has_a_row_were_lost_and_are_no_silence(tmp_path):
    people = ("uses", "silent", "leaves")
    lost = {dt.date(2025, 5, 1), dt.date(2025, 6, 1)}
    rows = [row for row in used(people, silent="2025-07") if row["month"] not in lost]
    cohort_rows = cohort_of(
        tmp_path, "subscriber_id | changed_on | status\nleaves | 2025-06-10 | cancelled", people, rows
    )
    assert not [row for row in cohort_rows.values() if row["churned_on"] and row["churned_on"] < dt.date(2025, 9, 30)]
    # windows that see the lost months, or could see a silence that goes back to them
    for as_of in ("2025-03-01", "2025-04-01", "2025-05-01", "2025-06-01", "2025-08-01"):
        assert label(cohort_rows, "uses", as_of) == label(cohort_rows, "silent", as_of) == (None, None, None)
    assert label(cohort_rows, "uses", "2025-02-01") == label(cohort_rows, "uses", "2025-09-01") == (False, None, None)
    assert label(cohort_rows, "silent", "2025-09-01") == (True, "dormant", "2025-09-30")
    ends = {row["followed_until"] for (_, as_of), row in cohort_rows.items() if as_of == "2025-02-01"}
    assert ends == {dt.date(2025, 5, 1)}


def test_a_list_of_stale_usage_is_refused(tmp_path):
    with pytest.raises(
        DataContractError, match=r"nobody to score at 2026-01-01: of 2 .* usage ends with 2025-09.*as_of"
    ):
        cohort_of(tmp_path, people=("a", "b"), usage_rows=used(("a", "b"), until="2025-09"))


def test_a_month_of_which_a_few_rows_came_early_is_not_silent_for_the_others(tmp_path):
    people = tuple(f"s{k}" for k in range(10))
    rows = used(people, until="2025-11")
    for row in rows:
        row["known_on"] = (row["month"].replace(day=28) + dt.timedelta(days=14)).replace(day=10)
    rows += [
        {"subscriber_id": "s0", "month": dt.date(2025, 12, 1), "voice_min": 1.0, "known_on": dt.date(2025, 12, 28)}
    ]
    cohort_rows = cohort_of(tmp_path, people=people, usage_rows=rows, dormant_days=30)
    assert {who for who, as_of in cohort_rows if as_of == "2026-01-01"} == set(people)
    a_row_is_enough = {"dormant_days": 30, "complete_month_share": 0.1}
    cohort_rows = cohort_of(tmp_path, people=people, usage_rows=rows, **a_row_is_enough)
    assert {who for who, as_of in cohort_rows if as_of == "2026-01-01"} == {"s0"}


def test_a_source_without_subscribers_is_refused(tmp_path):
    with pytest.raises(DataContractError, match="not one subscriber"):
        cohort_of(tmp_path, "subscriber_id | changed_on | status\nx | 2024-01-01 | active", people=(), usage_rows=[])


def test_who_is_left_by_each_condition_is_told_when_nobody_is(tmp_path):
    changes = """
    subscriber_id | changed_on | status
    gone          | 2025-07-31 | cancelled
    """
    with pytest.raises(DataContractError, match=r"of 3 subscribers 3 have .*, 2 of them are active .*, 0 of them have"):
        cohort_of(
            tmp_path, changes, ("gone", "b", "c"), used(("gone", "b", "c"), gone="2025-12", b="2025-02", c="2025-02")
        )


def test_a_return_that_became_known_late_had_not_happened_for_anybody(tmp_path):
    changes = """
    subscriber_id | changed_on | status            | known_on
    late          | 2025-07-01 | suspended_arrears | 2025-07-01
    late          | 2025-07-20 | active            | 2025-08-10
    """
    rows = cohort_of(tmp_path, changes, ("late",))
    assert ("late", "2025-08-01") not in rows
    assert ("late", "2025-09-01") in rows


def test_a_new_subscriber_waits_for_the_minimum_tenure(tmp_path):
    given = {
        subscribers.TABLE: """
        subscriber_id | activated_on
        thirty_days   | 2025-07-02
        twenty_nine   | 2025-07-03
        unknown       |
        """,
        usage.TABLE: used(("unknown",)) + used(("thirty_days", "twenty_nine"), since="2025-07"),
    }
    run(project(tmp_path, given), "cohort", cohort={"minimum_tenure_days": 30})
    there = {row["subscriber_id"] for row in read(tmp_path, cohort.TABLE) if str(row["as_of"]) == "2025-08-01"}
    assert there == {"thirty_days", "unknown"}


def test_nobody_knows_before_as_of_whom_the_day_itself_brings(tmp_path):
    people = {"the_day_before": dt.date(2025, 7, 31), "on_the_day": dt.date(2025, 8, 1), "old": dt.date(2020, 1, 1)}
    given = {
        subscribers.TABLE: [{"subscriber_id": who, "activated_on": day} for who, day in people.items()],
        usage.TABLE: [row | {"known_on": row["month"]} for row in used(people)],
    }
    run(project(tmp_path, given), "cohort", cohort={"minimum_tenure_days": 0})
    august = {row["subscriber_id"] for row in read(tmp_path, cohort.TABLE) if str(row["as_of"]) == "2025-08-01"}
    assert august == {"the_day_before", "old"}


def test_a_label_that_is_not_ripe_is_absent(tmp_path):
    changes = """
    subscriber_id | changed_on | status
    a             | 2025-11-20 | cancelled
    """
    rows = cohort_of(tmp_path, changes, ("a", "b"))
    assert rows["a", "2025-10-01"]["churned"] is None
    assert rows["b", "2026-01-01"]["churned"] is None
    assert rows["b", "2026-01-01"]["role"] == "score"
    assert ("a", "2026-01-01") not in rows


def test_a_quick_return_is_no_churn(tmp_path):
    changes = """
    subscriber_id | changed_on | status
    a             | 2025-09-01 | cancelled
    a             | 2025-09-15 | active
    """
    assert label(cohort_of(tmp_path, changes), "a") == (False, None, None)


def test_without_usage_nobody_is_dormant(tmp_path):
    changes = """
    subscriber_id | changed_on | status
    b             | 2024-01-01 | active
    """
    rows = cohort_of(tmp_path, changes, ("a", "b"), usage_rows=[])
    assert label(rows, "a") == (False, None, None)
    assert label(rows, "b") == (False, None, None)


def test_an_as_of_outside_the_data_is_a_mistake_in_the_params(tmp_path):
    with pytest.raises(ParamsError, match="not a month start within the data"):
        cohort_of(tmp_path, as_of=dt.date(2027, 1, 1))


def test_a_dated_source_without_dates_is_refused(tmp_path):
    with pytest.raises(DataContractError, match="all empty"):
        cohort_of(tmp_path, usage_rows=[])


def test_the_other_exits_in_the_window_are_kept_beside_the_first(tmp_path):
    # as_of 2025-08-01: outcome window 2025-08-15 to 2025-10-13
    changes = """
    subscriber_id | changed_on | status
    both          | 2025-08-05 | suspended_arrears
    both          | 2025-10-01 | cancelled
    one           | 2025-08-20 | cancelled
    later         | 2025-08-20 | cancelled
    """
    silent = used(("both", "one", "later", "stays"), later="2025-07")
    rows = cohort_of(tmp_path, changes, ("both", "one", "later", "stays"), silent)

    def days(who):
        return [str(rows[who, "2025-08-01"][f"{name}_on"]) for name in ("cancelled", "arrears", "dormant")]

    assert days("both") == ["2025-10-01", "2025-09-04", "None"]  # suspended for 30 days on 4 September
    assert label(rows, "both") == (True, "arrears", "2025-09-04")
    assert days("one") == ["2025-08-20", "None", "None"]
    assert days("later") == ["2025-08-20", "None", "2025-09-30"]  # no use since July: 60 days on 30 September
    assert days("stays") == ["None", "None", "None"]


def test_who_has_given_notice_is_not_called_any_more(tmp_path):
    changes = """
    subscriber_id | changed_on | status     | known_on
    notice        | 2025-08-20 | cancelled  | 2025-07-31
    on_the_day    | 2025-08-20 | cancelled  | 2025-08-01
    starts_today  | 2025-08-01 | ported_out | 2025-07-31
    taken_back    | 2025-08-20 | cancelled  | 2025-07-20
    taken_back    | 2025-08-21 | active     | 2025-07-25
    """
    people = ("notice", "on_the_day", "starts_today", "taken_back")
    rows = cohort_of(tmp_path, changes, people)
    there = {who for who, as_of in rows if as_of == "2025-08-01"}
    assert there == {"on_the_day", "taken_back"}
    assert {who for who, as_of in rows if as_of == "2025-07-01"} == set(people)


def test_the_windows_of_each_as_of_are_written_down(tmp_path):
    cohort_of(tmp_path, "subscriber_id | changed_on | status\na | 2025-08-20 | cancelled", ("a", "b"))
    rows = {str(row["as_of"]): row for row in read(tmp_path, cohort.WINDOWS)}
    august = rows["2025-08-01"]
    assert str(august["observation_start"]) == "2024-08-01"
    assert (str(august["outcome_start"]), str(august["outcome_end"])) == ("2025-08-15", "2025-10-14")
    assert (august["rows"], august["churners"]) == (2, 1)
    assert (rows["2025-06-01"]["rows"], rows["2025-06-01"]["churners"]) == (2, 0)
    assert rows["2025-12-01"]["churners"] is rows["2026-01-01"]["churners"] is None  # nobody can know it yet
    assert list(rows) == sorted(rows)


def test_an_exit_is_followed_beyond_its_outcome_window_as_far_as_it_could_be_known(tmp_path):
    # the first test as_of is 2025-08-01 and exits take 31 days to be known: training rows are followed to 2025-07-01
    changes = """
    subscriber_id | changed_on | status    | known_on
    in_window     | 2025-03-01 | cancelled | 2025-03-01
    later         | 2025-06-30 | cancelled | 2025-07-31
    known_late    | 2025-06-30 | cancelled | 2025-08-01
    too_late      | 2025-07-01 | cancelled | 2025-07-01
    """
    people = ("in_window", "later", "known_late", "too_late", "stays")
    rows = cohort_of(tmp_path, changes, people)
    at = {who: rows[who, "2025-02-01"] for who in people}
    assert {str(row["followed_until"]) for row in at.values()} == {"2025-07-01"}
    assert {who: str(row["exit_on"]) for who, row in at.items() if row["exit_on"]} == {
        "in_window": "2025-03-01",
        "later": "2025-06-30",
    }
    assert [who for who, row in at.items() if row["churned"]] == ["in_window"]
    assert str(rows["stays", "2025-08-01"]["followed_until"]) == "2025-12-01"  # a test row, known up to 2026-01-01
    assert rows["stays", "2026-01-01"]["followed_until"] is None
