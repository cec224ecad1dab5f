"""Rows in equal rows accepted and rows turned away, whatever the rows are."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

CELLS = st.sampled_from(
    [
        "",
        " ",
        "a",
        "b",
        "stranger",
        "2025-01-01",
        "2025-02-01",
        "2030-01-01",
        "2025-01-02",
        "1",
        "-1",
        "1.5",
        "nan",
        "inf",
        "x" * 60,
        "王",
        "=1+1",
    ]
)
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=12)
SHAPED = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", ""]),
        st.sampled_from(["2025-01-01", "2025-02-01", "x"]),
        st.sampled_from(["1", "2", ""]),
    ),
    max_size=12,
)


def expected(rows: list[tuple[str, str, str]]) -> int:
    """Return how many rows of use are accepted, the slow and obvious way."""
    good = []
    for who, month, minutes in rows:
        if who in ("a", "b") and month in ("2025-01-01", "2025-02-01"):
            good.append((who, month, float(minutes) if minutes.strip() in ("1", "1.5") else None))
    said: dict[tuple[str, str], set[float | None]] = {}
    for who, month, minutes in good:
        said.setdefault((who, month), set()).add(minutes)
    return sum(len(amounts) == 1 for amounts in said.values())


@settings(max_examples=12, deadline=None)
@given(ROWS)
def test_any_rows_balance(desk_in: Callable[[Path], Any], rows: list[tuple[str, str, str]]) -> None:
    check(desk_in, rows, expected(rows))


@settings(max_examples=12, deadline=None)
@given(SHAPED)
def test_rows_that_are_nearly_right_balance(desk_in: Callable[[Path], Any], rows: list[tuple[str, str, str]]) -> None:
    keys: dict[tuple[str, str], set[str]] = {}
    for who, month, minutes in rows:
        if who and month != "x":
            keys.setdefault((who, month), set()).add(minutes)
    check(desk_in, rows, sum(len(amounts) == 1 for amounts in keys.values()))


def test_a_table_that_the_source_has_no_sql_for_has_no_rows(desk: Any) -> None:
    desk.facts("usage", "subscriber_id,month\na,2025-12-01\n")
    accepted = {row["table"]: row["rows"] for row in desk.run().tables["ingest_counts"] if row["rule"] == "accepted"}
    assert (accepted["subscribers"], accepted["usage"], accepted["bills"], accepted["surveys"]) == (3, 1, 0, 0)


def check(desk_in: Callable[[Path], Any], rows: list[tuple[str, str, str]], accepted: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = desk_in(Path(folder))
        desk.raw("people.csv", "id\na\nb\n")
        lines = [f'"{who}","{month}","{minutes}"' for who, month, minutes in rows]
        desk.facts("usage", "\n".join(["subscriber_id,month,voice_min", *lines]) + "\n")
        outcome = desk.run(max_text_length=50)
    turned_away = [row for row in outcome.tables["quarantine"] if row["table"] == "usage"]
    assert len(outcome.tables["usage"]) == accepted
    assert len(rows) == accepted + len(turned_away) == outcome.metrics["usage_in"]
    repaired = [row for row in outcome.tables["repaired"] if row["table"] == "usage"]
    assert accepted == outcome.metrics["usage_accepted"] + len(repaired)
    counted = [row for row in outcome.tables["ingest_counts"] if row["table"] == "usage"]
    assert Counter(row["rule"] for row in turned_away) == Counter(
        {row["rule"]: row["rows"] for row in counted if row["kind"] == "quarantined"}
    )
    assert sum(row["rows"] for row in counted if row["kind"] != "unreadable") == len(rows)
    assert Counter(rule for row in repaired for rule in row["rules"].split(",")) == Counter(
        {row["rule"]: row["rows"] for row in counted if row["kind"] == "unreadable"}
    )
    assert sorted(row["number"] for row in turned_away) == list(range(1, len(turned_away) + 1))
