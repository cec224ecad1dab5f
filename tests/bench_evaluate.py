"""Whether evaluate's intervals keep their promise, and how fast it is.

``python -m tests.bench_evaluate coverage`` simulates 100 operators in one market: their lines are drawn independently
of each other (chunks of the simulator), and one model, trained on earlier months, scores them all. Every operator has
a list of its own at the test dates, within its share of the shipped budget and agent hours. Its true profit at
capacity is known: what its list is expected to earn at the true chances of table ``truth``, which in this bench is
exact, since every action touches every type of churn and save rates are the priors. It prints how many of the
intervals hold it, and how many lie below and above.

``python -m tests.bench_evaluate speed`` writes the inputs of stage evaluate for 1,000,000 rows, runs the stage with
500 resamples as a user does, and prints its seconds and peak memory.

``BENCH_EVALUATE_HOME`` keeps the project of ``coverage`` and takes up what is there; ``BENCH_EVALUATE_OPERATORS``,
``BENCH_EVALUATE_SIZE`` (subscribers of each) and ``BENCH_EVALUATE_ROWS`` set the sizes.
"""

from __future__ import annotations

import os
from pathlib import Path

import yaml

from tests.bench_public import stages
from tests.project import ROOT, make_project

OPERATORS = int(os.environ.get("BENCH_EVALUATE_OPERATORS", "100"))
SIZE = int(os.environ.get("BENCH_EVALUATE_SIZE", "4000"))
STAGES = ("ingest", "cohort", "features", "train", "score", "value", "explain", "prioritise")
EXPLAINED = 10  # in a hundred subscribers
NEVER = 10**9  # contacts before a rate is learned: priors alone
TYPES = ["cancelled", "arrears", "dormant"]


def operators(home: Path) -> Path:
    """Simulate all operators at once, and run the stages up to the options that are open to each subscriber."""
    place, count = home / "operators", OPERATORS * SIZE
    if not place.exists():
        names = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))["prioritise"]["actions"]
        actions = {name: {"churn_types": TYPES} for name in names}
        channels = {name: {"hours": None} for name in ("visit", "call", "message")}
        make_project(
            place,
            "simulated",
            simulator={"subscribers": count, "chunk_subscribers": SIZE, "months": 18},
            cohort={"train_as_of_dates": 3, "folds": 2, "test_as_of_dates": 2},
            train={
                "max_rows": 100_000,
                "tuning_cells": 20_000_000,
                "bagging_cells": 1_000_000,
                "tuned_trials": 0,
                "max_rounds": 200,
                "survival_rows": 50_000,
            },
            explain={"max_candidates": count * EXPLAINED // 100, "max_contacts": 0},
            prioritise={
                "budget": None,
                "hold_out_share": 0,
                "channels": channels,
                "actions": actions,
                "learning": {"minimum_contacts": NEVER},
            },
        )
    for stage in STAGES:
        if not (place / "metrics" / f"{stage}.json").exists():
            print(f"{stage}: {stages(place, (stage,)):.0f} s", flush=True)  # noqa: T201
    return place
