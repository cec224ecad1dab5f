"""A row that was turned away is neither silence nor an active status: whatever rests on it has no label."""

from __future__ import annotations

import datetime as dt

from tests.tables import project, read, run

from savedesk.schemas import cohort, status_changes, subscribers, unknown_facts, usage

MONTHS = [dt.date(2024 + k // 12, k % 12 + 1, 1) for k in range(24)]


def lost(text):
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [
        {
            "table": table,
            "number": number,
            "subscriber_id": who,
            "day": dt.date.fromisoformat(day) if day else None,
            "rule": "unique:subscriber_id,month",
        }
        for number, (table, who, day) in enumerate(rows, start=1)
    ]


def labels(root, silent, facts, changes="subscriber_id | changed_on | status", odd_rows=()):
    """Return churned and churn_type by subscriber and as_of; ``silent`` gives first and last month without a row."""
    silent = silent | {f"filler{number}": ("2030-01", "2030-01") for number in range(8)}  # so that months are complete
    rows = [
        {"subscriber_id": who, "month": month, "voice_min": 10.0, "sms": 1.0}
        for who, (first, last) in silent.items()
        for month in MONTHS
        if not first <= str(month)[:7] <= last
    ]
    given = {
        subscribers.TABLE: [{"subscriber_id": who, "activated_on": dt.date(2020, 1, 1)} for who in silent],
        status_changes.TABLE: changes,
        usage.TABLE: [*rows, *odd_rows],
        unknown_facts.TABLE: lost(facts),
    }
    run(project(root, given), "cohort", cohort={"dormant_days": 60})
    return {
        (row["subscriber_id"], str(row["as_of"])): (row["churned"], row["churn_type"])
        for row in read(root, cohort.TABLE)
    }


def test_a_month_that_was_turned_away_is_no_silence(tmp_path):
    # silent in July and August 2025: 62 days, dormant from 2025-08-30 on, within the window of 2025-08-01 (from 08-15)
    silent = {"silent": ("2025-07", "2025-08"), "lost": ("2025-07", "2025-08"), "other": ("2030-01", "2030-01")}
    rows = labels(tmp_path, silent, "usage | lost | 2025-08-01")
    assert rows["silent", "2025-08-01"] == (True, "dormant")
    assert rows["lost", "2025-08-01"] == (None, None)
    assert rows["other", "2025-08-01"] == (False, None)


def test_one_lost_month_between_months_of_use_leaves_the_label(tmp_path):
    # July alone has 31 days: whatever it was, it makes no 60 days of silence
    silent = {"lost": ("2025-07", "2025-07"), "other": ("2030-01", "2030-01")}
    assert labels(tmp_path, silent, "usage | lost | 2025-07-01")["lost", "2025-08-01"] == (False, None)


def test_a_row_whose_month_cannot_be_read_may_be_any_month_without_a_row(tmp_path):
    silent = {"lost": ("2025-07", "2025-08"), "other": ("2030-01", "2030-01")}
    assert labels(tmp_path, silent, "usage | lost | ")["lost", "2025-08-01"] == (None, None)


def test_who_was_last_seen_before_lost_months_is_scored(tmp_path):
    silent = {"silent": ("2025-09", "2025-12"), "lost": ("2025-09", "2025-12"), "other": ("2030-01", "2030-01")}
    facts = "\n".join(f"usage | lost | 2025-{month}-01" for month in ("09", "10", "11", "12"))
    scored = {
        who for who, as_of in labels(tmp_path, silent, facts) if as_of == "2026-01-01" and not who.startswith("filler")
    }
    assert scored == {"lost", "other"}


def test_a_month_without_use_that_lacks_a_measure_is_no_silence(tmp_path):
    silent = {"lost": ("2025-07", "2025-08"), "zero": ("2025-07", "2025-08"), "other": ("2030-01", "2030-01")}
    odd = [
        {"subscriber_id": who, "month": dt.date(2025, month, 1), "voice_min": 0.0, "sms": sms}
        for who, sms in (("lost", None), ("zero", 0.0))
        for month in (7, 8)
    ]
    rows = labels(tmp_path, silent, "usage | nobody | 2025-07-01", odd_rows=odd)
    assert rows["lost", "2025-08-01"] == (None, None)
    assert rows["zero", "2025-08-01"] == (True, "dormant")


def test_a_status_that_was_turned_away_leaves_no_label_until_the_next_one(tmp_path):
    never = dict.fromkeys(("lost", "seen_again", "whenever", "other"), ("2030-01", "2030-01"))
    changes = """
    subscriber_id | changed_on | status
    seen_again    | 2025-04-20 | suspended_other
    seen_again    | 2025-04-21 | active
    """
    facts = "status_changes | lost | 2025-02-10\nstatus_changes | seen_again | 2025-02-10\nstatus_changes | whenever |"
    rows = labels(tmp_path, never, facts, changes)
    # outcome window of 2024-11-01: to 2025-01-13, before the day; that of 2024-12-01 ends with 2025-02-12
    assert rows["lost", "2024-11-01"] == (False, None)
    assert rows["lost", "2024-12-01"] == (None, None)
    assert rows["lost", "2025-08-01"] == (None, None)
    assert rows["seen_again", "2025-04-01"] == (None, None)
    assert rows["seen_again", "2025-05-01"] == (False, None)
    assert rows["whenever", "2024-11-01"] == (None, None)
    assert rows["other", "2025-08-01"] == (False, None)
