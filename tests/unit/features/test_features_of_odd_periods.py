"""Features of who has bills of part of a month, of long periods, or of periods that could not be read."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.tables import feature_values
from tests.unit.value.test_margin_over_time import every, months, paid_monthly
from tests.unit.value.test_odd_periods import bill, monthly

from savedesk.schemas import bills, subscribers, unknown_facts

NAMES = ["fee_change_1m", "bill_1m", "bill_3m", "bill_volatility_6m", "bill_shock_1m"]


def features(rows, as_of, activated="2024-05-21", unknown=()):
    given = {
        subscribers.TABLE: f"subscriber_id | activated_on\n a | {activated}\n other | 2020-01-01",
        bills.TABLE: [full(row) for row in [*rows, *paid_monthly()]],
        unknown_facts.TABLE: list(unknown),
    }
    return feature_values(given, as_of, NAMES)["a"]


def full(row):
    billed = row.get("billed_on") or (row["month"] + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    amounts = dict.fromkeys(bills.MONEY, 0.0) | {"plan_fee": row["plan_fee"], "total_due": row["plan_fee"]}
    number = {"bill_id": str(billed), "known_on": billed, "period_start": None, "period_end": None, "corrects": None}
    return number | row | amounts | {"billed_on": billed}


@pytest.mark.parametrize("as_of", ["2024-07-01", "2024-08-01", "2024-09-01"])
@pytest.mark.parametrize("advance", [True, False])
def test_a_first_bill_of_part_of_a_month_is_no_change_of_price(as_of, advance):
    """30 a month all along: 11 of the 31 days of May, alone or with June in one bill."""
    part = 30 * 11 / 31
    rows = [bill(part, "2024-05-21", "2024-05-31", "2024-05-31"), *monthly("2024-06-01", 4)]
    if advance:
        rows = [bill(30 + part, "2024-05-21", "2024-06-30", "2024-05-21"), *monthly("2024-07-01", 3, advance=True)]
    values = features(rows, as_of)
    assert (values["bill_1m"], values["bill_3m"]) == (pytest.approx(30), pytest.approx(30))
    for name in ("fee_change_1m", "bill_volatility_6m", "bill_shock_1m"):
        assert values[name] is None or values[name] == pytest.approx(0, abs=1e-9), name


def test_quarters_with_statements_of_nothing_between_are_thirty_a_month():
    rows = [
        bill(90, f"2024-{first}", f"2024-{last}", f"2024-{last}")
        for first, last in (("01-01", "03-31"), ("04-01", "06-30"), ("07-01", "09-30"))
    ]
    rows += [row for row in every("a", "2024-01-01", 9, 0.0) if row["month"].month % 3]
    for day in months("2024-07-01", 4):
        values = features(rows, str(day), activated="2023-12-31")
        assert (values["bill_1m"], values["bill_3m"], values["bill_volatility_6m"]) == (30, 30, 0)


def test_a_bill_whose_period_could_not_be_read_is_not_taken_for_that_of_a_month():
    rows = [*every("a", "2024-01-01", 6, 30.0)]
    rows[5] |= {"plan_fee": 360.0}
    lost = {"table": "bills", "number": 1, "subscriber_id": "a", "day": dt.date(2024, 6, 30), "rule": "type:period_end"}
    values = features(rows, "2024-07-01", unknown=[lost | {"column": "period_end"}], activated="2023-12-31")
    assert values["bill_1m"] is None
    assert values["bill_3m"] == 30
    assert features(rows, "2024-07-01", activated="2023-12-31")["bill_1m"] == 360


def test_a_bill_of_one_given_month_after_months_without_one_is_that_months():
    """January and April at 30: the bill of April is 30 and not a third of it; February and March had none."""
    rows = [*monthly("2024-01-01", 1), *monthly("2024-04-01", 1)]
    values = features(rows, "2024-05-01", activated="2020-01-01")
    assert (values["bill_1m"], values["fee_change_1m"]) == (30, 0)
    assert features(rows[:1], "2024-02-01", activated="2020-01-01")["bill_1m"] == 30
