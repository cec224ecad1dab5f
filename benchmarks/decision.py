"""What the list truly earns: against simpler lists, and against what the tables allow.

``python -m benchmarks.decision`` simulates the shipped operator for 36 months, of which the last 12 labelled as_of
dates are judged by the truth at a capacity of 2 % of the subscribers, and the same operator with ten times the
subscribers, whose model scores the first one's: together with the true effect of each action by reason that is what
the tables allow.

``BENCH_DECISION_HOME`` keeps the projects, and takes up what is there; ``BENCH_DECISION_SUBSCRIBERS`` and
``BENCH_DECISION_TIMES`` set the sizes. What learned save rates are worth is in ``benchmarks.learning``.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from tests.project import Silent, make_project

from benchmarks.public import stages
from savedesk.engine.choose import open_engine
from savedesk.params.load import load_params
from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import decisions, model
from savedesk.stages.evaluate import stage as evaluate
from savedesk.stages.evaluate.at_capacity import EqualSizeRules, capacity_figures
from savedesk.stages.evaluate.bootstrap import Figure
from savedesk.stages.evaluate.rows import evaluation_rows

SUBSCRIBERS = int(os.environ.get("BENCH_DECISION_SUBSCRIBERS", "20000"))
TIMES = int(os.environ.get("BENCH_DECISION_TIMES", "10"))
MONTHS, DATES = 36, 12
TO_MODEL = ("ingest", "cohort", "features", "train")
TO_LIST = ("score", "value", "explain", "prioritise")


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


def rows_and_rules(place: Path) -> tuple[pd.DataFrame, EqualSizeRules]:
    """Return the rows whose truth is known and the rules they are judged by."""
    sections = load_params(place)
    with open_engine(sections["engine"], "evaluate") as engine:  # type: ignore[arg-type]
        rows = evaluation_rows(Inputs(place, engine, evaluate.READS, sections, Silent()))
    return rows[rows["true_probability"].notna()], EqualSizeRules(sections["prioritise"], sections["evaluate"])  # type: ignore[arg-type]


def options_of(place: Path) -> pd.DataFrame:
    """Return the options of all scored as_of dates."""
    return pd.read_parquet(place / decisions.OPTIONS.path)


def print_figures(figures: dict[str, Figure]) -> None:
    """Print each figure with its interval."""
    for name, figure in figures.items():
        print(f"{name:<52}{figure.value:>14,.3f}  ({figure.low:,.3f} to {figure.high:,.3f})", flush=True)  # noqa: T201


def main() -> None:
    """Run both operators and print what their lists earn."""
    kept = os.environ.get("BENCH_DECISION_HOME")
    with tempfile.TemporaryDirectory(prefix="savedesk-decision-") as folder:
        home = Path(kept or folder)
        own = project(home, "own", SUBSCRIBERS, (*TO_MODEL, *TO_LIST))
        large = project(home, "large", SUBSCRIBERS * TIMES, TO_MODEL)
        better = options_of(with_model_of(own, large, home))
        rows, judge = rows_and_rules(own)
        print(f"\n{rows['as_of'].nunique()} as_of dates, {SUBSCRIBERS:,} subscribers; money a month")  # noqa: T201
        print_figures(capacity_figures(options_of(own), rows, judge, better))


if __name__ == "__main__":
    main()
