"""The public sets as peers are judged: trained on 70 % of the rows, the other 30 % scored as unlabelled subscribers.

``python -m benchmarks.public [SET ...]`` prints AUC, log loss, lift and seconds of ingest to score, mean over the two
stratified splits of ``shared/data/REFERENCE.md``, beside the best figure that any peer reached there.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import train_test_split
from tests.project import make_project

from savedesk.schemas import labels, scores

SETS = {  # best AUC and best log loss of any peer
    "iranian_churn": (0.9884, 0.0988),
    "ibm_telco": (0.8509, 0.4093),
    "mlc_churn": (0.9219, 0.1543),
}
SPLITS = (0, 1)
STAGES = ("ingest", "cohort", "features", "train", "score")


def stages(home: Path, names: tuple[str, ...]) -> float:
    """Run stages as a user does and return the seconds that they took."""
    started = time.perf_counter()
    for stage in names:
        command = [sys.executable, "-m", "savedesk", stage, "--root", str(home)]
        done = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{stage}: {done.stderr or done.stdout}")
    return time.perf_counter() - started


def published(folder: Path, source: str) -> pd.DataFrame:
    """Return subscriber_id and churned in the order of the published rows."""
    home = make_project(folder / source, source)
    stages(home, ("ingest",))
    known = pd.read_parquet(home / labels.TABLE.path)[["subscriber_id", "churned"]]
    if source == "ibm_telco":
        ids = pd.read_csv(home / "data/raw" / source / "Telco-Customer-Churn.csv")["customerID"]
        return known.set_index("subscriber_id").loc[ids].reset_index()
    return known.sort_values("subscriber_id", ignore_index=True)


def figures_of_split(folder: Path, source: str, split: int, rows: pd.DataFrame) -> dict[str, float]:
    """Train on 70 % of the labels and return the figures of the rest."""
    churned = rows["churned"].to_numpy(dtype=int)
    learn, judge = train_test_split(np.arange(len(rows)), test_size=0.3, stratify=churned, random_state=split)
    home = make_project(folder / f"{source}_{split}", source)
    sql = home / "data" / "sources" / source / "labels.sql"
    ids = ", ".join(f"'{subscriber_id}'" for subscriber_id in rows["subscriber_id"].iloc[learn])
    wanted = f"WHERE subscriber_id IN ({ids})"
    sql.write_text(f"SELECT * FROM (\n{sql.read_text()}\n) AS given {wanted}\n")  # noqa: S608 - ids of a public file
    seconds = stages(home, STAGES)
    scored = pd.read_parquet(home / scores.TABLE.path).set_index("subscriber_id")["churn_probability"]
    probability = scored.loc[rows["subscriber_id"].iloc[judge]].to_numpy()
    truth = churned[judge]
    tenth = np.argsort(-probability, kind="stable")[: round(0.1 * len(judge))]
    return {
        "auc": float(roc_auc_score(truth, probability)),
        "log_loss": float(log_loss(truth, probability)),
        "lift_10": float(truth[tenth].mean() / truth.mean()),
        "seconds": seconds,
    }


def main() -> None:
    """Print one line a set."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("sets", nargs="*", metavar="SET", choices=[[], *SETS], help=f"of {', '.join(SETS)}; none: all")
    print(f"{'set':<15}{'AUC':>8}{'best':>8}{'log loss':>10}{'best':>8}{'lift':>7}{'seconds':>9}")  # noqa: T201
    with tempfile.TemporaryDirectory(prefix="savedesk-public-") as folder:
        for source in ask.parse_args().sets or SETS:
            rows = published(Path(folder), source)
            figures_by_split = [figures_of_split(Path(folder), source, split, rows) for split in SPLITS]
            mean: dict[str, Any] = {
                name: np.mean([figures[name] for figures in figures_by_split]) for name in figures_by_split[0]
            }
            best = SETS[source]
            print(  # noqa: T201
                f"{source:<15}{mean['auc']:>8.4f}{best[0]:>8.4f}{mean['log_loss']:>10.4f}{best[1]:>8.4f}"
                f"{mean['lift_10']:>7.2f}{mean['seconds']:>9.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
