"""What the list truly earns: against simpler lists, against what the tables allow, and with save rates learned.

``python -m tests.bench_decision`` simulates the shipped operator for 36 months, of which the last 12 labelled as_of
dates are judged by the truth at a capacity of 2 % of the subscribers, and

* the same operator with ten times the subscribers, whose model scores the first one's: together with the true effect
  of each action by reason that is what the tables allow;
* an operator whose past campaigns, of all kinds, were randomised: its list with the rates it learned and with the
  priors alone.

``BENCH_DECISION_HOME`` keeps the projects, and takes up what is there; ``BENCH_DECISION_SUBSCRIBERS``,
``BENCH_DECISION_TIMES`` and ``BENCH_DECISION_SHARE`` (of the subscribers in a month's campaign) set the sizes. What a
pilot on the lists themselves teaches is in ``tests.bench_pilot``.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from savedesk.contracts import contacts, decisions, model
from savedesk.engine.choose import open_engine
from savedesk.evaluate import stage as evaluate
from savedesk.evaluate.at_capacity import OWN, Judge, capacity_figures, earned_by_row, lists_of
from savedesk.evaluate.bootstrap import Figure, Resamples, Sums, amounts, figures_with_intervals
from savedesk.evaluate.ranking import Floats
from savedesk.evaluate.rows import evaluation_rows, subscriber_codes
from savedesk.inputs import Inputs
from savedesk.params.load import load_params, overlay
from tests.bench_public import stages
from tests.project import Silent, make_project

SUBSCRIBERS = int(os.environ.get("BENCH_DECISION_SUBSCRIBERS", "20000"))
TIMES = int(os.environ.get("BENCH_DECISION_TIMES", "10"))
SHARE = float(os.environ.get("BENCH_DECISION_SHARE", "0.06"))
MONTHS, DATES = 36, 12
TO_MODEL = ("ingest", "cohort", "features", "train")
TO_LIST = ("score", "value", "explain", "prioritise")
NEVER = 10**9  # contacts before a rate is learned: priors alone
HARM = 1e-5  # of probability: ten times the rounding of the truth


def project(home: Path, name: str, subscribers: int, wanted: Sequence[str], **simulator: Any) -> Path:
    """Simulate an operator and run the stages that are not done yet."""
    place = home / name
    if not place.exists():
        own = {"subscribers": subscribers, "months": MONTHS, **simulator}
        make_project(place, "simulated", simulator=own, cohort={"test_as_of_dates": DATES})
    for stage in wanted:
        if not (place / "metrics" / f"{stage}.json").exists():
            seconds = stages(place, (stage,))
            print(f"{name}: {stage} {seconds:.0f} s", flush=True)  # noqa: T201
    return place


def with_model_of(own: Path, large: Path, home: Path) -> Path:
    """Return a project with one's tables and the other's model, which decides on the same subscribers."""
    place = home / "better"
    if not place.exists():
        shutil.copytree(own, place, symlinks=True)
        described = Path(model.SCHEMA.path).parent
        shutil.rmtree(place / described)
        shutil.copytree(large / described, place / described)
        for stage in TO_LIST:
            (place / "metrics" / f"{stage}.json").unlink()
    return project(home, "better", 0, TO_LIST)


def judged(place: Path) -> tuple[pd.DataFrame, Judge]:
    """Return the rows whose truth is known and the rules they are judged by."""
    sections = load_params(place)
    with open_engine(sections["engine"], "evaluate") as engine:  # type: ignore[arg-type]
        rows = evaluation_rows(Inputs(place, engine, evaluate.READS, sections, Silent()))
    return rows[rows["true_probability"].notna()], Judge(sections["prioritise"], sections["evaluate"])  # type: ignore[arg-type]


def options_of(place: Path) -> pd.DataFrame:
    """Return the options of all scored as_of dates."""
    return pd.read_parquet(place / decisions.OPTIONS.path)


def told(figures: dict[str, Figure]) -> None:
    """Print each figure with its interval."""
    for name, one in figures.items():
        print(f"{name:<52}{one.value:>14,.3f}  ({one.low:,.3f} to {one.high:,.3f})", flush=True)  # noqa: T201


def learned_against_priors(place: Path) -> dict[str, Figure]:
    """Return what the list earns with rates learned and with the priors alone, and how many contacts of each harm."""
    rows, judge = judged(place)
    learned = options_of(place)
    params = place / "params.yaml"
    kept = params.read_text(encoding="utf-8")
    priors = overlay(yaml.safe_load(kept), {"prioritise": {"learning": {"minimum_contacts": NEVER}}})
    params.write_text(yaml.safe_dump(priors, allow_unicode=True, sort_keys=False), encoding="utf-8")
    stages(place, ("prioritise",))
    chosen = {"learned": lists_of(learned, rows, judge)[OWN], "priors": lists_of(options_of(place), rows, judge)[OWN]}
    params.write_text(kept, encoding="utf-8")
    stages(place, ("prioritise",))
    earned = {name: earned_by_row(rows, one) for name, one in chosen.items()}
    harmed = {
        name: earned_by_row(rows, one.assign(harm=one["true_saved"] < -HARM), "harm") for name, one in chosen.items()
    }
    size = {name: earned_by_row(rows, one.assign(one=1.0), "one") for name, one in chosen.items()}
    months, codes, names = rows["as_of"].nunique(), subscriber_codes(rows), list(chosen)

    def measure(sums: Sums) -> dict[str, Floats]:
        gain, harm, contacts = (
            {name: sums[len(names) * part + place][:, 0] for place, name in enumerate(names)} for part in range(3)
        )
        found = {f"true gain a month, {name}": one / months for name, one in gain.items()}
        found |= {"more by learning": (gain["learned"] - gain["priors"]) / months}
        return found | {f"harmed share, {name}": harm[name] / contacts[name] for name in names}

    tallies = amounts(codes, *earned.values(), *harmed.values(), *size.values())
    return figures_with_intervals(measure, tallies, Resamples(codes, judge.params))


def randomised(place: Path, before: pd.Timestamp) -> int:
    """Return how many contacts of campaigns with both arms were made before a day."""
    made = pd.read_parquet(place / contacts.TABLE.path)
    arms = made.groupby("campaign_id")["arm"].transform("nunique")
    return int(((arms > 1) & (pd.to_datetime(made["contacted_on"]) < before)).sum())


def main() -> None:
    """Run the operators asked for (ceiling, learning; none: both) and print what their lists earn."""
    asked = sys.argv[1:] or ["ceiling", "learning"]
    kept = os.environ.get("BENCH_DECISION_HOME")
    with tempfile.TemporaryDirectory(prefix="savedesk-decision-") as folder:
        home = Path(kept or folder)
        if "ceiling" in asked:
            own = project(home, "own", SUBSCRIBERS, (*TO_MODEL, *TO_LIST))
            large = project(home, "large", SUBSCRIBERS * TIMES, TO_MODEL)
            better = options_of(with_model_of(own, large, home))
            rows, judge = judged(own)
            print(f"\n{rows['as_of'].nunique()} as_of dates, {SUBSCRIBERS:,} subscribers; money a month")  # noqa: T201
            told(capacity_figures(options_of(own), rows, judge, better))
        if "learning" in asked:
            campaigns = {"campaigns": {"monthly_share": SHARE}}
            much = project(home, "randomised", SUBSCRIBERS, (*TO_MODEL, *TO_LIST), **campaigns)
            rows, _ = judged(much)
            days = np.sort(pd.to_datetime(rows["as_of"]).unique())
            counts = [randomised(much, pd.Timestamp(day)) for day in (days[0], days[-1])]
            print(f"\n{counts[0]:,} to {counts[1]:,} randomised contacts before the as_of dates")  # noqa: T201
            told(learned_against_priors(much))


if __name__ == "__main__":
    main()
