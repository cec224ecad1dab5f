"""What is paid a month where bills say which days they cover; worked out by hand from the bills alone."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.unit.value.test_margin_over_time import every, months, of, rates

HEAD = "subscriber_id | month | billed_on | plan_fee | period_start | period_end\n"


def bill(amount: float, first: str, last: str, billed_on: str) -> dict:
    """Return a bill of the days from the first to the last one."""
    day = dt.date.fromisoformat(billed_on)
    period = {"period_start": dt.date.fromisoformat(first), "period_end": dt.date.fromisoformat(last)}
    return {"subscriber_id": "a", "month": day.replace(day=1), "billed_on": day, "plan_fee": amount} | period


def monthly(first: str, count: int, amount: float = 30.0, *, advance: bool = False) -> list[dict]:
    """Return bills of calendar months, on the first or on the last day of their period."""
    rows = []
    for month in months(first, count):
        last = (month + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
        rows.append(bill(amount, str(month), str(last), str(month if advance else last)))
    return rows


def test_a_first_bill_of_eleven_days_covers_eleven_days(tmp_path):
    """11 of 31 days are 0.355 months: 10 / 0.355, then (10 + 30) / 1.355, (10 + 60) / 2.355 and 90 / 3."""
    rows = [bill(10, "2024-05-21", "2024-05-31", "2024-05-31"), *monthly("2024-06-01", 4)]
    as_ofs = ["2024-06-01", "2024-07-01", "2024-08-01", "2024-09-01"]
    paid = rates(tmp_path, rows, *as_ofs, activated="2024-05-21")
    part = 11 / 31
    assert paid == pytest.approx([10 / part, 40 / (1 + part), 70 / (2 + part), 30])
    assert paid[3] == 30


def test_a_fee_shared_out_over_the_days_of_its_month_is_the_fee(tmp_path):
    rows = [bill(30 * 11 / 31, "2024-05-21", "2024-05-31", "2024-05-31"), *monthly("2024-06-01", 3)]
    as_ofs = ["2024-06-01", "2024-07-01", "2024-08-01"]
    assert rates(tmp_path, rows, *as_ofs, activated="2024-05-21") == pytest.approx([30, 30, 30])


def test_a_first_bill_on_activation_of_the_rest_of_the_month_and_the_next_one(tmp_path):
    """41 days are 1.355 months, paid in advance: 40 / 1.355 = 29.5, and ever nearer to 30."""
    rows = [bill(40, "2024-05-21", "2024-06-30", "2024-05-21"), *monthly("2024-07-01", 3, advance=True)]
    as_ofs = ["2024-06-01", "2024-07-01", "2024-08-01", "2024-09-01", "2024-10-01"]
    paid = rates(tmp_path, rows, *as_ofs, activated="2024-05-21")
    first = 40 / (1 + 11 / 31)
    assert paid == pytest.approx([first, first, 70 / (2 + 11 / 31), (60 + first) / 3, 30])


@pytest.mark.parametrize(("amount", "last", "days"), [(45, "2024-02-14", 14), (46, "2024-02-15", 15)])
def test_a_single_bill_of_a_month_and_a_half(tmp_path, amount, last, days):
    """January and 14 or 15 of the 29 days of February."""
    rows = [bill(amount, "2024-01-01", last, "2024-01-01")]
    paid = rates(tmp_path, rows, "2024-02-01", activated="2024-01-01")
    assert paid == pytest.approx([amount / (1 + days / 29)])
    assert paid == pytest.approx([30.4], abs=0.1)


def test_a_first_bill_of_more_than_a_month_and_a_half(tmp_path):
    """48 for 18 of 31 days of January and all of February."""
    rows = [bill(48, "2024-01-14", "2024-02-29", "2024-02-29"), *monthly("2024-03-01", 3)]
    as_ofs = ["2024-03-01", "2024-04-01", "2024-05-01", "2024-06-01"]
    rate = 48 / (1 + 18 / 31)
    right = [rate, (48 + 30) / (2 + 18 / 31), (rate + 60) / 3, 30]
    assert rates(tmp_path, rows, *as_ofs, activated="2024-01-14") == pytest.approx(right)


def test_a_first_bill_up_to_the_day_on_which_others_are_made(tmp_path):
    """25 days up to 14 June, then from the 15th to the 14th: months, to the last bit once they are three."""
    rows = [bill(25, "2024-05-21", "2024-06-14", "2024-06-14")]
    rows += [bill(30, f"2024-{m:02}-15", f"2024-{m + 1:02}-14", f"2024-{m + 1:02}-14") for m in (6, 7, 8)]
    paid = rates(tmp_path, rows, "2024-07-01", "2024-08-01", "2024-10-01", activated="2024-05-21")
    part = 25 / 30.4375
    assert paid == pytest.approx([25 / part, 55 / (1 + part), 30])
    assert paid[2] == 30


def test_packs_of_35_and_of_84_days_are_paid_by_days(tmp_path):
    """One a day is 30.4375 a month. Longer ones are shares of calendar months, which differ by a day or two."""
    for days, off in ((7, 0.02), (35, 0.001), (84, 0.03)):
        begun, rows = dt.date(2023, 1, 5), []
        while begun < dt.date(2025, 1, 1):
            rows.append(bill(days, str(begun), str(begun + dt.timedelta(days=days - 1)), str(begun)))
            begun += dt.timedelta(days=days)
        paid = rates(tmp_path / str(days), rows, *[str(day) for day in months("2024-01-01", 9)])
        assert paid == pytest.approx([30.4375] * 9, rel=off)


def test_a_time_between_periods_that_nobody_billed_brought_nothing(tmp_path):
    """Half of May was billed, June was not: on 1 September July and August of three months."""
    rows = [bill(15, "2024-05-17", "2024-05-31", "2024-05-31"), *monthly("2024-07-01", 2)]
    (paid,) = rates(tmp_path, rows, "2024-09-01", activated="2024-05-17")
    assert paid == pytest.approx(20, rel=0.01)


def test_a_yearly_fee_from_the_middle_of_a_month_beside_monthly_use(tmp_path):
    """360 a year from 15 January on, and 5 of use each month, without a period."""
    rows = [{**bill(360, "2024-01-15", "2025-01-10", "2024-01-15"), "bill_id": "year"}]
    rows += every("a", "2024-01-01", 12, 5.0)
    year = 11 + 17 / 31 + 10 / 31
    assert rates(tmp_path, rows, "2024-06-01", "2024-09-01") == pytest.approx([360 / year + 5] * 2)


def test_two_bills_of_one_month_that_share_it_are_one_month(tmp_path):
    rows = [*monthly("2024-03-01", 2), bill(10, "2024-05-01", "2024-05-10", "2024-05-10")]
    rows += [bill(20, "2024-05-11", "2024-05-31", "2024-05-31"), *monthly("2024-06-01", 2)]
    assert rates(tmp_path, rows, "2024-06-01", "2024-07-01", "2024-08-01") == [30, 30, 30]


@pytest.mark.parametrize("advance", [True, False])
def test_statements_of_nothing_between_quarters_say_nothing(tmp_path, advance):
    rows = []
    for first, last in (("01-01", "03-31"), ("04-01", "06-30"), ("07-01", "09-30"), ("10-01", "12-31")):
        rows.append(bill(90, f"2024-{first}", f"2024-{last}", f"2024-{first if advance else last}"))
    paid = {row["month"] for row in rows}
    rows += [row for row in every("a", "2024-01-01", 12, 0.0) if row["month"] not in paid]
    as_ofs = [str(day) for day in months("2024-05-01", 8)]
    assert rates(tmp_path, rows, *as_ofs, activated="2023-12-31") == [30] * 8


def test_a_month_may_end_on_the_day_on_which_the_next_begins(tmp_path):
    rows = of(HEAD + "a | 2024-05-01 | 2024-05-31 | 30 | 2024-05-01 | 2024-06-01")
    assert rates(tmp_path, rows, "2024-06-01", activated="2024-05-01") == [30]


@pytest.mark.parametrize("as_of", ["2024-06-01", "2024-07-01", "2024-08-01"])
@pytest.mark.parametrize("activated", ["2020-01-01", "2023-11-05", "2024-05-01"])
def test_a_single_bill_with_the_period_of_a_month_is_a_months(tmp_path, as_of, activated):
    """Others are billed from 2022 on. Without the period the bill would be a year's or a quarter's.

    On 1 August June and July were billed to everybody but to this line: 30 in two months at most, one of them is late.
    """
    right = {"2024-06-01": 30, "2024-07-01": 30, "2024-08-01": 15}[as_of]
    assert rates(tmp_path, monthly("2024-05-01", 1), as_of, activated=activated) == [right]


def test_a_single_bill_of_a_month_beside_bills_of_nothing_but_months(tmp_path):
    """From the 15th to the 14th, known on the last day."""
    rows = [bill(30, "2024-04-15", "2024-05-14", "2024-05-14")]
    assert rates(tmp_path, rows, "2024-06-01", activated="2020-01-01") == [30]


@pytest.mark.parametrize(("first", "last"), [("01-01", "01-31"), ("01-15", "02-14")])
def test_months_that_no_given_period_covers_were_not_paid(tmp_path, first, last):
    """January, and three months later again: of the newest three months one was paid, of six two."""
    later = {"01-01": ("04-01", "04-30"), "01-15": ("04-15", "05-14")}[first]
    rows = [bill(30, f"2024-{first}", f"2024-{last}", f"2024-{last}")]
    rows += [bill(30, f"2024-{later[0]}", f"2024-{later[1]}", f"2024-{later[1]}")]
    as_of = {"01-01": "2024-05-01", "01-15": "2024-06-01"}[first]
    assert rates(tmp_path, rows, as_of, activated="2020-01-01") == [10]


def test_packs_of_thirty_days_twice_in_a_month_are_paid_by_days(tmp_path):
    """Twelve packs and a bit a year: 30 for each 30 days are 30.4375 a month."""
    begun, rows = dt.date(2023, 1, 1), []
    while begun < dt.date(2024, 12, 1):
        rows.append({**bill(30, str(begun), str(begun + dt.timedelta(days=29)), str(begun)), "bill_id": str(begun)})
        begun += dt.timedelta(days=30)
    paid = rates(tmp_path, rows, *[str(day) for day in months("2024-02-01", 10)])
    assert paid == pytest.approx([30.4375] * 10, rel=0.06)
