"""The totals and last lines of an export are no subscribers."""

from __future__ import annotations

import ibis
import pyarrow as pa
import pytest

from savedesk.stages.ingest.identity.totals import is_total

TOTALS = (
    "TOTAL|Total|total:|Grand Total|GRAND TOTAL|Subtotal|Summe|Gesamtergebnis|Total général|合计|总计|小计|Итого|"
    "North total|Total: North|(1234 rows selected)|1,234 records|1 row|12 rows affected.|共|-----|=====|End of report"
)
LINES = "S00001|totalis|Totaly|summer|0049 170 1234567|tot|7f3a9c|a|北京|A-B-C|x9 rows9|line|dummy|0000"


@pytest.mark.parametrize(("texts", "expected"), [(TOTALS.replace("|共", ""), True), (LINES, False)])
def test_words_for_a_total(texts: str, expected: bool) -> None:
    ids = ibis.memtable(pa.table({"id": texts.split("|")}))
    marked = ids.select("id", total=is_total(ids.id)).to_pyarrow().to_pylist()
    assert [row["id"] for row in marked if row["total"] is not expected] == []


def test_totals_are_turned_away_from_each_table_by_a_rule_of_their_own(desk) -> None:
    desk.raw("people.csv", "id\na\nb\nc\nTOTAL\n")
    desk.facts("usage", "subscriber_id,month,voice_min\na,2025-01-01,2\nb,2025-01-01,3\nTOTAL,2025-01-01,5\n")
    desk.facts("plans", "plan_id,monthly_fee\np,10\nSumme,10\n")
    outcome = desk.run()
    assert outcome.ids() == ["a", "b", "c"]
    assert outcome.rules("subscribers") == outcome.rules("usage") == ["total:subscriber_id"]
    assert outcome.rules("plans") == ["total:plan_id"]
    assert "1 of subscribers, 1 of plans, 1 of usage" in outcome.warnings[0]


def test_a_total_that_subscribers_does_not_list_is_one_too(desk) -> None:
    desk.facts("usage", "subscriber_id,month,voice_min\na,2025-01-01,2\nGrand Total,2025-01-01,2\nz,2025-01-01,2\n")
    assert desk.run().rules("usage") == ["reference:subscriber_id", "total:subscriber_id"]


@pytest.mark.parametrize(
    "word",
    [
        *("Celkem", "Average", "4915199999 Total", "Összesen", "Ergebnis", "ALL", "(All)", "(other)", "Ukupno"),
        *("Yhteensä", "Общий итог", "Разом", "Suma końcowa", "Total 2025", "Total customers: 30", "Summe EUR"),
        *("المجموع", "Σύνολο", "รวม", "Zusammen", "Vše dohromady"),  # the last two by what the other ids look like
    ],
)
def test_a_row_of_totals_is_no_subscriber_in_any_language(desk, word: str) -> None:
    lines = [f"S{k:04},{'North' if k % 2 else 'South'}" for k in range(40)]
    desk.raw("people.csv", "\n".join(["id,region", *lines, f"{word},"]) + "\n")
    desk.sql("subscribers", "SELECT id AS subscriber_id, region FROM people")
    outcome = desk.run()
    assert outcome.rules("subscribers") == ["total:subscriber_id"]
    assert len(outcome.tables["subscribers"]) == 40


def test_ids_of_words_among_ids_of_words_are_subscribers(desk) -> None:
    names = [f"{a}{b}" for a in "abcdef" for b in "uvwxyz"]
    desk.raw("people.csv", "\n".join(["id,region", *[f"{name},North" for name in names[:-1]], f"{names[-1]},"]) + "\n")
    desk.sql("subscribers", "SELECT id AS subscriber_id, region FROM people")
    assert len(desk.run().tables["subscribers"]) == len(names)


def test_an_id_without_digits_that_has_what_others_have_is_a_subscriber(desk) -> None:
    lines = [f"S{k:04},{'North' if k % 2 else 'South'}" for k in range(40)]
    desk.raw("people.csv", "\n".join(["id,region", *lines, "vip,North"]) + "\n")
    desk.sql("subscribers", "SELECT id AS subscriber_id, region FROM people")
    assert "vip" in desk.run().ids()
