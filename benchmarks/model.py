"""Train and score at size: `make bench` prints time and peak memory beside plain LightGBM on the same matrix.

The tables are drawn, not simulated: 150 columns with missing values, a few of them names, about 4 % churn, a year of
as_of dates with folds, and as many rows again to score at the newest one. Stages run as a user runs them, with the
shipped parameters. Plain LightGBM reads the same rows, and fits the same trees once on all of them, or predicts with
them. ``BENCH_MODEL_ROWS`` sets the rows.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import resource
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from tests.tables import table

from benchmarks import stages as bench
from savedesk.schemas import cohort, features, source_facts

ROWS = int(os.environ.get("BENCH_MODEL_ROWS", "1000000"))
COLUMNS, NAMES, CAUSES = 150, 4, 12
CHUNK = 50_000
CHURN = -4.2  # log-odds of the middle subscriber: about 4 % leave
DAY = dt.timedelta(days=1)
DATES = [dt.date(2024, 1, 1), *(dt.date(2024, month, 1) for month in range(2, 13))]
NEWEST = dt.date(2025, 6, 1)
FOLDS = 3
FOLLOWED_UNTIL = dt.date(2025, 3, 1)
LATER = 6  # of so many who stay one leaves after the outcome window
RIPENING = 105  # days from as_of until the label is known

READ = """
import sys, json, duckdb, numpy as np, lightgbm as lgb
home, role = sys.argv[1:]
about = json.load(open(home + "/models/trained/model.json"))
text = lambda c: "list_position(" + repr(c["categories"]) + ', "' + c["name"] + '") - 1'
cells = ", ".join(text(c) if c["dtype"] == "string" else '"' + c["name"] + '"' for c in about["columns"])
read = duckdb.connect(config={"threads": 2}).sql(
    f"SELECT churned, {cells} FROM "
    f"read_parquet('{home}/data/features/features/**/*.parquet', hive_partitioning = true) "
    f"JOIN read_parquet('{home}/data/cohort/cohort.parquet') c USING (subscriber_id, as_of) WHERE c.role = '{role}'"
).to_arrow_reader(100_000)
parts, target = [], []
for batch in read:
    target.append(batch.column(0).to_numpy(zero_copy_only=False))
    parts.append(np.column_stack([c.to_numpy(zero_copy_only=False) for c in batch.columns[1:]]).astype(np.float32))
matrix, target = np.concatenate(parts), np.concatenate(target)
del parts
"""
FIT = """
names = [place for place, c in enumerate(about["columns"]) if c["dtype"] == "string"]
for member in about["members"]:
    if "settings" in member:
        own = {**member["settings"], "objective": "binary", "num_threads": 2, "verbosity": -1}
        lgb.train(own, lgb.Dataset(matrix, target.astype(int), categorical_feature=names), member["rounds"])
