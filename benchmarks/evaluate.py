"""Whether evaluate's intervals keep their promise, and how fast it is.

``python -m benchmarks.evaluate coverage`` simulates 100 operators in one market: their lines are drawn independently
of each other (chunks of the simulator), and one model, trained on earlier months, scores them all. Every operator has
a list of its own at the test dates, within its share of the shipped budget and agent hours. Its true profit at
capacity is known: what its list is expected to earn at the true chances of table ``truth``, which in this bench is
exact: every action touches every type of churn, save rates are the priors, and nobody is contacted in the simulated
world, as the true chances have it. It prints how many of the intervals hold it, and how many lie below and above.

``python -m benchmarks.evaluate speed`` writes the inputs of stage evaluate for 1,000,000 rows, runs the stage with
500 resamples as a user does, and prints its seconds and peak memory.

``BENCH_EVALUATE_HOME`` keeps the project of ``coverage`` and takes up what is there; ``BENCH_EVALUATE_OPERATORS``,
``BENCH_EVALUATE_SIZE`` (subscribers of each) and ``BENCH_EVALUATE_ROWS`` set the sizes.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import yaml
from tests.project import ROOT, Silent, make_project, shipped_simulator
from tests.small_model import small_model
from tests.tables import save

from benchmarks import stages as bench
from benchmarks.public import stages
from savedesk.engine.base import ARROW_TYPES
from savedesk.engine.choose import open_engine
from savedesk.metrics.running_sums import Floats
from savedesk.params.evaluate import EvaluateParams
from savedesk.params.load import load_params, overlay
from savedesk.params.prioritise import PrioritiseParams
from savedesk.pipeline.inputs import Inputs
from savedesk.policy.limits import limits, worthwhile
from savedesk.policy.solve import solve
from savedesk.schemas import (
    attributes,
    cohort,
    contacts,
    decisions,
    features,
    model,
    scores,
    source_facts,
    subscribers,
    truth,
    values,
)
from savedesk.schemas.table import Column, Table
from savedesk.stages.evaluate import stage as evaluate
from savedesk.stages.evaluate.bootstrap import Resamples
from savedesk.stages.evaluate.money import realised_gain
from savedesk.stages.evaluate.rows import ECONOMICS, KEY, evaluation_rows
from savedesk.stages.evaluate.score_figures import figure_rows
from savedesk.stages.evaluate.slices import slice_figures

OPERATORS = int(os.environ.get("BENCH_EVALUATE_OPERATORS", "100"))
SIZE = int(os.environ.get("BENCH_EVALUATE_SIZE", "2000"))
ROWS = int(os.environ.get("BENCH_EVALUATE_ROWS", "1000000"))
ROUNDS = 500
FILLERS: dict[str, Any] = {"string": "x", "int64": 1, "float64": 0.0, "boolean": False, "date": dt.date(2025, 1, 1)}
STAGES = ("ingest", "cohort", "features", "train", "score", "value", "explain", "prioritise")
EXPLAINED = 6  # in a hundred subscribers
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
            simulator={
                "subscribers": count,
                "chunk_subscribers": SIZE,
                "months": 18,
                "campaigns": {"monthly_share": 0, "sales_rate": 0},
            },
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


def policy_of(place: Path) -> PrioritiseParams:
    """Return the project's policy with an operator's share of the shipped budget and agent hours."""
    shipped = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    share, given = SIZE / shipped_simulator()["subscribers"], shipped["prioritise"]
    channels = {
        name: {"hours": channel["hours"] and channel["hours"] * share} for name, channel in given["channels"].items()
    }
    own = yaml.safe_load((place / "params.yaml").read_text(encoding="utf-8"))["prioritise"]
    limits = {"budget": given["budget"] * share, "channels": channels}
    return PrioritiseParams.model_validate(overlay(own, limits))


def judged_rows(place: Path) -> pd.DataFrame:
    """Return the evaluation rows of all operators without a list, each with the number of its operator."""
    with open_engine(load_params(place)["engine"], "evaluate") as engine:  # type: ignore[arg-type]
        rows = evaluation_rows(Inputs(place, engine, evaluate.READS, load_params(place), Silent()))
    # Chunks number their lines and accounts side by side.
    return rows.assign(operator=(rows["subscriber_id"].str[1:].astype(int) - 1) % OPERATORS)


def with_lists(rows: pd.DataFrame, place: Path, policy: PrioritiseParams) -> pd.DataFrame:
    """Return the rows with the action that each operator's list has for them."""
    options = pd.read_parquet(place / decisions.OPTIONS.path)
    options = options[options["open"]]
    options["as_of"] = pd.to_datetime(options["as_of"]).dt.strftime("%Y-%m-%d")
    options = options.merge(rows[[*KEY, "operator"]], on=KEY)
    chosen = [_chosen(part, policy) for _, part in options.groupby(["operator", "as_of"], sort=True)]
    listed = pd.concat(chosen)[[*KEY, *ECONOMICS[1:]]].assign(decision="contact")
    decided = rows.drop(columns=ECONOMICS).merge(listed, on=KEY, how="left", validate="one_to_one")
    return decided.assign(decision=decided["decision"].fillna("not_listed"))


