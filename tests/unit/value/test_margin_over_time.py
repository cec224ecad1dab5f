"""Margin is money per month, whatever the gap between two bills; worked out by hand from the bills alone."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.tables import project, read, rows_of, run
from tests.unit.value.test_remaining_value import score

from savedesk.schemas import bills, plans, subscribers, unknown_facts, values

WHOLE = {"margin_months": 3, "variable_cost_share": 0.35, "bad_debt_days": 60, "bad_debt_prior_bills": 0}


def months(first: str, count: int, step: int = 1) -> list[dt.date]:
    start = dt.date.fromisoformat(first)
    numbers = [start.year * 12 + start.month - 1 + step * k for k in range(count)]
    return [dt.date(n // 12, n % 12 + 1, 1) for n in numbers]


def every(who: str, first: str, count: int, amount: float, step: int = 1) -> list[dict]:
    return [{"subscriber_id": who, "month": month, "plan_fee": amount} for month in months(first, count, step)]


def by_days(who: str, first: str, days: list[int], amount: float) -> list[dict]:
    day, rows = dt.date.fromisoformat(first), []
    for gap in [0, *days]:
        day += dt.timedelta(days=gap)
        row = {"subscriber_id": who, "month": day.replace(day=1), "billed_on": day, "plan_fee": amount}
        rows.append(row)
    return rows


def paid_monthly(first="2022-01-01", count=48) -> list[dict]:
    """A neighbour with a bill in each month: it shows which months are complete."""
    return every("other", first, count, 10.0)


def rates(root, rows, *as_ofs, activated="2020-01-01"):
    """Return what is paid a month: the margin of ``a`` before variable cost, at each as_of."""
    given = {
        subscribers.TABLE: f"subscriber_id | activated_on\n a | {activated}\n other | 2020-01-01",
        bills.TABLE: [fill(row) for row in [*rows, *paid_monthly()]],
    }
    project(root, given)
    score(root, *[("a", 0.1, 0.0, day) for day in as_ofs])
    run(root, "value", value=WHOLE)
    by_day = {str(row["as_of"]): row for row in read(root, values.TABLE)}
    assert all(row["margin_source"] == "bills" for row in by_day.values())
    return [round(by_day[day]["margin"] / 0.65, 9) for day in as_ofs]


def fill(row):
    fees = {name: row.get(name, 0.0) for name in ("plan_fee", "overage_fee", "vas_fee", "other_fee", "discount")}
    total = sum(fees.values()) - 2 * fees["discount"]
    billed = row.get("billed_on") or (row["month"] + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    optional = dict.fromkeys(("corrects", "period_start", "period_end", "due_on", "paid_on"))
    known = row.get("known_on") or billed
    filled = optional | row | fees | {"total_due": total, "billed_on": billed, "known_on": known}
    return filled | {"bill_id": row.get("bill_id") or str(billed)}


def of(text: str):
    return rows_of(bills.TABLE, text)


YEAR = [str(day) for day in months("2024-01-01", 12)]


@pytest.mark.parametrize("step", [1, 2, 3, 6, 12])
@pytest.mark.parametrize("first", ["2022-03-01", "2022-07-01", "2022-12-01"])
def test_thirty_a_month_whatever_the_rhythm_and_wherever_as_of_cuts_it(tmp_path, step, first):
    rows = every("a", first, 48 // step, 30.0 * step, step)
    assert rates(tmp_path, rows, *YEAR) == [30.0] * 12


@pytest.mark.parametrize("gap", [26, 29, 32, 35, 38])
def test_top_ups_are_spread_over_the_days_between_them(tmp_path, gap):
    """30 for every 26 to 38 days. By days once that shows, in a month skipped or paid twice; until then by months."""
    rows = by_days("a", "2022-01-05", [gap] * (1000 // gap), 30.0)
    right = 30 * 30.4375 / gap
    assert rates(tmp_path, rows, *YEAR[:9]) == pytest.approx([right] * 9, rel=0.06)


def test_top_ups_of_uneven_spacing_are_about_thirty_a_month(tmp_path):
    rows = by_days("a", "2022-01-05", [26, 38, 30, 27, 36, 38, 26, 31, 33, 26, 38, 35] * 3, 30.0)
    assert all(26 <= rate <= 34 for rate in rates(tmp_path, rows, *YEAR))


def test_two_bills_of_one_month_are_parts_of_it(tmp_path):
    """Billing moved on 10 May: the old system billed ten days, the new one the rest."""
    rows = every("a", "2024-01-01", 4, 30.0) + of("""
    subscriber_id | month      | billed_on  | plan_fee
    a             | 2024-05-01 | 2024-05-10 | 10
    a             | 2024-05-01 | 2024-05-31 | 20
    a             | 2024-06-01 | 2024-06-30 | 30
    """)
    assert rates(tmp_path, rows, "2024-06-01", "2024-07-01", "2024-08-01") == [30, 30, 30]


def test_a_credit_note_for_half_a_bill_halves_that_month(tmp_path):
    """June is 15 from the day on which the credit is known: (30 + 30 + 15) / 3; before it stands as billed."""
    rows = every("a", "2024-01-01", 6, 30.0) + of("""
    subscriber_id | month      | billed_on  | plan_fee | corrects
    a             | 2024-06-01 | 2024-07-10 | -15      | 2024-06-30
    """)
    assert rates(tmp_path, rows, "2024-07-01", "2024-08-01") == [30, 25]


def test_a_wrong_bill_taken_back_and_billed_anew(tmp_path):
    """Until 10 July the wrong 300 of June stands: (30 + 30 + 300) / 3."""
    rows = every("a", "2024-01-01", 5, 30.0) + of("""
    subscriber_id | month      | billed_on  | plan_fee | bill_id | corrects
    a             | 2024-06-01 | 2024-06-30 | 300      | wrong   |
    a             | 2024-06-01 | 2024-07-10 | -300     | credit  | wrong
    a             | 2024-06-01 | 2024-07-10 | 30       | right   |
    a             | 2024-07-01 | 2024-07-31 | 30       | july    |
    """)
    assert rates(tmp_path, rows, "2024-07-01", "2024-08-01") == [120, 30]


def test_a_yearly_bill_taken_back_and_billed_anew_in_the_next_month(tmp_path):
    """The right bill of 10 July 2024 covers the 376 days since that of 30 June 2023, not the month since the wrong."""
    rows = every("a", "2022-06-01", 2, 360.0, 12) + of("""
    subscriber_id | month      | billed_on  | plan_fee | bill_id | corrects
    a             | 2024-06-01 | 2024-06-30 | 3600     | wrong   |
    a             | 2024-06-01 | 2024-07-10 | -3600    | credit  | wrong
    a             | 2024-07-01 | 2024-07-10 | 360      | right   |
    """)
    assert rates(tmp_path, rows, "2024-06-01", "2024-08-01", "2025-01-01") == pytest.approx(
        [30, *[360 / (376 / 30.4375)] * 2]
    )


def test_months_without_a_bill_are_months_in_which_nothing_is_paid(tmp_path):
    """Billed up to May and again in August. On 1 August June and July brought nothing; the first is held to be late."""
    rows = every("a", "2024-01-01", 5, 30.0) + every("a", "2024-08-01", 4, 30.0)
    as_ofs = ["2024-06-01", "2024-07-01", "2024-08-01", "2024-09-01", "2024-10-01", "2024-11-01"]
    assert rates(tmp_path, rows, *as_ofs) == [30, 30, 20, 10, 20, 30]


def test_who_has_not_topped_up_for_four_months_pays_nothing(tmp_path):
    rows = by_days("a", "2023-01-05", [35] * 11, 30.0)  # the last on 25 January 2024, to last until the end of February
    paid = rates(tmp_path, rows, "2024-02-01", "2024-03-01", "2024-06-01")
    assert paid == pytest.approx([30 * 30.4375 / 35, 30 * 30.4375 / 35, 0])


def test_nobody_has_stopped_paying_while_the_bills_of_everybody_are_out(tmp_path):
    """The bills of all lines stop with April: what May and June were is not known."""
    rows = every("a", "2024-01-01", 4, 30.0)
    given = {bills.TABLE: [fill(row) for row in [*rows, *every("other", "2024-01-01", 4, 30.0)]]}
    project(tmp_path, given)
    score(tmp_path, ("a", 0.1, 0.0, "2024-07-01"))
    run(tmp_path, "value", value=WHOLE)
    assert read(tmp_path, values.TABLE)[0]["margin"] == pytest.approx(19.5)


def test_back_pay_after_a_gap_covers_the_gap(tmp_path):
    """No bill for three months, then one of four months' fees."""
    rows = every("a", "2024-01-01", 3, 30.0) + every("a", "2024-07-01", 1, 120.0) + every("a", "2024-08-01", 1, 30.0)
    assert rates(tmp_path, rows, "2024-08-01", "2024-09-01") == [30, 30]


