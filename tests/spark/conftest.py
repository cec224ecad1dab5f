"""One Spark session for all tests of this folder."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator

import pytest

from savedesk.engine.spark import QUIET, SparkEngine, open_spark
from savedesk.params.engine import EngineParams, SparkParams

# Tests are many short statements: compiling them well takes longer than running them.
QUICK = {
    "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={QUIET} -XX:TieredStopAtLevel=1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "2",
}


@pytest.fixture(scope="session")
def spark_session() -> Iterator[SparkEngine]:
    """Spark on this machine; the tests are skipped without it."""
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("pyspark is not installed: it comes with the extra `spark`")
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        pytest.skip("there is no Java to run Spark")
    params = EngineParams(name="spark", threads=2, memory_limit_gb=2, spark=SparkParams(settings=QUICK))
    with open_spark(params) as engine:
        yield engine


@pytest.fixture
def spark(spark_session: SparkEngine) -> SparkEngine:
    """The engine with no tables and functions of other tests in it."""
    return SparkEngine(spark_session.session.newSession(), spark_session.threads)
