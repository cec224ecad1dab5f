"""What the list truly earns with save rates learned from 30,000 randomised contacts, beside the priors alone.

``python -m benchmarks.learning [campaigns] [pilot]`` simulates operators of several seeds for 36 months, whose lists
of 2 % of the subscribers are judged by the truth at the last 12 labelled as_of dates, as in ``benchmarks.decision``:

* campaigns: past campaigns reach so many subscribers a month that 25,000 to 38,000 contacts of known outcome lie before
  those dates; whom to leave alone, and the action, were drawn by chance. The rates are those that the pipeline learned.
* pilot: the contacts come from lists of those dates themselves, and what they teach decides on other subscribers
  (``tests.pilot``). Also printed: how many contacts of an action stay on the list where that action makes people leave.

``BENCH_LEARNING_CAMPAIGNS`` and ``BENCH_LEARNING_PILOT`` name the seeds of the operators, of whom each takes 15 minutes
of a processor to build; ``BENCH_LEARNING_CONTACTS``, ``BENCH_LEARNING_CONTROL`` and ``BENCH_LEARNING_SPREAD`` say how
large a pilot is (both arms), which share is left out, and which is spread evenly over the actions;
``BENCH_DECISION_HOME`` and ``BENCH_DECISION_SUBSCRIBERS`` as there.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tests.pilot import Pilot, at_priors, harming, highest, open_options

from benchmarks.decision import SUBSCRIBERS, TO_LIST, TO_MODEL, options_of, print_figures, project, rows_and_rules
from savedesk.metrics.running_sums import Floats
from savedesk.params.evaluate import EvaluateParams
from savedesk.schemas import contacts
from savedesk.stages.evaluate.at_capacity import earned_by_row
from savedesk.stages.evaluate.bootstrap import Figure, Resamples, Sums, Tally, figures_with_intervals
from savedesk.stages.evaluate.rows import subscriber_codes

OF_CAMPAIGNS = os.environ.get("BENCH_LEARNING_CAMPAIGNS", "7,11,12")
OF_PILOT = os.environ.get("BENCH_LEARNING_PILOT", "7,11,12,13,14,15,16,17")
CONTACTS = int(os.environ.get("BENCH_LEARNING_CONTACTS", "30000"))
CONTROL = float(os.environ.get("BENCH_LEARNING_CONTROL", "0.5"))
SPREAD = float(os.environ.get("BENCH_LEARNING_SPREAD", "0.7"))
BY_CHANCE = {"monthly_share": 0.06, "control_share": CONTROL, "fitted_share": 0.0}  # of the simulator's campaigns
SHIPPED = "7"  # seed of the operator of benchmarks.decision
DRAWS = 20
RISE = 0.036  # of the chance of leaving by a harmful contact: from 6.4 to 10.0 % in a field experiment (params.yaml)
HARM = 1e-5  # of probability: ten times the rounding of the truth
OFTEN = 0.01  # share of the list from which an action is tried as one that harms


@dataclass(frozen=True)
class Earned:
    """What the lists of an operator truly earn a month, in money, by subscriber.

    Args:
        seed: of the operator.
        priors: with the priors; as many as there are subscribers.
        learned: with the rates learned, draws x subscribers.
    """

    seed: str
    priors: Floats
    learned: Floats

    @property
    def better(self) -> float:
        """Share of the draws in which the list earns more with the rates learned."""
        return float((self.learned.sum(axis=1) > self.priors.sum()).mean())


def operator(home: Path, name: str, seed: str, **simulator: Any) -> Path:
    """Return the project of an operator, simulated and run up to its lists."""
    own = simulator if seed == SHIPPED else {**simulator, "seed": int(seed)}
    called = name if seed == SHIPPED else f"{name}_{seed}"
    return project(home, called, SUBSCRIBERS, (*TO_MODEL, *TO_LIST), **own)


def earned_by(rows: pd.DataFrame, seed: str, lists: Iterable[pd.DataFrame]) -> Earned:
    """Return what lists earn: the first with the priors, each other one with rates learned."""
    codes, months = subscriber_codes(rows), rows["as_of"].nunique()
    priors, *learned = (np.bincount(codes, earned_by_row(rows, contact_list)) / months for contact_list in lists)
    return Earned(seed, priors, np.array(learned))


def figures(earned: Sequence[Earned], params: EvaluateParams) -> dict[str, Figure]:
    """Return the gain with the priors, with the rates learned, and the difference: by operator, and their mean.

    The intervals resample the subscribers of all operators, and of each operator the draws of what was learned.
    """
    place_of = np.repeat(np.arange(len(earned)), [len(earnings.priors) for earnings in earned])
    codes, luck = np.arange(len(place_of)), np.random.default_rng(params.seed)
    gains = [
        np.concatenate([earnings.priors for earnings in earned]),
        *np.hstack([earnings.learned for earnings in earned]),
    ]

    def named(priors: Floats, learned: Floats) -> dict[str, Floats]:
        gains_by_name = {}
        for place, name in enumerate([*(f"operator {earnings.seed}" for earnings in earned), "their mean"]):
            before, after = (
                draws[:, place] if place < len(earned) else draws.mean(axis=1) for draws in (priors, learned)
            )
            gains_by_name |= {
                f"{name}, priors": before,
                f"{name}, learned": after,
                f"{name}, more by learning": after - before,
            }
        return gains_by_name

    def measure(sums: Sums) -> dict[str, Floats]:
        learned = np.stack(sums[1:])
        drawn = luck.integers(0, len(learned), learned.shape)
        return named(sums[0], np.take_along_axis(learned, drawn, axis=0).mean(axis=0))

    plain = [
        [earnings.priors.sum() for earnings in earned],
        [earnings.learned.sum(axis=1).mean() for earnings in earned],
    ]
    point = {name: float(value[0]) for name, value in named(*np.array(plain)[:, None]).items()}
    tallies = [Tally(codes, place_of, len(earned), gain) for gain in gains]
    return figures_with_intervals(measure, tallies, Resamples(codes, params), point)


def harm_unlearned(pilot: Pilot) -> dict[str, tuple[float, float]]:
    """Return for each action of the list how many contacts of it are made where it harms: by priors, and learned."""
    usual = next(pilot.lists(0))["action"].value_counts(normalize=True)
    harmful_contacts = {}
    for action in sorted(usual[usual >= OFTEN].index):
        spoilt = replace(pilot, options=harming(pilot.options, action, RISE))
        priors, *learned = (int(contact_list["action"].eq(action).sum()) for contact_list in spoilt.lists(DRAWS))
        harmful_contacts[action] = (priors, float(np.mean(learned)))
    return harmful_contacts


def randomised(place: Path, before: pd.Timestamp) -> int:
    """Return how many contacts of campaigns with both arms were made before a day."""
    past_contacts = pd.read_parquet(place / contacts.TABLE.path)
    arms = past_contacts.groupby("campaign_id")["arm"].transform("nunique")
    return int(((arms > 1) & (pd.to_datetime(past_contacts["contacted_on"]) < before)).sum())


def by_campaigns(place: Path, seed: str) -> Earned:
    """Return what past campaigns taught, and print how many contacts harm."""
    rows, judge = rows_and_rules(place)
    known = open_options(options_of(place), rows)
    both = [highest(options, judge.sizes(rows), judge) for options in (at_priors(known, judge), known)]
    days = np.sort(pd.to_datetime(rows["as_of"]).unique())
    first, last = (randomised(place, pd.Timestamp(day)) for day in (days[0], days[-1]))
    priors, learned = (int((contact_list["true_saved"] < -HARM).sum()) for contact_list in both)
    harm = f"of {len(both[0]):,} contacts {priors} raise the chance of leaving by priors, {learned} as learned"
    print(f"operator {seed}: {first:,} to {last:,} randomised contacts before the dates; {harm}", flush=True)  # noqa: T201
    return earned_by(rows, seed, both)


def campaigns(home: Path) -> None:
    """Print what campaigns teach that were drawn by chance."""
    places = {seed: operator(home, "randomised", seed, campaigns=BY_CHANCE) for seed in OF_CAMPAIGNS.split(",")}
    earned = [by_campaigns(place, seed) for seed, place in places.items()]
    print("\ncampaigns; money a month")  # noqa: T201
    print_figures(figures(earned, rows_and_rules(places[OF_CAMPAIGNS.split(",")[0]])[1].params))


def pilot(home: Path) -> None:
    """Print what pilots teach, and what they do about actions that harm."""
    earned: list[Earned] = []
    harms: dict[str, list[tuple[float, float]]] = {}
    for seed in OF_PILOT.split(","):
        place = operator(home, "own", seed)
        rows, judge = rows_and_rules(place)
        known = at_priors(open_options(options_of(place), rows), judge)
        trial = Pilot(known, judge.sizes(rows), judge, CONTACTS, CONTROL, SPREAD)
        earned.append(earned_by(rows, seed, trial.lists(DRAWS)))
        for action, counts in harm_unlearned(trial).items():
            harms.setdefault(action, []).append(counts)
        print(f"operator {seed}: more in {earned[-1].better:.0%} of {DRAWS} draws", flush=True)  # noqa: T201
    how = f"{CONTROL:.0%} left out, {SPREAD:.0%} spread over the actions"
    print(f"\npilots of {CONTACTS:,} contacts, {how}; money a month")  # noqa: T201
    print_figures(figures(earned, judge.params))
    print(f"{'draws in which the list earns more':<52}{np.mean([earnings.better for earnings in earned]):>14.0%}")  # noqa: T201
    for action, counts in sorted(harms.items()):
        before, after = np.mean(counts, axis=0)
        print(f"{action} harms: contacts of it{before:>10,.0f} by priors, {after:,.1f} after the pilot")  # noqa: T201


def main() -> None:
    """Run what is asked for (campaigns, pilot; none: both)."""
    parts = {"campaigns": campaigns, "pilot": pilot}
    wanted = sys.argv[1:] or [*parts]
    if unknown := set(wanted) - set(parts):
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; allowed: {', '.join(parts)}")
    kept = os.environ.get("BENCH_DECISION_HOME")
    with tempfile.TemporaryDirectory(prefix="savedesk-learning-") as folder:
        for name in wanted:
            parts[name](Path(kept or folder))


if __name__ == "__main__":
    main()
