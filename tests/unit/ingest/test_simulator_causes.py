"""Each mechanism of the simulated operator, on lines that differ in one thing only."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.simulated import section

from savedesk.schemas.truth import ACTIONS, CAUSES
from savedesk.simulator.actions import cut_of, effects_of, waking
from savedesk.simulator.causes import CODE, Scene, lean_chance
from savedesk.simulator.chunks import the_world
from savedesk.simulator.leaving import cure_chance, suspension_chance
from savedesk.simulator.lines import Lines
from savedesk.simulator.population import new_lines, no_accounts

PARAMS = section()
TODAY = 20_000


def lines(count: int = 2, **traits: Any) -> Lines:
    """Return settled lines, alike in everything but the traits given."""
    world = the_world(PARAMS)
    line = new_lines(PARAMS, np.random.default_rng(1), world, no_accounts(), 1, 1, world.first)
    same = line.at(np.zeros(count, dtype=np.int64))
    still = {"activated": TODAY - 3000, "term": 0, "contract_end": 0, "frailty": 0.0, "loyalty": 0.0, "segment": 2}
    still |= {"price_sensitivity": 1.0, "network_sensitivity": 1.0, "service_sensitivity": 1.0, "aware": False}
    for name, value in (still | traits).items():
        same[name] = np.resize(np.asarray(value), count)
    return same


def scene(count: int = 2, campaigns: Any = 0, price_gap: Any = 0.0, dissatisfaction: Any = 0.0) -> Scene:
    return Scene(
        TODAY, *(np.resize(np.asarray(value, dtype=float), count) for value in (campaigns, price_gap, dissatisfaction))
    )


@pytest.mark.parametrize(
    ("cause", "traits"),
    [
        ("price_rise", {"rise_hurt": [0.0, 0.1]}),
        ("bill_shock", {"shock_hurt": [0.0, 0.8]}),
        ("complaint", {"grievance": [0.0, 2.0]}),
        ("complaint", {"open_until": [0, TODAY + 5]}),
        ("network", {"network_hurt": [0.0, 6.0]}),
        ("household", {"account_hurt": [0.0, 1.0]}),
        ("circle", {"circle_lost": [0.0, 0.3]}),
        ("plan_misfit", {"misfit": [0.0, 0.4], "aware": True}),
        ("contract_end", {"term": [0, 24], "contract_end": [0, TODAY + 20]}),
    ],
)
def test_a_cause_raises_the_chance_and_is_named(cause: str, traits: dict[str, Any]) -> None:
    chance, named = lean_chance(PARAMS, lines(**traits), scene())
    assert chance[1] > chance[0]
    assert [CAUSES[place] for place in named] == ["drift", cause]


def test_competitors_pull_those_whose_contract_does_not_bind() -> None:
    bound = {"term": [0, 24], "contract_end": [0, TODAY + 400]}
    calm, _ = lean_chance(PARAMS, lines(**bound), scene())
    pulled, named = lean_chance(PARAMS, lines(**bound), scene(campaigns=3))
    assert pulled[0] > calm[0]
    assert pulled[1] == calm[1]
    assert CAUSES[named[0]] == "competitor"


def test_the_baseline_falls_with_tenure_and_rises_at_the_contracts_end() -> None:
    ages = TODAY - np.array([30, 180, 720, 3600])
    chance, _ = lean_chance(PARAMS, lines(4, activated=ages), scene(4))
    assert (np.diff(chance) < 0).all()
    ends = TODAY + np.array([300, 30, -300])
    bound, at_end, after = lean_chance(PARAMS, lines(3, term=24, contract_end=ends), scene(3))[0]
    assert bound < after < at_end


def test_the_same_rise_hurts_the_price_sensitive_more() -> None:
    chance, _ = lean_chance(PARAMS, lines(rise_hurt=0.05, price_sensitivity=[0.5, 2.0]), scene())
    assert chance[1] > chance[0]


def test_an_overspender_who_has_not_noticed_is_calm() -> None:
    chance, _ = lean_chance(PARAMS, lines(misfit=[0.0, 0.6], aware=False), scene())
    assert chance[0] == chance[1]


def test_dissatisfaction_with_what_matters_and_less_attachment_raise_the_chance() -> None:
    chance, _ = lean_chance(PARAMS, lines(), scene(dissatisfaction=[0.0, 1.0]))
    assert chance[1] > chance[0]
    chance, _ = lean_chance(PARAMS, lines(loyalty=[1.0, -1.0]), scene())
    assert chance[1] > chance[0]


def test_every_unpaid_bill_makes_paying_less_likely_until_the_line_is_suspended() -> None:
    unpaid = np.array([1, 2, 3])
    assert (np.diff(cure_chance(PARAMS, unpaid)) < 0).all()
    assert cure_chance(PARAMS, np.array([0]))[0] == 0
    limit = PARAMS.billing.unpaid_limit
    assert list(suspension_chance(PARAMS, np.array([limit - 1, limit])) > 0) == [False, True]


@pytest.mark.parametrize("cause", [name for name in CAUSES if name not in {"woken", "household", "drift"}])
def test_the_fitting_action_works_and_the_wrong_one_does_little(cause: str) -> None:
    cuts = effects_of(PARAMS).cut[: len(ACTIONS), CODE[cause]]
    assert cuts.max() >= 0.3
    assert np.median(cuts) <= 0.1


def test_an_effect_ends_after_its_months() -> None:
    running = lines(effect=ACTIONS.index("service_recovery"), effect_left=[2, 0])
    effects, cause = effects_of(PARAMS), np.full(2, CODE["complaint"])
    cuts = [cut_of(effects, running, cause, ahead)[0] for ahead in range(3)]
    assert cuts[0] == cuts[1] > 0
    assert cuts[2] == 0
    assert cut_of(effects, running, cause)[1] == 0


@pytest.mark.parametrize(
    ("action", "traits", "harmed"),
    [
        ("fitting_plan", {"misfit": 0.4, "aware": [True, False]}, [False, True]),
        ("loyalty_discount", {"misfit": 0.4, "aware": False}, [False, False]),
        ("renewal_benefit", {"term": 24, "contract_end": [TODAY + 400, TODAY + 40]}, [False, True]),
        ("service_recovery", {"calls_last_month": [1, 2]}, [False, True]),
        ("service_recovery", {"calls_last_month": 2, "leaning": [True, False]}, [False, True]),
    ],
)
def test_some_contacts_wake_those_who_were_not_leaving(action: str, traits: dict[str, Any], harmed: list[bool]) -> None:
    assert list(waking(PARAMS, lines(**traits), action, TODAY) > 0) == harmed
