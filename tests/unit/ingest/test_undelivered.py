"""Tables without rows and months that were not delivered are said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import ibis
import pyarrow as pa
import pytest
from tests.desk import ingest_params

from savedesk.stages.ingest.plausibility.delivery import undelivered

MONTHS = [dt.date(2024, number, 1) for number in range(6, 13)]


def said(rows: Mapping[int, int], latest: str, known_after: int = 0) -> list[str]:
    """Return what is said of bills with so many rows by month of 2024, known some days after the month has ended."""
    days = [month for month in MONTHS for _ in range(rows.get(month.month, 100))]
    ends = [(day + dt.timedelta(days=32)).replace(day=1) for day in days]
    known = [end + dt.timedelta(days=known_after - 1) for end in ends]
    bills = ibis.memtable(pa.table({"month": pa.array(days, pa.date32()), "known_on": pa.array(known, pa.date32())}))
    params = ingest_params().plausible
    return undelivered({"bills": bills}, params, dt.date.fromisoformat(latest), dated=True)


def test_all_months_that_had_ended_are_there() -> None:
    assert said({}, "2025-01-01") == []
    assert said({}, "2025-01-31") == []


def test_the_newest_month_is_missing() -> None:
    (line,) = said({12: 0}, "2025-01-01")
    assert line.startswith("bills: 2024-12 has no row, 100 rows before it; the data were taken on 2025-01-01; next: ")


def test_the_newest_month_is_not_due_where_months_arrive_late() -> None:
    """Rows arrive ten days after the end of the month: on the 5th nobody can have those of December."""
    assert said({12: 0}, "2025-01-05", known_after=10) == []
    assert len(said({12: 0}, "2025-01-20", known_after=10)) == 1


def test_half_a_month_is_there() -> None:
    assert said({12: 60}, "2025-01-01") == []
    (line,) = said({12: 40}, "2025-01-01")
    assert line.startswith("bills: 2024-12 has 40 rows, 100 rows before it;")


def test_a_month_in_between_is_missing() -> None:
    (line,) = said({9: 1}, "2025-01-01")
    assert line.startswith("bills: 2024-09 has 1 row, 100 rows before it;")


def test_bills_of_every_other_month_are_a_rhythm() -> None:
    assert said({7: 0, 9: 0, 11: 0}, "2025-01-01") == []


def test_a_few_rows_a_month_say_nothing() -> None:
    assert said(dict.fromkeys(range(6, 13), 3) | {12: 0}, "2025-01-01") == []


@pytest.mark.parametrize("dated", [True, False])
def test_a_table_without_rows(dated: bool) -> None:
    empty = ibis.memtable(pa.table({"ticket_id": pa.array([], pa.string())}))
    (line,) = undelivered({"complaints": empty}, ingest_params().plausible, dt.date(2025, 1, 1), dated=dated)
    assert line == (
        "complaints: not one row, so whatever rests on it is missing; "
        "next: look at what complaints.sql reads, or leave complaints.sql out"
    )
