"""The same input gives the same bytes, however the engine's threads are timed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pytest
from tests.project import make_project, run_stages
from tests.tables import cohort_params

from savedesk.engine.duckdb import open_duckdb
from savedesk.params.engine import EngineParams
from savedesk.schemas import cohort, features
from savedesk.stages.features.declaration import features_of
from savedesk.stages.features.replay import feature_values
from savedesk.stages.features.stage import FACTS, FAMILIES

RUNS = 5
SUBSCRIBERS = 6000  # more than 122,880 bills, so that DuckDB gives each thread a part of them
EVERY = [feature for family in FAMILIES.values() for feature in features_of(family)]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = make_project(tmp_path_factory.mktemp("twice") / "p", "simulated", simulator={"subscribers": SUBSCRIBERS})
    run_stages(project, ["ingest", "cohort"])
    return project


def digest_of_a_run(home: Path, target: Path, threads: int) -> str:
    with open_duckdb(EngineParams(name="duckdb", threads=threads, memory_limit_gb=4)) as engine:
        tables = {table.name: engine.read(table, home / table.path) for table in FACTS}
        assert tables["bills"].count().execute() > 122_880
        people = engine.read(cohort.TABLE, home / cohort.TABLE.path)
        day = pd.Timestamp(people.as_of.max().execute()).date()
        ((_, values),) = feature_values(engine, tables, people, [day], cohort_params(), EVERY)
        part = target / features.TABLE.part_name(day)
        engine.write(values, features.TABLE, part)
    return hashlib.sha256(part.read_bytes()).hexdigest()


def test_five_runs_on_two_threads_and_one_on_one_give_the_same_bytes(home: Path, tmp_path: Path) -> None:
    threads = [2] * RUNS + [1]
    digests = {digest_of_a_run(home, tmp_path / str(number), count) for number, count in enumerate(threads)}
    assert len(digests) == 1
