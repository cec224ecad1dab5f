"""How far the model is from what the tables allow: the same subscribers scored by a model of ten times as many.

``python -m benchmarks.ceiling`` simulates the shipped operator and one that is ten times larger, of which the first is
a part (its chunks have random streams of their own), trains on both, and scores the test dates of the first with both
models. ``BENCH_CEILING_SUBSCRIBERS`` and ``BENCH_CEILING_TIMES`` set the sizes. Where both models would need more data
the gap shows it; the truth's own figures stand beside it.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
from tests.project import make_project
from tests.tables import sections

from benchmarks.public import stages
from savedesk.metrics.running_sums import Floats
from savedesk.schemas import cohort, model, scores, truth
from savedesk.stages.evaluate.bootstrap import Resamples, Sums, figures_with_intervals
from savedesk.stages.evaluate.score_figures import FigureRows, PairedScores, ScoredRows

SUBSCRIBERS = int(os.environ.get("BENCH_CEILING_SUBSCRIBERS", "20000"))
TIMES = int(os.environ.get("BENCH_CEILING_TIMES", "10"))
KEY = ["subscriber_id", "as_of"]


def trained(home: Path, subscribers: int) -> Path:
    """Simulate an operator and train on it."""
    project = make_project(home, "simulated", simulator={"subscribers": subscribers})
    seconds = stages(project, ("ingest", "cohort", "features", "train", "score"))
    print(f"{subscribers:,} subscribers: simulated, trained and scored in {seconds:.0f} s", flush=True)  # noqa: T201
    return project


def scored(project: Path) -> pd.DataFrame:
    """Return the scores of the labelled test rows beside their outcome and true chance."""
    all_scores = pq.read_table(project / scores.TABLE.path).to_pandas()
    people = pq.read_table(project / cohort.TABLE.path, columns=[*KEY, "churned"]).to_pandas()
    known = pq.read_table(project / truth.TABLE.path, columns=[*KEY, "churn_probability"]).to_pandas()
    rows = all_scores[all_scores["role"] == "test"].merge(people[people["churned"].notna()], on=KEY)
    return rows.merge(known.rename(columns={"churn_probability": "true"}), on=KEY).sort_values(KEY, ignore_index=True)


def scored_rows(rows: pd.DataFrame, probability: Floats) -> ScoredRows:
    """Return the figures of a probability; money is no matter here."""
    none, churned = probability * 0, rows["churned"].to_numpy(float)
    people, months = (pd.factorize(rows[name])[0] for name in KEY)
    given = FigureRows(people, months, probability, churned, none, none > 0, none, none)
    return ScoredRows(given, sections()["evaluate"])


def print_figures(name: str, rows: pd.DataFrame, probability: Floats) -> None:
    """Print AUC, log loss and calibration error of a probability."""
    figures = scored_rows(rows, probability).point()
    print(f"{name:<34}{figures['auc']:>8.4f}{figures['log_loss']:>10.4f}{figures['ece']:>8.4f}", flush=True)  # noqa: T201


def gap(rows: pd.DataFrame, own: Floats, larger: Floats) -> None:
    """Print by how much the larger operator's model is better, with a bootstrap interval over subscribers."""
    every = PairedScores({"own": scored_rows(rows, own), "larger": scored_rows(rows, larger)})

    def lacking(sums: Sums) -> dict[str, Floats]:
        figures = every.figures(sums)
        return {
            "AUC": figures["larger"]["auc"] - figures["own"]["auc"],
            "log loss": figures["own"]["log_loss"] - figures["larger"]["log_loss"],
        }

    resamples = Resamples(pd.factorize(rows["subscriber_id"])[0], sections()["evaluate"])
    for name, figure in figures_with_intervals(lacking, every.tallies, resamples).items():
        print(f"lacking in {name:<9}{figure.value:>8.4f} ({figure.low:.4f} to {figure.high:.4f})")  # noqa: T201


def main() -> None:
    """Train both, score the same rows, print the table."""
    with tempfile.TemporaryDirectory(prefix="savedesk-ceiling-") as folder:
        small = trained(Path(folder) / "own", SUBSCRIBERS)
        own = scored(small)
        large = trained(Path(folder) / "larger", SUBSCRIBERS * TIMES)
        described = Path(model.SCHEMA.path).parent
        shutil.rmtree(small / described)
        shutil.copytree(large / described, small / described)
        stages(small, ("score",))
        larger = scored(small)
        if not own[KEY].equals(larger[KEY]):
            sys.exit("the two models scored other rows")
        print(f"{len(own):,} test rows of {SUBSCRIBERS:,} subscribers{'AUC':>5}{'log loss':>10}{'ECE':>8}")  # noqa: T201
        print_figures("own model", own, own["churn_probability"].to_numpy())
        print_figures(f"model of {TIMES} x the subscribers", own, larger["churn_probability"].to_numpy())
        print_figures("true chance", own, own["true"].to_numpy())
        gap(own, own["churn_probability"].to_numpy(), larger["churn_probability"].to_numpy())


if __name__ == "__main__":
    main()