def _chosen(table: pd.DataFrame, policy: PrioritiseParams) -> pd.DataFrame:
    gain = worthwhile(table["expected_gain"].to_numpy(float), policy)
    return table[solve(gain, pd.factorize(table["account_id"])[0].astype(np.int64), limits(table, policy)).chosen]


def expected_profit(rows: pd.DataFrame) -> float:
    """Return what a list is expected to earn a month at the true chances of those on it; money."""
    p0, r, value, offer, take_up, contact = (
        rows[name].to_numpy(float)
        for name in ("true_probability", "save_rate", "remaining_value", "offer_cost", "take_up", "contact_cost")
    )
    return float(np.nansum(p0 * r * (value - offer) - (1 - p0) * take_up * offer - contact)) / rows["as_of"].nunique()


def coverage(home: Path) -> None:
    """Print how many of the intervals of profit at capacity hold the truth, and how many lie on either side of it."""
    place = operators(home)
    policy, params = policy_of(place), load_params(place)["evaluate"]
    rows = with_lists(judged_rows(place), place, policy)
    assert isinstance(params, EvaluateParams)
    intervals = pd.DataFrame([_held(part, policy, params) for _, part in rows.groupby("operator", sort=True)])
    below, above = intervals["low"] > intervals["truth"], intervals["high"] < intervals["truth"]
    print(  # noqa: T201
        f"{len(intervals)} operators of {SIZE:,} lines, {intervals['contacts'].mean():.0f} contacts each: the interval "
        f"holds the truth {(~below & ~above).sum()} times, lies above it {below.sum()} times "
        f"and below it {above.sum()} times"
    )
    apart, width = (intervals["value"] - intervals["truth"]).std(), (intervals["high"] - intervals["low"]).mean()
    means = f"truth {intervals['truth'].mean():,.0f}, realised {intervals['value'].mean():,.0f} on average"
    print(f"{means}; standard deviation of the difference {apart:,.0f}, mean width {width:,.0f}")  # noqa: T201


def _held(rows: pd.DataFrame, policy: PrioritiseParams, params: EvaluateParams) -> dict[str, float]:
    rows = rows.reset_index(drop=True)
    given = figure_rows(rows, realised_gain(rows, policy))
    figures = slice_figures(given, {("all", "all"): np.arange(len(rows))}, params, Resamples(given.subscriber, params))
    profit = figures["all", "all"]["profit_at_capacity"]
    contacts = float(given.listed.sum())
    return {
        "value": profit.value,
        "low": profit.low,
        "high": profit.high,
        "truth": expected_profit(rows),
        "contacts": contacts,
    }


def write(place: Path, contract: Table, rows: pd.DataFrame) -> None:
    """Write a table of its contract's columns; what the frame lacks is missing, or a value that does not matter."""
    columns = {column.name: _column(column, rows) for column in contract.columns}
    extra = {name: pa.array(rows[name]) for name in rows if contract.open_columns and name not in columns}
    save(place, contract, pa.table(columns | extra))


def _column(column: Column, rows: pd.DataFrame) -> pa.Array:
    kind = ARROW_TYPES[column.dtype]
    if column.name in rows:
        return pa.array(rows[column.name], from_pandas=True).cast(kind)
    return pa.array([None if column.nullable else FILLERS[column.dtype]], kind).take(pa.array([0] * len(rows), "int64"))