"""
PREDICT = """
lgb.Booster(model_file=home + "/models/trained/churn.txt").predict(matrix, num_threads=2)
"""


def lay_out(home: Path, rows: int, seed: int = 7) -> None:
    """Write a project with cohort and features: ``rows`` to train on, and as many to score."""
    bench.prepare(home)
    draw = np.random.default_rng(seed)
    weights = draw.normal(size=(CAUSES, COLUMNS - NAMES)) * draw.exponential(size=COLUMNS - NAMES)
    missing = np.where(draw.random(COLUMNS - NAMES) < 0.4, draw.random(COLUMNS - NAMES) * 0.6, 0.0)
    people: list[pa.Table] = []
    for place, day in enumerate([*DATES, NEWEST]):
        count = rows if day == NEWEST else rows // len(DATES)
        fold = place - len(DATES) + FOLDS + 1 if len(DATES) - FOLDS <= place < len(DATES) else None
        path = home / features.TABLE.path / features.TABLE.part_name(day)
        path.parent.mkdir(parents=True)
        writer = None
        for start in range(0, count, CHUNK):
            part, left = _rows(draw, day, range(start, min(start + CHUNK, count)), weights, missing)
            held = part.drop_columns(["as_of"])
            writer = writer or pq.ParquetWriter(path, held.schema)
            writer.write_table(held)
            people.append(_cohort(day, part["subscriber_id"], left, fold))
        assert writer is not None
        writer.close()
    (home / "data" / "cohort").mkdir()
    pq.write_table(pa.concat_tables(people), home / cohort.TABLE.path)
    pq.write_table(table(features.DICTIONARY, list(_dictionary())), home / features.DICTIONARY.path)
    (home / source_facts.FILE.path).parent.mkdir(parents=True)
    (home / source_facts.FILE.path).write_text(json.dumps({"name": "simulated", "kind": "dated"}), encoding="utf-8")


def _rows(
    draw: np.random.Generator, day: dt.date, numbers: range, weights: np.ndarray, missing: np.ndarray
) -> tuple[pa.Table, np.ndarray]:
    """Draw the features of some subscribers at one as_of, and whether they left."""
    count = len(numbers)
    cause = draw.normal(size=(count, CAUSES))
    value = cause @ weights + draw.normal(size=(count, COLUMNS - NAMES))
    value[:, ::3] = np.exp(value[:, ::3] / 4)
    value[:, 1::6] = np.maximum(np.round(value[:, 1::6]), 0)
    value[draw.random(value.shape) < missing] = np.nan
    names = draw.integers(0, [3, 6, 12, 30], size=(count, NAMES))
    risk = CHURN + 0.9 * cause[:, 0] + 0.7 * np.maximum(cause[:, 1], 0) - 0.5 * cause[:, 2] * cause[:, 3]
    left = draw.random(count) < 1 / (1 + np.exp(-risk - 0.3 * (names[:, 0] == 1)))
    columns = {
        "subscriber_id": pa.array([f"s{number:07d}" for number in numbers]),
        "as_of": pa.array([day] * count, pa.date32()),
        **{f"number_{k:03d}": pa.array(value[:, k], from_pandas=True) for k in range(COLUMNS - NAMES)},
        **{f"name_{k}": pa.array(np.char.add("n", names[:, k].astype(str))) for k in range(NAMES)},
    }
    return pa.table(columns), left


def _cohort(day: dt.date, who: pa.ChunkedArray, left: np.ndarray, fold: int | None) -> pa.Table:
    count, known = len(who), day != NEWEST
    start, exits = day + 14 * DAY, np.full(count, None)
    later = np.flatnonzero(~left)[:: LATER if known else count]
    exits[left] = [start + int(k) % 60 * DAY for k in np.flatnonzero(left)]
    exits[later] = [start + (60 + int(k) % 300) * DAY for k in later]
    types = np.where(np.arange(count) % 3 == 0, "dormant", "cancelled")
    schema = table(cohort.TABLE, []).schema
    given = {
        "subscriber_id": who,
        "as_of": [day] * count,
        "role": ["train" if known else "score"] * count,
        "fold": [fold] * count,
        "outcome_start": [start] * count,
        "outcome_end": [start + 60 * DAY] * count,
        "churned": left if known else [None] * count,
        "churn_type": np.where(left & known, types, None),
        "label_known_on": [day + RIPENING * DAY] * count,
        "exit_on": [exit_on if known and exit_on and exit_on < FOLLOWED_UNTIL else None for exit_on in exits],
        "followed_until": [FOLLOWED_UNTIL if known else None] * count,
    }
    return pa.table(
        [
            pa.array(given.get(column.name, [None] * count), column.type) if column.name != "subscriber_id" else who
            for column in schema
        ],
        schema=schema,
    )


def _dictionary() -> Iterator[dict[str, object]]:
    for place in range(COLUMNS):
        name = f"name_{place}" if place < NAMES else f"number_{place - NAMES:03d}"
        dtype = "string" if place < NAMES else "float64"
        yield {"name": name, "family": "usage", "dtype": dtype, "window": "now", "meaning": name, "direction": 0}


Cost = tuple[float, float, float]  # wall seconds, seconds of all processors, peak megabytes


def cost(command: list[str], home: Path) -> Cost:
    """Return what a command takes. The processors' seconds say less of a busy machine than those of the wall."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds, peak = bench.measure(command, cwd=home)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, peak


def line(name: str, took: Cost, plain: Cost | None = None) -> None:
    """Print a line of the table."""
    ratios = [mine / other for mine, other in zip(took, plain, strict=True)] if plain else []
    beside = "".join(f"{ratio:>10.1f}" for ratio in ratios)
    print(f"{name:<24}{took[0]:>9.1f}{took[1]:>9.1f}{took[2]:>9,.0f}{beside}", flush=True)  # noqa: T201


def main() -> None:
    """Print the table."""
    print(f"train and score, {ROWS:,} rows x {COLUMNS} columns each; {os.cpu_count()} processors")  # noqa: T201
    print(f"{os.getloadavg()[0]:.1f} processes wanted to run in the last minute")  # noqa: T201
    heads = f"{'seconds':>9}{'cpu s':>9}{'peak MB':>9}{'x seconds':>10}{'x cpu':>10}{'x memory':>10}"
    print(f"{'':<24}{heads}")  # noqa: T201
    with tempfile.TemporaryDirectory(prefix="savedesk-bench-") as folder:
        home = Path(folder)
        lay_out(home, ROWS)
        for stage, role, work in (("train", "train", FIT), ("score", "score", PREDICT)):
            took = cost([sys.executable, "-m", "savedesk", stage, "--root", str(home)], home)
            plain = cost([sys.executable, "-c", READ + work, str(home), role], home)
            line(f"plain LightGBM, {stage}", plain)
            line(f"savedesk {stage}", took, plain)
        metrics = json.loads((home / "metrics" / "train.json").read_text(encoding="utf-8"))
        print(  # noqa: T201
            f"model: {metrics['members']}, {metrics['trees']} trees, "
            f"AUC {metrics['out_of_fold_auc_mean']:.4f} out of fold"
        )


if __name__ == "__main__":
    main()