@pytest.mark.parametrize("step", [3, 12])
def test_a_change_of_rhythm(tmp_path, step):
    """Monthly up to January 2023, then every three or twelve months; and back to monthly from February 2025 on."""
    rows = every("a", "2022-01-01", 13, 30.0) + every(
        "a", f"2023-{1 + step:02}-01" if step < 12 else "2024-01-01", 24 // step, 30.0 * step, step
    )
    rows += every("a", "2025-02-01", 6, 30.0)
    as_ofs = [str(day) for day in months("2024-02-01", 18)]
    assert rates(tmp_path, rows, *as_ofs) == [30] * 18


def test_a_given_period_says_what_a_bill_covers(tmp_path):
    """A yearly fee in advance beside monthly use of 5; a quarter in arrears, a single bill of a new line."""
    yearly = of("""
    subscriber_id | month      | billed_on  | plan_fee | bill_id | period_start | period_end
    a             | 2024-01-01 | 2024-01-02 | 360      | year    | 2024-01-01   | 2024-12-31
    """)
    rows = yearly + every("a", "2024-01-01", 12, 5.0)
    assert rates(tmp_path, rows, *YEAR[3:]) == [35] * 9
    single = of("""
    subscriber_id | month      | billed_on  | plan_fee | period_start | period_end
    a             | 2024-06-01 | 2024-06-30 | 90       | 2024-04-01   | 2024-06-30
    """)
    assert rates(tmp_path / "b", single, "2024-07-01", "2024-08-01", "2024-09-01") == [30, 30, 30]
    first = of("""
    subscriber_id | month      | billed_on  | plan_fee | period_start | period_end
    a             | 2024-06-01 | 2024-06-05 | 360      | 2024-06-05   | 2025-06-04
    """)
    assert rates(tmp_path / "c", first, "2024-07-01", "2024-12-01", activated="2024-06-05") == [30, 30]


