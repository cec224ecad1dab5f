"""Keys by which tables are joined later: what is not found is said, with what it looks like."""

from __future__ import annotations

import pytest

from savedesk.errors import DataContractError
from savedesk.spelling import form, nearest

PEOPLE = "id,region,plan\na,North,P01\nb,North,P02\nc,South,P02\n"


def people(desk, text: str = PEOPLE) -> None:
    desk.raw("people.csv", text)
    desk.sql("subscribers", "SELECT id AS subscriber_id, region, plan AS plan_id FROM people")


def plans(desk, *ids: str) -> None:
    desk.facts("plans", "plan_id,monthly_fee\n" + "".join(f"{plan},10\n" for plan in ids))


def faults(desk, *regions: str) -> None:
    desk.facts("incidents", "region,started_at,severity\n" + "".join(f"{region},2025-01-01,1\n" for region in regions))


@pytest.mark.parametrize(
    ("first", "second"),
    [("NORTH", "North"), ("P1", "P01"), ("Ｐ０１", "p-1"), ("North West", "north_west"), ("São Paulo", "SAO PAULO")],
)
def test_keys_that_were_meant_to_be_alike(first: str, second: str) -> None:
    assert form(first) == form(second)


@pytest.mark.parametrize(("first", "second"), [("P1", "P10"), ("P1", "P2"), ("A101", "A11"), ("10", "100")])
def test_keys_that_differ(first: str, second: str) -> None:
    assert form(first) != form(second)


def test_a_slip_of_the_pen_is_near_and_another_number_is_not() -> None:
    assert nearest(["Sichaun", "P11", "Narnia"], ["Sichuan", "P10", "Norway"]) == {"Sichaun": "Sichuan"}


def test_regions_of_faults_that_no_subscriber_has_are_named_with_what_they_look_like(desk) -> None:
    people(desk)
    faults(desk, "NORTH", "South", "East")
    (said,) = desk.run().warnings
    assert said == (
        "incidents.region: 2 of 3 values (2 of 3 rows) are not found in subscribers.region, so nobody knows which "
        "subscribers the fault has hit: 'NORTH' (1 rows) looks like 'North', 'East' (1 rows); next: write them alike "
        "in incidents.sql and subscribers.sql, or add what is missing"
    )


def test_a_fault_where_nobody_lives_is_no_mistake(desk) -> None:
    people(desk)
    faults(desk, "North", "South", "East")
    assert desk.run().warnings == []


def test_plans_that_never_meet_stop_the_stage(desk) -> None:
    people(desk, "id,region,plan\na,North,P1\nb,North,P2\nc,South,P2\n")
    plans(desk, "P01", "P02")
    with pytest.raises(DataContractError, match=r"not one value .* 'P2' .* looks like 'P02'"):
        desk.run()


def test_subscribers_whose_plan_is_not_there_are_counted_by_plan(desk) -> None:
    people(desk)
    plans(desk, "P01")
    (said,) = desk.run().warnings
    assert said.startswith("subscribers.plan_id: 1 of 2 values (2 of 3 rows) are not found in plans.plan_id")
    assert "'P02' (2 rows)" in said


def test_plans_of_plan_changes_are_looked_up_too(desk) -> None:
    plans(desk, "P01", "P02")
    desk.facts(
        "plan_changes",
        "subscriber_id,changed_on,old_plan_id,new_plan_id,initiated_by\na,2025-01-01,P01,P 2,subscriber\n"
        "b,2025-01-01,P01,P02,subscriber\n",
    )
    (said,) = desk.run().warnings
    assert said.startswith("plan_changes.new_plan_id: 1 of 2 values")
    assert "'P 2' (1 rows) looks like 'P02'" in said


def test_a_market_that_leaves_a_region_out_is_said(desk) -> None:
    people(desk)
    desk.facts("market", "region,month,competitor_price_index\nNorth,2025-01-01,1\n")
    (said,) = desk.run().warnings
    assert said.startswith("subscribers.region: 1 of 2 values (1 of 3 rows) are not found in market.region")


def test_faults_without_a_region_of_any_subscriber_reach_nobody(desk) -> None:
    faults(desk, "North")
    (said,) = desk.run().warnings
    assert said.startswith("incidents.region: subscribers.region is never given")


def test_new_ids_that_are_no_subscribers(desk) -> None:
    desk.facts("renamed_ids", "old_id,new_id,renamed_on\nx,a,2025-01-01\ny,A-2,2025-01-01\n")
    (said,) = desk.run().warnings
    assert said.startswith("renamed_ids: 1 of 2 new ids are no subscribers, for example 'A-2'")
    desk.facts("renamed_ids", "old_id,new_id,renamed_on\ny,A-2,2025-01-01\n")
    with pytest.raises(DataContractError, match="not one new_id is a subscriber"):
        desk.run()


def test_facts_of_nobody_whose_ids_are_written_otherwise(desk) -> None:
    desk.raw("people.csv", "id\nS001\n0049170\n4-9\n")
    rows = "".join(f"{who},2025-01-01,1\n" for who in ("S001", "s1", "49170", "4 9", "S01x", "77"))
    desk.facts("usage", "subscriber_id,month,voice_min\n" + rows)
    (said,) = desk.run().warnings
    assert said.startswith("usage.subscriber_id: 3 of 5 ids that are no subscribers are written otherwise")
    assert "'4 9' looks like '4-9', '49170' looks like '0049170', 's1' looks like 'S001'" in said
