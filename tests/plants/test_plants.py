"""Whatever is planted in the tables of a clean operator is named or does no harm, and nobody else is touched by it.

A row of the list rests on the subscriber's own facts alone here, so that it can be compared with that of the clean run
to the last bit: no hours, budget or hold-out, no strength of a reason beside the usual one, nobody too small, hazards
and late bills not drawn towards the segment's, an account each, and a model that was trained once and does not see how
a bill compares with the segment's. That feature, the only one of others in the segment, is compared for those of the
two segments without a victim. Ranks are not compared. The limits of ``ingest`` are open: where so much is planted, each
would stop it.

``SAVEDESK_PLANTS=500`` (``make plants``) plants as many; ``SAVEDESK_PLANTS_SEED`` draws others.
"""

from __future__ import annotations

import copy
import os
from pathlib import Path
from random import Random

import pytest

from savedesk.schemas import unknown_facts
from tests.plants.faults import FAULTS
from tests.plants.model import trained
from tests.plants.operator import operator
from tests.plants.pipeline import Outputs, outputs
from tests.plants.raw import Raw
from tests.plants.rounds import alone, planted, rounds, run_plants
from tests.plants.verdict import Plant, faults_found
from tests.tables import save, table

COUNT = int(os.environ.get("SAVEDESK_PLANTS", "40"))
SEED = int(os.environ.get("SAVEDESK_PLANTS_SEED", "1"))
LONG = "SAVEDESK_PLANTS" in os.environ
BRIEFLY = 2  # faults planted alone where the run is short

pytestmark = pytest.mark.xdist_group("plants")


@pytest.fixture(scope="module")
def raw() -> Raw:
    return operator()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plants")


@pytest.fixture(scope="module")
def model(home: Path, raw: Raw) -> Path:
    return trained(home / "trained", raw)


@pytest.fixture(scope="module")
def clean(home: Path, raw: Raw, model: Path) -> Outputs:
    return outputs(home / "clean", raw, model)


def test_of_a_clean_operator_nothing_is_said(raw: Raw, clean: Outputs) -> None:
    assert not clean.refused
    assert clean.said == []
    assert set(raw.pools["alive"]) <= set(clean.decisions)
    assert not raw.barred & set(clean.listed)


def test_whatever_is_planted_nothing_is_silent(home: Path, raw: Raw, model: Path, clean: Outputs) -> None:
    wrong: list[str] = []
    for changed, plants in rounds(raw, COUNT, SEED):
        wrong += run_plants(home / "round", raw, model, clean, plants, changed)
    assert not wrong, "\n".join(wrong)


def test_what_touches_a_whole_file_is_named(home: Path, raw: Raw, model: Path, clean: Outputs) -> None:
    every = list(alone(raw, SEED))
    drawn = every if LONG else Random(SEED).sample(every, BRIEFLY)  # noqa: S311
    wrong = [
        line for changed, plants in drawn for line in run_plants(home / "file", raw, model, clean, plants, changed)
    ]
    assert not wrong, "\n".join(wrong)


def test_without_the_unknown_facts_what_was_turned_away_is_its_opposite(
    home: Path, raw: Raw, model: Path, clean: Outputs
) -> None:
    names = ("status: unknown word", "usage: two contradicting rows of a month", "complaints: unknown category")
    changed, plants = planted(raw, [FAULTS[name] for name in names], Random(SEED))  # noqa: S311

    def forget(root: Path) -> None:
        save(root, unknown_facts.TABLE, table(unknown_facts.TABLE, []))

    forgotten = outputs(home / "forgotten", changed, model, before_cohort=forget)
    wrong = faults_found(clean, forgotten, plants, raw)
    assert [line.split("(")[0].strip() for line in wrong] == [f"OPPOSITE {name}" for name in names]


def test_a_change_of_which_nothing_is_said_is_silent(raw: Raw, clean: Outputs) -> None:
    plant = Plant(FAULTS["usage: a row twice"], raw.pools["alive"][0], (raw.pools["alive"][0],))
    other = raw.pools["alive"][1]
    changed = copy.deepcopy(clean)
    assert faults_found(clean, changed, [plant], raw) == []
    changed.features[plant.victim]["bill_12m"] = "0.5"
    changed.listed[other]["margin"] += "1"
    silent, bystander = faults_found(clean, changed, [plant], raw)
    assert silent.startswith("SILENT usage: a row twice")
    assert bystander.startswith(f"BYSTANDER {other}")
    changed.said = [f"a row of {plant.victim} was turned away"]
    assert faults_found(clean, changed, [plant], raw) == [bystander]


def test_there_are_faults_of_every_table() -> None:
    of = {name.partition(":")[0] for name in FAULTS}
    assert of >= {"usage", "bills", "status", "complaints", "contacts", "plan changes", "surveys", "contracts"}
    assert of >= {"incidents", "subscribers"}
