"""What the list truly earns with save rates learned from a pilot of 30,000 randomised contacts of lists.

``python -m tests.bench_pilot`` simulates operators of several seeds for 36 months as ``tests.bench_decision`` does and
makes pilots on the lists of their last 12 labelled as_of dates (``tests.pilot``). It prints what lists of 2 % of the
subscribers earn a month with the priors alone and after the pilot, for each operator and for all of them, and how many
contacts of an action stay on the list where that action makes people leave.

``BENCH_PILOT_SEEDS`` names the operators; ``BENCH_PILOT_CONTACTS``, ``BENCH_PILOT_CONTROL`` and ``BENCH_PILOT_SPREAD``
say how large the pilot is (both arms), which share is left out, and which is spread evenly over the actions;
``BENCH_DECISION_HOME`` and ``BENCH_DECISION_SUBSCRIBERS`` as in ``tests.bench_decision``.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from savedesk.evaluate.at_capacity import earned_by_row
from savedesk.evaluate.bootstrap import Figure, Resamples, Sums, Tally, figures_with_intervals
from savedesk.evaluate.ranking import Floats
from savedesk.evaluate.rows import subscriber_codes
from savedesk.params.evaluate import EvaluateParams
from tests.bench_decision import SUBSCRIBERS, TO_LIST, TO_MODEL, judged, options_of, project, told
from tests.pilot import Pilot, at_priors, harming

SEEDS = [int(one) for one in os.environ.get("BENCH_PILOT_SEEDS", "7,11,12,13,14,15").split(",")]
CONTACTS = int(os.environ.get("BENCH_PILOT_CONTACTS", "30000"))
CONTROL = float(os.environ.get("BENCH_PILOT_CONTROL", "0.5"))
SPREAD = float(os.environ.get("BENCH_PILOT_SPREAD", "0.5"))
SHIPPED = 7  # seed of the operator of tests.bench_decision
DRAWS = 20
RISE = 0.036  # of the chance of leaving by a harmful contact: from 6.4 to 10.0 % in a field experiment (params.yaml)
OFTEN = 0.01  # share of the list from which an action is tried as one that harms


@dataclass(frozen=True)
class Earned:
    """What the lists of an operator truly earn a month, in money, by subscriber.

    Args:
        seed: of the operator.
        priors: with the priors; as many as there are subscribers.
        learned: after the pilot, draws x subscribers.
    """

    seed: int
    priors: Floats
    learned: Floats

    @property
    def better(self) -> float:
        """Share of the draws in which the list earns more after the pilot."""
        return float((self.learned.sum(axis=1) > self.priors.sum()).mean())


def pilot_of(place: Path) -> tuple[pd.DataFrame, Pilot]:
    """Return the rows whose truth is known, and a pilot on the lists made of them."""
    rows, judge = judged(place)
    known = at_priors(options_of(place), rows, judge)
    return rows, Pilot(known, judge.sizes(rows), judge, CONTACTS, CONTROL, SPREAD)


def earned_by(rows: pd.DataFrame, pilot: Pilot, seed: int) -> Earned:
    """Return what the lists earn with the priors and after each draw of the pilot."""
    codes, months = subscriber_codes(rows), rows["as_of"].nunique()
    priors, *learned = (np.bincount(codes, earned_by_row(rows, one)) / months for one in pilot.lists(DRAWS))
    return Earned(seed, priors, np.array(learned))


def figures(earned: Sequence[Earned], params: EvaluateParams) -> dict[str, Figure]:
    """Return the gain with the priors, after the pilot, and the difference: by operator, and their mean.

    The intervals resample the subscribers of all operators, and of each operator the draws of its pilot.
    """
    operator = np.repeat(np.arange(len(earned)), [len(one.priors) for one in earned])
    codes, luck = np.arange(len(operator)), np.random.default_rng(params.seed)
    gains = [np.concatenate([one.priors for one in earned]), *np.hstack([one.learned for one in earned])]

    def named(priors: Floats, learned: Floats) -> dict[str, Floats]:
        found = {}
        for place, name in enumerate([*(f"operator {one.seed}" for one in earned), "their mean"]):
            before, after = (one[:, place] if place < len(earned) else one.mean(axis=1) for one in (priors, learned))
            found |= {f"{name}, priors": before, f"{name}, pilot": after, f"{name}, more by the pilot": after - before}
        return found

    def measure(sums: Sums) -> dict[str, Floats]:
        learned = np.stack(sums[1:])
        drawn = luck.integers(0, len(learned), learned.shape)
        return named(sums[0], np.take_along_axis(learned, drawn, axis=0).mean(axis=0))

    plain = [[one.priors.sum() for one in earned], [one.learned.sum(axis=1).mean() for one in earned]]
    point = {name: float(value[0]) for name, value in named(*np.array(plain)[:, None]).items()}
    tallies = [Tally(codes, operator, len(earned), one) for one in gains]
    return figures_with_intervals(measure, tallies, Resamples(codes, params), point)


def harm_unlearned(pilot: Pilot) -> dict[str, tuple[float, float]]:
    """Return for each action of the list how many contacts of it are made where it harms: by priors, and learned."""
    usual = next(pilot.lists(0))["action"].value_counts(normalize=True)
    found = {}
    for action in sorted(usual[usual >= OFTEN].index):
        spoilt = replace(pilot, options=harming(pilot.options, action, RISE))
        priors, *learned = (int(one["action"].eq(action).sum()) for one in spoilt.lists(DRAWS))
        found[action] = (priors, float(np.mean(learned)))
    return found


def main() -> None:
    """Make the pilots and print what they are worth."""
    kept = os.environ.get("BENCH_DECISION_HOME")
    earned, harms = [], {}
    with tempfile.TemporaryDirectory(prefix="savedesk-pilot-") as folder:
        for seed in SEEDS:
            own = {"name": "own"} if seed == SHIPPED else {"name": f"own_{seed}", "seed": seed}
            place = project(Path(kept or folder), subscribers=SUBSCRIBERS, wanted=(*TO_MODEL, *TO_LIST), **own)
            rows, pilot = pilot_of(place)
            earned.append(earned_by(rows, pilot, seed))
            for action, counts in harm_unlearned(pilot).items():
                harms.setdefault(action, []).append(counts)
            print(f"operator {seed}: more in {earned[-1].better:.0%} of {DRAWS} draws", flush=True)  # noqa: T201
    how = f"{CONTROL:.0%} left out, {SPREAD:.0%} spread over the actions"
    print(f"\npilots of {CONTACTS:,} contacts, {how}; money a month")  # noqa: T201
    told(figures(earned, pilot.judge.params))
    print(f"{'draws in which the list earns more':<52}{np.mean([one.better for one in earned]):>14.0%}")  # noqa: T201
    for action, counts in sorted(harms.items()):
        before, after = np.mean(counts, axis=0)
        print(f"{action} harms: contacts of it{before:>10,.0f} by priors, {after:,.1f} after the pilot")  # noqa: T201


if __name__ == "__main__":
    main()
