"""Every feature agrees with a slow, obvious twin in loops: on 2,000 simulated subscribers, and on odd random ones."""

from __future__ import annotations

import datetime as dt
import importlib
import math
from typing import Any

import ibis
import pytest
from tests.oracle.features.person import Row, World
from tests.simulated import operator as simulated
from tests.tables import cohort_params, table
from tests.unit.features.test_point_in_time import AS_OF, operator

from savedesk.engine.duckdb import open_duckdb
from savedesk.params.engine import EngineParams
from savedesk.schemas.table import Table
from savedesk.stages.features.declaration import features_of
from savedesk.stages.features.replay import feature_values
from savedesk.stages.features.stage import FACTS, FAMILIES

pytestmark = pytest.mark.xdist_group("twins")  # what they share is made once

EVERY = {feature.name: feature for family in FAMILIES.values() for feature in features_of(family)}
TWINS = {
    name: twin
    for family in FAMILIES
    for name, twin in importlib.import_module(f"tests.oracle.features.{family}").TWINS.items()
}
NOT_SIMULATED = {"payment_method_changes_12m", "bills_paid_in_part_6m"}
POPULATIONS = ("2,000 simulated subscribers", "60 subscribers of random facts")
OF_BILLS = {"bills", "plan_fit"}  # bases whose twins speak of subscribers with one bill a month
OF_ALL_BILLS = {"bill_against_segment"}  # against the median of everybody's bills, whatever their rhythm
Values = dict[str, dict[str, Any]]


def by_engine(facts: dict[Table, list[Row]], who: list[str], as_of: dt.date) -> Values:
    """Return the features of the subscribers."""
    with open_duckdb(EngineParams(name="duckdb", threads=2, memory_limit_gb=4)) as engine:
        tables = {
            contract.name: engine.materialise(engine.taken(table(contract, facts[contract])), contract.name)
            for contract in FACTS
        }
        people = tables["subscribers"].filter(tables["subscribers"].subscriber_id.isin(who))
        people = people.select("subscriber_id", as_of=ibis.date(as_of.year, as_of.month, as_of.day))
        ((_, values),) = feature_values(engine, tables, people, [as_of], cohort_params(), list(EVERY.values()))
        return {row["subscriber_id"]: row for row in values.to_pyarrow().to_pylist()}


def filled(facts: dict[Table, list[Row]]) -> dict[Table, list[Row]]:
    """Return the facts with every column of their contracts, defaults filled in."""
    return {contract: table(contract, facts.get(contract, [])).to_pylist() for contract in FACTS}


@pytest.fixture(scope="module", params=POPULATIONS)
def both(request: pytest.FixtureRequest) -> tuple[World, Values]:
    is_simulated = request.param == POPULATIONS[0]
    if is_simulated:
        given = simulated(subscribers=2000, months=17)
        facts, as_of = (
            {contract: given[contract.name].to_pylist() for contract in FACTS if contract.name in given},
            dt.date(2025, 4, 1),
        )
    else:
        facts, as_of = operator(seed=11, people=60), AS_OF
    facts = filled(facts)
    world = World(facts, as_of, single_bills=not is_simulated)
    return world, by_engine(facts, [person.subscriber["subscriber_id"] for person in world.people], as_of)


def equal(value: Any, other: Any) -> bool:
    if isinstance(value, float) and isinstance(other, float):
        return math.isclose(value, other, rel_tol=1e-9, abs_tol=1e-12)
    return bool(value == other)


def test_every_feature_has_a_twin() -> None:
    assert TWINS.keys() == EVERY.keys()


@pytest.mark.parametrize("name", EVERY)
def test_a_feature_agrees_with_its_obvious_twin(name: str, both: tuple[World, Values]) -> None:
    world, values = both
    people = [person for person in world.people if EVERY[name].basis not in OF_BILLS or person.billed_monthly]
    simulated_people = len(world.people) >= 100
    if not simulated_people and name in OF_ALL_BILLS:
        pytest.skip("few of the random subscribers are billed monthly, so their median is another")
    assert not simulated_people or len(people) > len(world.people) / 2
    expected = {person.subscriber["subscriber_id"]: TWINS[name](person) for person in people}
    empty = EVERY[name].empty
    wrong = {
        who: (values[who][name], value)
        for who, value in expected.items()
        if not equal(values[who][name], empty if value is None else value)
    }
    assert not wrong, f"{len(wrong)} differ, (feature, twin): {dict(list(wrong.items())[:3])}"


@pytest.mark.parametrize("name", EVERY)
def test_the_values_vary(name: str, both: tuple[World, Values]) -> None:
    world, values = both
    if (len(world.people) < 100) != (name in NOT_SIMULATED):
        pytest.skip("told by the other population")
    assert len({row[name] for row in values.values()}) > 1
