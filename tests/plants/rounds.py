"""Rounds of plants: many faults on victims of one operator, each on another, or one that is alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

from tests.plants.fault import Fault
from tests.plants.faults import FAULTS
from tests.plants.pipeline import Outputs, outputs
from tests.plants.raw import Raw
from tests.plants.verdict import Plant, faults_found, named

MOST = 40  # plants in a round


def planted(raw: Raw, faults: list[Fault], random: Random) -> tuple[Raw, list[Plant]]:
    """Plant faults on victims of a copy of an operator, each on one of its own; who finds none is left out."""
    changed, taken, plants = raw.another(), set(), []
    for fault in faults:
        free = [
            who for who in raw.pools.get(fault.pool, ("",)) if who not in taken and (not who or fault.fits(raw, who))
        ]
        if not free:
            continue
        victim = random.choice(free)
        taken |= {victim} - {""}
        marks = fault.change(changed, victim, random) or (victim,)
        plants.append(Plant(fault, victim, marks))
    return changed, plants


def rounds(raw: Raw, count: int, seed: int) -> Iterator[tuple[Raw, list[Plant]]]:
    """Yield operators with ``count`` plants in all, every fault about equally often."""
    random = Random(seed)  # noqa: S311 - a test's own draw
    waiting: list[Fault] = []
    done = 0
    while done < count:
        if len(waiting) < MOST:
            more = [fault for fault in FAULTS.values() if not fault.alone]
            random.shuffle(more)
            waiting += more
        changed, plants = planted(raw, _once(waiting)[: min(MOST, count - done)], random)
        for plant in plants:
            waiting.remove(plant.fault)
        done += len(plants)
        yield changed, plants


def _once(faults: list[Fault]) -> list[Fault]:
    return list({fault.name: fault for fault in faults}.values())


def alone(raw: Raw, seed: int) -> Iterator[tuple[Raw, list[Plant]]]:
    """Yield an operator for each fault that is planted alone."""
    random = Random(seed)  # noqa: S311 - a test's own draw
    for fault in FAULTS.values():
        if fault.alone:
            yield planted(raw, [fault], random)


def run_plants(root: Path, raw: Raw, model: Path, clean: Outputs, plants: list[Plant], changed: Raw) -> list[str]:
    """Run an operator with plants and return what is wrong.

    A refusal names a plant, which is then taken out, and the others are planted again: it would hide them.
    """
    dirty = outputs(root, changed, model)
    stopped = [plant for plant in plants if dirty.refused and named(plant, dirty)]
    if not stopped or len(stopped) == len(plants):
        return faults_found(clean, dirty, plants, raw)
    left = [plant for plant in plants if plant not in stopped]
    again, placed = planted(raw, [plant.fault for plant in left], Random(len(left)))  # noqa: S311
    return run_plants(root, raw, model, clean, placed, again)
