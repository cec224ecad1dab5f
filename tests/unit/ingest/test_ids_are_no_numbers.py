"""What a SELECT takes for an id or a name keeps its letters, however the numbers of its file are written."""

from __future__ import annotations

import pytest

from savedesk.schemas import bills, subscribers
from savedesk.stages.ingest.naming_columns import naming_columns

BILLS = """
    SELECT id AS subscriber_id, month, last_day(month::DATE) AS billed_on, fee AS plan_fee, 0 AS overage_fee,
        0 AS vas_fee, 0 AS other_fee, 0 AS discount, fee AS total_due FROM b
"""


def people(desk, text: str, sql: str, **declared):
    desk.raw("people.csv", text, **declared)
    desk.sql("subscribers", sql)
    return {row["subscriber_id"]: row for row in desk.run().tables["subscribers"]}


def test_letters_of_accounts_are_no_currency(desk) -> None:
    text = "id,acct,fee\na,BIZ001,$1.00\nb,PRI001,$2.00\nc,PRI002,$3.00\n"
    rows = people(desk, text, "SELECT id AS subscriber_id, acct AS account_id FROM people", accounting=True)
    assert {who: row["account_id"] for who, row in rows.items()} == {"a": "BIZ001", "b": "PRI001", "c": "PRI002"}


def test_letters_of_subscribers_are_no_currency(desk) -> None:
    text = "id,fee\nMOB001,$1\nFIX001,$1\nMOB002,$2\n"
    assert set(people(desk, text, "SELECT id AS subscriber_id FROM people", accounting=True)) == {
        "MOB001",
        "FIX001",
        "MOB002",
    }


def test_points_and_commas_of_ids_stay(desk) -> None:
    text = "id;acct;plan\na;1.234;4.5\nb;12.34;10\nc;1234;20\n"
    sql = "SELECT id AS subscriber_id, trim(acct) AS account_id, plan AS plan_id FROM people"
    rows = people(desk, text, sql, delimiter=";", decimal=",", thousands=".")
    assert {who: (row["account_id"], row["plan_id"]) for who, row in rows.items()} == {
        "a": ("1.234", "4.5"),
        "b": ("12.34", "10"),
        "c": ("1234", "20"),
    }


def test_amounts_beside_them_are_read_as_declared(desk) -> None:
    desk.raw(
        "b.csv", "id;month;fee\na;2025-03-01;1.234,50\nb;2025-03-01;7,00\n", delimiter=";", decimal=",", thousands="."
    )
    desk.sql("bills", BILLS)
    assert sorted(row["plan_fee"] for row in desk.run().tables["bills"]) == [7.0, 1234.5]


def test_ids_with_three_letters_are_not_said_to_be_money(desk) -> None:
    desk.raw("people.csv", "id\nMOB001\nMOB002\nFIX001\n")
    assert not [line for line in desk.run().warnings if "currency" in line]


@pytest.mark.parametrize(
    ("value", "amount"), [("USD (5.00)", -5.0), ("-USD 5.00", -5.0), ("(USD 5.00)", -5.0), ("USD 5.00", 5.0)]
)
def test_amounts_below_zero_as_accountants_write_them(desk, value: str, amount: float) -> None:
    desk.raw(
        "b.csv",
        f"id,month,fee\na,2025-03-01,30\na,2025-04-01,{value}\nb,2025-03-01,31\n",
        accounting=True,
        numbers=["fee"],
    )
    desk.sql("bills", BILLS)
    assert amount in [row["plan_fee"] for row in desk.run().tables["bills"]]


def test_the_advice_fits_where_accounting_is_set_already(desk) -> None:
    desk.raw(
        "b.csv", "id,month,fee\na,2025-03-01,30.00 CR\nb,2025-03-01,30.00 DR\nc,2025-03-01,-USD 5.00\n", accounting=True
    )
    desk.sql("bills", BILLS)
    assert [line for line in desk.run().warnings if "where it is set, name the column under numbers:" in line]


@pytest.mark.parametrize(
    ("statement", "columns"),
    [
        ("SELECT msisdn AS subscriber_id, city FROM t", {"msisdn", "city"}),
        ("SELECT upper(a || b) AS subscriber_id FROM t", {"a", "b"}),
        ("SELECT id AS subscriber_id, CASE WHEN fee > 10 THEN 'key' ELSE plan END AS segment FROM t", {"id"}),
        ("WITH x AS (SELECT nr AS subscriber_id FROM t) SELECT subscriber_id FROM x", {"nr", "subscriber_id"}),
        ("SELECT t.id AS subscriber_id FROM t JOIN u ON t.acct = u.customer", {"id", "acct", "customer"}),
        ("SELECT id AS subscriber_id FROM t JOIN u USING (acct)", {"id", "acct"}),
    ],
)
def test_columns_that_become_ids_and_names(statement: str, columns: set[str]) -> None:
    assert naming_columns({"subscribers": statement}, {"subscribers": subscribers.TABLE}) == columns


def test_with_a_star_the_names_of_the_contract_are_meant() -> None:
    names = naming_columns({"bills": "SELECT * FROM t"}, {"bills": bills.TABLE})
    assert {"subscriber_id", "bill_id"} <= names
    assert "plan_fee" not in names
