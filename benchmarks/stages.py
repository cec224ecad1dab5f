"""``make bench``: time and peak memory of each stage beside its floor, as ratios within one run.

The floor of a stage is reading every byte of its inputs, in a process of its own; that of train is LightGBM alone on
the same matrix. Start-up of Python and imports count on both sides. ``BENCH_SUBSCRIBERS`` sets the size.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.project import make_project

from savedesk import STAGES
from savedesk.pipeline.runner import stage_module
from savedesk.schemas.table import Table

ROOT = Path(__file__).parents[1]
SUBSCRIBERS = int(os.environ.get("BENCH_SUBSCRIBERS", "20000"))
KILOBYTES_A_MEGABYTE = 1024

READ_FLOOR = """
import sys, duckdb
for path in sys.argv[1:]:
    duckdb.sql(f"SELECT count(*), max(hash(t)) FROM read_parquet('{path}') t").fetchall()
"""
TRAIN_FLOOR = """
import sys, json, duckdb, lightgbm as lgb
root = sys.argv[1]
about = json.load(open(root + "/models/trained/model.json"))
names = ", ".join('"' + c["name"] + '"' for c in about["columns"] if c["dtype"] == "float64")
rows = duckdb.sql(
    f"SELECT {names}, churned FROM read_parquet('{root}/data/features/features/**/*.parquet') "
    f"JOIN read_parquet('{root}/data/cohort/cohort.parquet') c USING (subscriber_id, as_of) "
    "WHERE c.role = 'train' AND churned IS NOT NULL"
).df()
for member in about["members"]:
    if "settings" in member:
        own = {**member["settings"], "objective": "binary", "num_threads": 2, "verbosity": -1}
        lgb.train(own, lgb.Dataset(rows.drop(columns="churned"), rows["churned"]), member["rounds"])
"""


def measure(command: list[str], **options: object) -> tuple[float, float]:
    """Return wall seconds and peak megabytes of a command."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, **options)  # type: ignore[call-overload]
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        message = f"{' '.join(command[:4])} ended with {os.waitstatus_to_exitcode(status)}"
        raise SystemExit(message)
    return time.perf_counter() - started, usage.ru_maxrss / KILOBYTES_A_MEGABYTE


def prepare(home: Path) -> None:
    """Lay out a project of the simulated source at the size asked for."""
    make_project(home, "simulated", simulator={"subscribers": SUBSCRIBERS})
    (home / "data" / "raw" / "simulated").mkdir(parents=True)


def floor_of(stage: str, home: Path) -> tuple[float, float] | None:
    """Return the floor of a stage, or None where it has none (ingest of the simulator reads nothing)."""
    if stage == "train":
        return measure([sys.executable, "-c", TRAIN_FLOOR, str(home)])
    tables = [contract for contract in stage_module(stage).READS if isinstance(contract, Table)]
    paths = [str(home / c.path / "**/*.parquet") if c.partition_by else str(home / c.path) for c in tables]
    return measure([sys.executable, "-c", READ_FLOOR, *paths]) if paths else None


def main() -> None:
    """Run each stage once and print the table."""
    print(f"simulated operator, {SUBSCRIBERS:,} subscribers; {os.cpu_count()} processors")  # noqa: T201
    print(f"{'stage':<12}{'seconds':>9}{'peak MB':>9}{'floor s':>9}{'x floor':>9}")  # noqa: T201
    with tempfile.TemporaryDirectory(prefix="savedesk-bench-") as folder:
        home = Path(folder)
        prepare(home)
        whole = 0.0
        for stage in STAGES:
            seconds, peak = measure([sys.executable, "-m", "savedesk", stage, "--root", str(home)], cwd=home)
            floor = floor_of(stage, home)
            beside = f"{floor[0]:>9.1f}{seconds / floor[0]:>9.1f}" if floor else f"{'-':>9}{'-':>9}"
            print(f"{stage:<12}{seconds:>9.1f}{peak:>9,.0f}{beside}", flush=True)  # noqa: T201
            whole += seconds
        print(f"{'all':<12}{whole:>9.1f}")  # noqa: T201


if __name__ == "__main__":
    main()
