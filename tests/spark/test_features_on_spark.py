"""The same expressions on both engines: cohort, all features and scores of the simulated operator agree to 1e-9."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Any

import ibis
import pyarrow.parquet as pq
import pytest
from tests.learning import learnable
from tests.simulated import operator
from tests.tables import Silent, run, save, sections, table

from savedesk.engine.base import Engine
from savedesk.engine.duckdb import open_duckdb
from savedesk.engine.spark import SparkEngine
from savedesk.params.cohort import CohortParams
from savedesk.params.engine import EngineParams
from savedesk.pipeline.inputs import Inputs
from savedesk.pipeline.runner import _typed
from savedesk.schemas import cohort
from savedesk.stages.cohort.dated import dated_cohort
from savedesk.stages.cohort.usage_known import usage_known
from savedesk.stages.cohort.windows import as_of_dates, windows
from savedesk.stages.features.declaration import features_of
from savedesk.stages.features.replay import feature_values
from savedesk.stages.features.stage import FACTS, FAMILIES
from savedesk.stages.score import stage as score

pytestmark = pytest.mark.xdist_group("spark")  # one session, in one process
AS_OF = dt.date(2025, 4, 1)
LOST = dt.date(2025, 1, 1)
EVERY = [feature for family in FAMILIES.values() for feature in features_of(family)]
PARAMS = sections()["cohort"]
assert isinstance(PARAMS, CohortParams)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2,000 simulated subscribers; their tables as files."""
    root = tmp_path_factory.mktemp("operator")
    given = operator(subscribers=2000, months=17)
    for contract in FACTS:
        columns = given.get(contract.name)
        content = table(contract, []) if columns is None else columns
        if "known_on" in contract.column_names and "known_on" not in content.column_names:
            content = table(contract, content.to_pylist())
        save(root, contract, content)
    return root


def cohort_on(engine: Engine, root: Path) -> Any:
    tables = {contract.name: engine.read(contract, root / contract.path) for contract in FACTS}
    first, last = dt.date(2024, 1, 1), dt.date(2025, 6, 1)
    known = usage_known(engine, tables["usage"], first, as_of_dates(PARAMS, first, last), PARAMS)
    spine = windows(PARAMS, first, last, known.until, known.lag_days, known.gaps)
    dated = dated_cohort(engine, tables, spine, PARAMS, known)
    return engine.materialise(_typed(cohort.TABLE, dated, engine), "cohort_made")


def features_on(engine: Engine, root: Path) -> dict[str, dict[str, Any]]:
    """Return every feature, where most usage of one month was never delivered."""
    tables = {contract.name: engine.read(contract, root / contract.path) for contract in FACTS}
    people, used = cohort_on(engine, root), tables["usage"]
    lost = used.month == ibis.date(LOST.year, LOST.month, LOST.day)
    tables["usage"] = used.filter(~lost | used.subscriber_id.endswith("0"))
    ((_, values),) = feature_values(engine, tables, people, [AS_OF], PARAMS, EVERY)
    return {row["subscriber_id"]: row for row in values.to_pyarrow().to_pylist()}


def duckdb(threads: int = 2) -> Any:
    return open_duckdb(EngineParams(name="duckdb", threads=threads, memory_limit_gb=2))


def equal(value: Any, other: Any) -> bool:
    if isinstance(value, float) and isinstance(other, float):
        return math.isclose(value, other, rel_tol=1e-9, abs_tol=0)
    return bool(value == other)


def test_the_cohort_is_the_same(spark: SparkEngine, files: Path) -> None:
    with duckdb() as engine:
        expected = cohort_on(engine, files).to_pyarrow().to_pylist()
    on_spark = cohort_on(spark, files).to_pyarrow().to_pylist()
    key = ("subscriber_id", "as_of")
    assert len(expected) > 10_000
    assert sorted(on_spark, key=lambda row: [str(row[n]) for n in key]) == sorted(
        expected, key=lambda row: [str(row[n]) for n in key]
    )


def test_every_feature_is_the_same(spark: SparkEngine, files: Path) -> None:
    with duckdb() as engine:
        expected = features_on(engine, files)
    on_spark = features_on(spark, files)
    assert on_spark.keys() == expected.keys()
    assert len(expected) > 1800
    different = {
        feature.name: next(
            (who, row[feature.name], on_spark[who][feature.name])
            for who, row in expected.items()
            if not equal(row[feature.name], on_spark[who][feature.name])
        )
        for feature in EVERY
        if any(not equal(row[feature.name], on_spark[who][feature.name]) for who, row in expected.items())
    }
    assert different == {}


def test_scores_are_the_same_and_are_made_where_the_rows_lie(spark: SparkEngine, tmp_path: Path) -> None:
    root = learnable(tmp_path, per_date=60)
    run(root, "train", train={"max_rounds": 20, "minimum_churners_per_type": 50, "minimum_category_rows": 10})

    def scored(engine: Engine) -> list[dict[str, Any]]:
        outputs = score.run(Inputs(root, engine, score.READS, sections(), Silent()))
        rows = [row for name in ("scores", "baseline_scores") for row in outputs[name].to_pyarrow().to_pylist()]
        return sorted(rows, key=lambda row: (len(row), str(row["as_of"]), row["subscriber_id"]))

    with duckdb() as engine:
        expected = scored(engine)
    on_spark = scored(spark)
    assert len(on_spark) == len(expected) == 120 + 60  # the baselines score the test date alone
    assert all(equal(row[name], other[name]) for row, other in zip(on_spark, expected, strict=True) for name in row)


def test_what_spark_writes_duckdb_reads(spark: SparkEngine, files: Path, tmp_path: Path) -> None:
    tables = {contract.name: spark.read(contract, files / contract.path) for contract in FACTS}
    path = tmp_path / "usage.parquet"
    contract = next(contract for contract in FACTS if contract.name == "usage")
    rows = spark.write(tables["usage"], contract, path)
    assert path.is_dir()
    assert min(part.name for part in path.iterdir()) == "part-00000.parquet"
    with duckdb() as engine:
        assert engine.read(contract, path).count().execute() == rows == pq.read_table(files / contract.path).num_rows
