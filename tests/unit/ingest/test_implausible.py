"""What no operator has is said, and stops ingest where it would decide the list."""

from __future__ import annotations

import pytest
from tests.desk import ingest_params

from savedesk.errors import DataContractError

COUNT = 60
PEOPLE = "id,account,segment,region,birth,start\n"
BILLS = "subscriber_id,month,billed_on,plan_fee,overage_fee,vas_fee,other_fee,discount,total_due\n"


def person(number: int, **given: str) -> str:
    usual = {
        "account": f"A{number}",
        "segment": "consumer",
        "region": f"R{number % 7}",
        "birth": str(1950 + number % 50),
        "start": f"20{10 + number % 10}-0{1 + number % 9}-{10 + number % 17}",
    }
    return ",".join([f"s{number}", *(given.get(name, value) for name, value in usual.items())]) + "\n"


def people(desk, *rows: str) -> None:
    """Give subscribers, the rest of them as usual."""
    more = [person(number) for number in range(len(rows), COUNT)]
    desk.raw("people.csv", PEOPLE + "".join([*rows, *more]))
    desk.sql(
        "subscribers",
        "SELECT id AS subscriber_id, account AS account_id, segment, region, birth AS birth_year, "
        "start AS activated_on FROM people",
    )


def bills(desk, amounts: dict[int, float]) -> None:
    rows = [
        f"s{number},2025-01-01,2025-01-31,{fee},0,0,0,0,{fee}\n"
        for number, fee in ((number, amounts.get(number, 10 + number % 3)) for number in range(COUNT))
    ]
    desk.facts("bills", BILLS + "".join(rows))


def said(desk, word: str) -> list[str]:
    return [line for line in desk.run().warnings if word in line]


def test_an_ordinary_operator_gives_no_warning(desk) -> None:
    people(desk)
    bills(desk, {})
    assert desk.run().warnings == []


@pytest.mark.parametrize("placeholder", ["dummy", "9999", "SAMMEL"])
def test_a_placeholder_that_half_of_the_lines_pay_to_stops(desk, placeholder: str) -> None:
    people(desk, *(person(number, account=placeholder) for number in range(30)))
    with pytest.raises(DataContractError, match=f"'{placeholder}' with 30 of 60; one household"):
        desk.run()


def test_a_household_of_many_lines_that_decides_nothing_is_said(desk) -> None:
    people(desk, *(person(number, account="dummy") for number in range(30)))
    desk.limits["plausible"] = {**plausible(), "account_share": 0.6}
    assert said(desk, "account_id")[0].startswith(
        "subscribers.account_id: 1 accounts have 20 lines or more that are no business's: 'dummy' with 30 of 60"
    )


def plausible() -> dict[str, float]:
    return ingest_params().plausible.model_dump()


def test_a_firm_may_have_half_of_the_lines_and_most_of_the_bills(desk) -> None:
    people(desk, *(person(number, account="Firm", segment="business") for number in range(30)))
    bills(desk, {0: 5000})
    (line,) = desk.run().warnings
    assert line.startswith("bills.total_due: 's0' has 88 % of all total_due of 2025-01-01 (5,000.00; 60 have some)")


def test_a_consumer_with_most_of_the_bills_stops(desk) -> None:
    people(desk)
    bills(desk, {0: 5000})
    with pytest.raises(DataContractError, match="'s0' has 88 % of all total_due"):
        desk.run()


def test_a_firm_that_has_what_all_others_have_together_is_a_total(desk) -> None:
    people(desk, person(0, segment="key_account"))
    bills(desk, {0: sum(10 + number % 3 for number in range(1, COUNT))})
    with pytest.raises(DataContractError, match="as much as all others together: a total"):
        desk.run()


def test_a_total_of_use_stops_under_any_name(desk) -> None:
    people(desk)
    rows = "".join(f"s{number},2025-01-01,{number}.5\n" for number in range(1, COUNT))
    desk.facts(
        "usage", "subscriber_id,month,voice_min\n" + rows + f"s0,2025-01-01,{sum(n + 0.5 for n in range(1, COUNT))}\n"
    )
    with pytest.raises(DataContractError, match=r"usage\.voice_min: 's0' has 50 % .*: a total"):
        desk.run()


def test_a_valuation_of_half_of_all_stops(desk) -> None:
    people(desk)
    rows = "".join(f"s{number},2025-01-01,{10**5 if number == 7 else 20}\n" for number in range(COUNT))
    desk.facts("valuations", "subscriber_id,valued_on,remaining_value\n" + rows)
    with pytest.raises(DataContractError, match="'s7' has 99 % of all remaining_value"):
        desk.run()


def test_few_subscribers_may_have_any_shares(desk) -> None:
    desk.facts("bills", BILLS + "a,2025-01-01,2025-01-31,100,0,0,0,0,100\nb,2025-01-01,2025-01-31,1,0,0,0,0,1\n")
    assert desk.run().warnings == []


def test_one_price_for_everybody(desk) -> None:
    people(desk)
    bills(desk, dict.fromkeys(range(COUNT), 29.0))
    assert said(desk, "all 60 are 29.00")


def test_a_tenure_of_a_hundred_years_and_impossible_ages(desk) -> None:
    people(desk, person(0, start="1901-01-01"), person(1, birth="2031"), person(2, birth="1902"))
    old, young = desk.run().warnings
    assert old.startswith("subscribers.activated_on: 1 lie more than 80 years ago, for example 's0' 1901-01-01")
    assert young.startswith("subscribers.birth_year: 2 lie more than 110 years ago, or still to come")
    assert "'s1' 2031, 's2' 1902" in young


def test_a_day_of_activation_and_a_year_of_birth_by_default(desk) -> None:
    people(desk, *(person(number, start="2001-01-01", birth="1970") for number in range(20)))
    days, years = sorted(desk.run().warnings)
    assert days.startswith("subscribers.activated_on: many rows share one day: 2001-01-01 (20 of 60 rows)")
    assert years.startswith("subscribers.birth_year: 21 of 60 subscribers are born in 1970")


def test_exits_and_activations_of_one_day_that_look_alike(desk) -> None:
    old = [person(number) for number in range(30)]
    new = [f"n{number},A{number},consumer,R{number % 7},{1950 + number % 50},2025-06-02\n" for number in range(29)]
    people(desk, *old, *new)
    left = "".join(f"s{number},2025-06-01,cancelled\n" for number in range(30))
    usual = "".join(f"s{number},2025-0{1 + number % 5}-1{number % 9},ported_out\n" for number in range(59, COUNT))
    desk.facts("status_changes", "subscriber_id,changed_on,status\n" + left + usual)
    (line,) = said(desk, "migration? next: give renamed_ids.sql")
    assert line.startswith("on 2025-06-01 30 subscribers left and 29 were activated, 29 of them with the same account")


def test_exits_and_activations_of_strangers_are_no_migration(desk) -> None:
    old = [person(number) for number in range(30)]
    new = [f"n{number},B{number},consumer,R{number % 5},{1960 + number % 37},2025-06-01\n" for number in range(29)]
    people(desk, *old, *new)
    left = "".join(f"s{number},2025-06-01,cancelled\n" for number in range(30))
    desk.facts("status_changes", "subscriber_id,changed_on,status\n" + left)
    assert said(desk, "migration? next: give") == []