def million(home: Path) -> Path:
    """Write what the earlier stages would have left for evaluate: rows of two as_of dates, five baselines, a list.

    The model is a small one of two features that was trained on other rows; nothing depends on what it has learnt.
    """
    place = make_project(home / "million", "simulated", evaluate={"bootstrap_rounds": ROUNDS})
    draw = np.random.default_rng(1)
    days = [dt.date(2025, 8, 1), dt.date(2025, 9, 1)]
    people = pd.DataFrame({"subscriber_id": [f"S{number:07d}" for number in range(ROWS // len(days))]})
    count = len(people)
    people = people.assign(
        account_id=people["subscriber_id"],
        segment=draw.choice(["consumer", "business", "key_account"], count, p=[0.85, 0.13, 0.02]),
        region=draw.choice([f"R{number:02d}" for number in range(31)], count),
        birth_year=draw.integers(1940, 2007, count),
        gender=draw.choice(["f", "m"], count),
    )
    liking, tenure = draw.normal(-4, 1.5, count), draw.gamma(1.5, 30, count)
    parts = [_month(people, day, liking, tenure + place, draw) for place, day in enumerate(days)]
    rows = pd.concat(parts, ignore_index=True)
    write(place, subscribers.TABLE, people)
    write(place, attributes.TABLE, people)
    for table in (cohort.TABLE, scores.TABLE, scores.BASELINES, values.TABLE, decisions.TABLE):
        write(place, table, rows)

    write(place, features.TABLE, rows[["subscriber_id", "as_of", "months_since_activation", "liking"]])
    _model(place, rows)
    for empty in (truth.TABLE, contacts.TABLE, decisions.OPTIONS, model.HELD_OUT_SURVIVAL):
        write(place, empty, rows.iloc[:0])
    facts = {"name": "simulated", "kind": "dated", "currency": "CNY"}
    (place / source_facts.FILE.path).parent.mkdir(parents=True, exist_ok=True)
    (place / source_facts.FILE.path).write_text(json.dumps(facts), encoding="utf-8")
    return place


def _month(
    people: pd.DataFrame, day: dt.date, liking: Floats, tenure: Floats, draw: np.random.Generator
) -> pd.DataFrame:
    count = len(people)
    liking = liking + draw.normal(0, 0.5, count)
    chance = 1 / (1 + np.exp(-liking))
    churned = draw.random(count) < chance
    value = draw.gamma(1, 400, count)
    shares = draw.dirichlet((6, 2, 2), count)
    listed = chance * value > np.quantile(chance * value, 0.9)
    return people[["subscriber_id"]].assign(
        as_of=day,
        role="test",
        outcome_start=day + dt.timedelta(days=14),
        churn_probability=chance,
        churned=churned,
        churn_type=np.where(churned, np.array(TYPES)[draw.integers(0, 3, count)], None),
        **{f"probability_{name}": shares[:, place] * chance for place, name in enumerate(TYPES)},
        churn_probability_low=chance * 0.8,
        churn_probability_high=1 - (1 - chance) * 0.9,
        **{name: draw.random(count) * 0.1 + 0.5 * chance for name in scores.BASELINE_NAMES},
        **{f"survival_{month}": (1 - chance) ** month for month in scores.MONTHS},
        remaining_value=value,
        margin=value / 20,
        tier=np.where(value > 800, "key", np.where(value > 200, "core", "small")),
        decision=np.where(listed, "contact", "not_listed"),
        action=np.where(listed, "loyalty_discount", None),
        offer_cost=np.where(listed, value / 15, np.nan),
        contact_cost=np.where(listed, 1.0, np.nan),
        save_rate=np.where(listed, 0.1, np.nan),
        take_up=np.where(listed, 0.6, np.nan),
        expected_gain=np.where(listed, 0.1 * chance * value - 1, np.nan),
        months_since_activation=tenure,
        liking=liking,
    )


def _model(place: Path, rows: pd.DataFrame) -> None:
    """Write a small model and what its features looked like."""
    names = ["months_since_activation", "liking"]
    learn = rows.sample(20_000, random_state=1)
    small_model((place / model.SCHEMA.path).parent, learn, names, source="simulated")
    bands = pd.DataFrame(
        [
            {"name": name, "band": band, "up_to": str(end), "share": 0.1 if band else 0.0}
            for name in names
            for band, end in enumerate([np.nan, *learn[name].quantile(np.arange(1, 11) / 10)])
        ]
    )
    write(place, features.STATISTICS, bands)


def speed(home: Path) -> None:
    """Print seconds and peak memory of the stage."""
    place = million(home)
    seconds, peak = bench.measure([sys.executable, "-m", "savedesk", "evaluate", "--root", str(place)], cwd=place)
    metrics = json.loads((place / "metrics" / "evaluate.json").read_text(encoding="utf-8"))
    print(f"{metrics['rows']:,} rows, {ROUNDS} resamples: {seconds:.0f} s, {peak / 1000:.1f} GB")  # noqa: T201


def main() -> None:
    """Run what is asked for."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("what", choices=["coverage", "speed"])
    with tempfile.TemporaryDirectory(prefix="savedesk-evaluate-") as folder:
        home = Path(os.environ.get("BENCH_EVALUATE_HOME", folder))
        {"coverage": coverage, "speed": speed}[ask.parse_args().what](home)


if __name__ == "__main__":
    main()
