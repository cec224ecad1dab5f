"""Imported outcomes bind whoever has the id today, or had it under another name."""

from __future__ import annotations

import datetime as dt

import pyarrow.parquet as pq
from tests.reported import report
from tests.tables import table

from savedesk.schemas import renamed_ids

CONTACT = "contact_id | subscriber_id | contacted_on | arm | known_on\n"


def refusals(root, *rows: tuple[str, str]) -> None:
    outcomes = [
        {"subscriber_id": who, "contacted_on": dt.date.fromisoformat(day), "outcome": "asked_not_to_call"}
        for who, day in rows
    ]
    report(root, "2025-07-01", outcomes)


def test_a_refusal_of_the_owner_before_binds_nobody_else(desk, tmp_path):
    refusals(tmp_path, ("a", "2024-02-01"), ("b", "2025-07-05"))
    past = CONTACT + "1 | a~2024-03-10 | 2024-02-01 | treated | 2024-02-01"
    decided = desk({"a": {}, "b": {}}, past)
    assert (decided.rows["a"]["decision"], decided.rows["b"]["rule"]) == ("contact", "asked_since")


def test_a_refusal_under_the_old_id_binds_the_new_one(desk, tmp_path):
    refusals(tmp_path, ("old", "2025-07-05"), ("given", "2025-07-06"))
    pairs = "old_id|new_id|renamed_on\nold|new|2025-07-10\ngiven|other|2025-07-01"
    path = tmp_path / renamed_ids.TABLE.path
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table(renamed_ids.TABLE, pairs), path)
    decided = desk({"new": {}, "given": {}, "other": {}})
    assert decided.rows["new"]["rule"] == "asked_since"
    # `given` was given to somebody else on the day of the renaming, and it is them who refused later
    assert (decided.rows["given"]["rule"], decided.rows["other"]["decision"]) == ("asked_since", "contact")
