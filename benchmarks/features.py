"""All features of one as_of: `make bench` prints time and peak memory beside the floor, and beside plain pandas.

The floor is DuckDB reading the columns of the same tables. The pandas version is what a notebook would do: pivot the
monthly tables, then arithmetic on columns, and a groupby for events; it has fewer columns and fewer subscribers, and
the last column says what that is per million subscribers and hundred columns. ``BENCH_FEATURE_SUBSCRIBERS`` and
``BENCH_PANDAS_SUBSCRIBERS`` set the sizes.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from tests.project import shipped_simulator

from benchmarks import stages as bench

SUBSCRIBERS = int(os.environ.get("BENCH_FEATURE_SUBSCRIBERS", "1000000"))
PANDAS_SUBSCRIBERS = int(os.environ.get("BENCH_PANDAS_SUBSCRIBERS", "50000"))
MILLION, HUNDRED = 1_000_000, 100

OURS = """
import sys
from pathlib import Path
import pandas as pd
from savedesk.schemas import cohort, features
from savedesk.engine.choose import open_engine
from savedesk.stages.features.declaration import features_of
from savedesk.stages.features.replay import feature_values
from savedesk.stages.features.stage import FACTS, FAMILIES
from savedesk.params.load import load_params

root = Path(sys.argv[1])
used = [feature for family in FAMILIES.values() for feature in features_of(family)]
params = load_params(root)
with open_engine(params["engine"], "features") as engine:
    tables = {table.name: engine.read(table, root / table.path) for table in FACTS}
    people = engine.read(cohort.TABLE, root / cohort.TABLE.path)
    day = pd.Timestamp(people.as_of.max().execute()).date()
    ((_, values),) = feature_values(engine, tables, people, [day], params["cohort"], used)
    rows = engine.write(values, features.TABLE, root / "bench" / features.TABLE.part_name(day))
print(f"{len(used)} {rows}", file=open(sys.argv[2], "w"))
"""

PANDAS = """
import sys
from pathlib import Path
import numpy as np, pandas as pd

root = Path(sys.argv[1]) / "data" / "ingest"
as_of = pd.Timestamp(sys.argv[3])
months = pd.date_range(end=as_of - pd.DateOffset(months=1), periods=12, freq="MS")[::-1]
columns = {}

def level(table, measure):
    wide = table.pivot(index="subscriber_id", columns="month", values=measure).reindex(columns=months)
    for span in (1, 3, 6, 12):
        columns[f"{measure}_{span}"] = wide.iloc[:, :span].mean(axis=1)
    columns[f"{measure}_change_1"] = wide.iloc[:, 0] / wide.iloc[:, 1:7].mean(axis=1) - 1
    columns[f"{measure}_change_3"] = wide.iloc[:, :3].mean(axis=1) / wide.iloc[:, 3:6].mean(axis=1) - 1
    columns[f"{measure}_spread"] = wide.iloc[:, :6].std(axis=1, ddof=0) / wide.iloc[:, :6].mean(axis=1)
    columns[f"{measure}_zero"] = (wide.iloc[:, :6] == 0).sum(axis=1)

for name, measures in (
    ("usage", ["voice_min", "offnet_min", "calls", "sms", "data_mb", "broadband_gb", "active_days", "distinct_called"]),
    ("bills", ["total_due", "overage_fee", "vas_fee", "discount"]),
):
    table = pd.read_parquet(root / f"{name}.parquet")
    table["month"] = pd.to_datetime(table["month"])
    table = table[pd.to_datetime(table["known_on"]) < as_of]
    for measure in measures:
        level(table, measure)
for name, day, by in (("complaints", "opened_at", "category"), ("contacts", "contacted_on", "outcome")):
    table = pd.read_parquet(root / f"{name}.parquet")
    table = table[pd.to_datetime(table["known_on"]) < as_of]
    age = (as_of - pd.to_datetime(table[day])).dt.days
    for span in (31, 92, 184, 366):
        columns[f"{name}_{span}"] = table[age <= span].groupby("subscriber_id").size()
    for value, part in table[age <= 366].groupby(by):
        columns[f"{name}_{value}"] = part.groupby("subscriber_id").size()
frame = pd.DataFrame(columns)
frame.to_parquet(sys.argv[1] + "/bench.parquet")
print(f"{frame.shape[1]} {len(frame)}", file=open(sys.argv[2], "w"))
"""


def operator(home: Path, subscribers: int) -> str:
    """Simulate an operator and make its cohort; return the newest as_of."""
    bench.SUBSCRIBERS = subscribers
    bench.prepare(home)
    for stage in ("ingest", "cohort"):
        bench.measure([sys.executable, "-m", "savedesk", stage, "--root", str(home)], cwd=home)
    simulator = shipped_simulator()
    first = [int(part) for part in str(simulator["first_month"]).split("-")]
    month = first[1] - 1 + simulator["months"]
    return f"{first[0] + month // 12}-{month % 12 + 1:02d}-01"


def line(name: str, took: tuple[float, float], columns: int, rows: int, floor: float) -> None:
    """Print a line of the table."""
    seconds, peak = took
    share = seconds / (rows / MILLION) / (columns / HUNDRED) if columns else float("nan")
    beside = f"{share:>22.1f}" if columns else f"{'-':>22}"
    ratio = f"{seconds / floor:>9.1f}" if floor else f"{'-':>9}"
    print(f"{name:<22}{rows:>11,}{columns or '-':>9}{seconds:>9.1f}{peak:>9,.0f}{ratio}{beside}", flush=True)  # noqa: T201


def timed(code: str, home: Path, *given: str) -> tuple[tuple[float, float], int, int]:
    """Run a program on an operator; return its time and memory, and the columns and rows that it made."""
    counts_file = home / "told.txt"
    took = bench.measure([sys.executable, "-c", code, str(home), str(counts_file), *given], cwd=home)
    columns, rows = (int(part) for part in counts_file.read_text().split())
    return took, columns, rows


def main() -> None:
    """Print the table."""
    heads = f"{'rows':>11}{'columns':>9}{'seconds':>9}{'peak MB':>9}{'x floor':>9}{'s a million x hundred':>22}"
    print(f"features of one as_of, 24 months of facts\n{'':<22}{heads}")  # noqa: T201
    with tempfile.TemporaryDirectory(prefix="savedesk-bench-") as folder:
        home = Path(folder)
        operator(home, SUBSCRIBERS)
        floor = bench.floor_of("features", home)
        assert floor is not None
        line("floor: DuckDB reads", floor, 0, SUBSCRIBERS, 0)
        line("savedesk", *timed(OURS, home), floor[0])
    with tempfile.TemporaryDirectory(prefix="savedesk-bench-") as folder:
        home = Path(folder)
        day = operator(home, PANDAS_SUBSCRIBERS)
        floor = bench.floor_of("features", home)
        assert floor is not None
        line("savedesk", *timed(OURS, home), floor[0])
        line("pandas", *timed(PANDAS, home, day), floor[0])


if __name__ == "__main__":
    main()