def test_a_correction_of_a_yearly_bill_is_spread_with_it(tmp_path):
    rows = every("a", "2023-06-01", 2, 360.0, 12) + of("""
    subscriber_id | month      | billed_on  | plan_fee | corrects
    a             | 2024-06-01 | 2024-08-10 | -120     | 2024-06-30
    """)
    assert rates(tmp_path, rows, "2024-08-01", "2024-09-01") == [30, 20]


def test_what_is_known_later_changes_nothing_before(tmp_path):
    """The bill of June became known on 5 August. On 1 August the bill of July alone is known: (30 + 0 + 30) / 3."""
    june = {"subscriber_id": "a", "month": dt.date(2024, 6, 1), "plan_fee": 90.0, "known_on": dt.date(2024, 8, 5)}
    rows = [*every("a", "2024-01-01", 5, 30.0), june, *every("a", "2024-07-01", 2, 30.0)]
    assert rates(tmp_path, rows, "2024-07-01", "2024-08-01", "2024-09-01") == [30, 20, 50]


def test_a_bill_that_was_turned_away_makes_its_month_neither_paid_nor_free(tmp_path):
    """June is unknown: (30 + 60) / 2 of May and July. Of b everything is: the plan's fee counts."""
    rows = [*every("a", "2024-01-01", 4, 30.0), *every("a", "2024-05-01", 1, 60.0), *every("a", "2024-07-01", 1, 30.0)]
    given = {
        subscribers.TABLE: "subscriber_id | plan_id\n a |\n b | p",
        plans.TABLE: "plan_id | monthly_fee\n p | 20",
        bills.TABLE: [fill(row) for row in [*rows, *paid_monthly()]],
        unknown_facts.TABLE: """
        table | number | subscriber_id | day        | rule
        bills | 1      | a             | 2024-06-01 | range:total_due
        bills | 2      | b             | 2024-06-01 | range:total_due
        bills | 3      | b             | 2024-07-01 | range:total_due
        """,
    }
    project(tmp_path, given)
    score(tmp_path, ("a", 0.1, 0.0, "2024-08-01"), ("b", 0.1, 0.0, "2024-08-01"))
    run(tmp_path, "value", value=WHOLE)
    margins = {
        row["subscriber_id"]: (row["margin"] / 0.65, row["margin_source"]) for row in read(tmp_path, values.TABLE)
    }
    assert margins == {"a": (pytest.approx(45), "bills"), "b": (pytest.approx(20), "plan_fee")}


def test_bills_before_the_activation_are_somebody_elses(tmp_path):
    rows = every("a", "2024-01-01", 4, 300.0) + every("a", "2024-05-01", 2, 30.0)
    assert rates(tmp_path, rows, "2024-07-01", activated="2024-05-03") == [30]


@pytest.mark.parametrize("column", ["period_start", "period_end"])
def test_a_bill_whose_period_could_not_be_read_makes_its_month_unknown(tmp_path, column):
    """A year's 360 of June, of which nobody knows that it is a year's: April and May, 30 a month, are left."""
    year = {"subscriber_id": "a", "month": dt.date(2024, 6, 1), "billed_on": dt.date(2024, 7, 2), "plan_fee": 360.0}
    rows = [*every("a", "2024-01-01", 5, 30.0), year]
    given = {
        bills.TABLE: [fill(row) for row in [*rows, *paid_monthly()]],
        unknown_facts.TABLE: f"""
        table | number | subscriber_id | day        | column   | rule
        bills | 1      | a             | 2024-07-02 | {column} | type:{column}
        """,
    }
    project(tmp_path, given)
    score(tmp_path, ("a", 0.1, 0.0, "2024-08-01"))
    run(tmp_path, "value", value=WHOLE)
    assert read(tmp_path, values.TABLE)[0]["margin"] == pytest.approx(19.5)
