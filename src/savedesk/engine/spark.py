"""Spark: for operators who outgrow a machine. Local, or an existing cluster; see docs/spark.md."""

from __future__ import annotations

import importlib.util
import logging
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa
from ibis.backends.sql.dialects import PySpark

from savedesk.engine.base import Engine, Problem
from savedesk.engine.spill import spill_folder
from savedesk.errors import MissingInputError
from savedesk.params.engine import EngineParams

INSTALL = "install Savedesk's Spark extra and a Java runtime (docs/spark.md), or set engine.name to duckdb"
QUIET = Path(__file__).with_name("log4j2.properties")


_ANSI = "spark.sql.ansi.enabled"
# sqlglot writes these as \\a, \\v and \\f, which Spark reads as the letters a, v and f.
_CONTROL_CHARACTERS = {sign: f"\\u{ord(sign):04x}" for sign in "\a\v\f"}


class SparkEngine(Engine):
    """Ibis on Spark. Tables are data frames that Spark keeps, in memory and beyond that on disk."""

    name = "spark"

    def __init__(self, session: Any, threads: int) -> None:
        """Take an open session."""
        super().__init__(ibis.pyspark.connect(session))
        self.session = session
        self._threads = threads

    @property
    def threads(self) -> int:
        """How many threads the driver may use."""
        return self._threads

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """What it raises where a statement or a file is wrong."""
        from py4j.protocol import Py4JError  # noqa: PLC0415 - there with Spark only
        from pyspark.errors import PySparkException  # noqa: PLC0415

        return (PySparkException, Py4JError)

    def show(
        self,
        name: str,
        files: Sequence[Path | str],
        folders: Sequence[str] = (),
        zones: Mapping[str, str] | None = None,
    ) -> Any:
        """Show parquet files under a name to SQL."""
        from pyspark.sql import functions  # noqa: PLC0415 - there with Spark only

        places = dict.fromkeys(str(path).partition("**")[0].rstrip("/") for path in files)
        reader = self.session.read.option("recursiveFileLookup", "true").option("mergeSchema", "true")
        frame = reader.parquet(*places)
        for column, zone in (zones or {}).items():
            frame = frame.withColumn(column, functions.from_utc_timestamp(frame[f"`{column}`"], zone))
        for column in folders:
            place = functions.col("_metadata.file_path")
            said = functions.regexp_extract(place, f".*/{re.escape(column)}=([^/]*)/", 1)
            # The address of the file is encoded as well, so what a folder encodes is encoded twice.
            frame = frame.withColumn(column, functions.url_decode(functions.url_decode(said)))
        return self._view(frame, name)

    def names_of(self, select: str) -> list[str]:
        """Return the names of a SELECT's columns."""
        with self._strict():
            return list(self.session.sql(select).columns)

    def problem(self, error: Exception) -> Problem:
        """Return the first line of what Spark says, without its code and its state."""
        lines = [line for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
        message = re.sub(r"^\[[A-Z_.0-9]+\] | SQLSTATE: \w+.*$", "", lines[0].strip())
        condition = str(getattr(error, "getCondition", lambda: "")())
        if condition.startswith("UNRESOLVED_COLUMN"):
            return Problem("column", message)
        if condition == "TABLE_OR_VIEW_NOT_FOUND":
            return Problem("table", message)
        if condition.startswith(("CAST_INVALID_INPUT", "CANNOT_PARSE_TIMESTAMP", "DIVIDE_BY_ZERO")):
            return Problem("value", message)
        return Problem("other", message)

    def define(self, statement: str) -> None:
        """Make a temporary function."""
        with self._strict():
            self.session.sql(statement)

    def query(self, name: str, select: str) -> Any:
        """Make a temporary view of a SELECT; whatever cannot be cast in it is an error, not quietly missing."""
        with self._strict():
            return self._view(self.session.sql(select), name)

    def numbered(self, expression: Any, column: str, name: str) -> Any:
        """Number the rows by their place in the partitions, and keep them so.

        Rows that were lost and computed anew might get other numbers, so this cuts them off from where they come from:
        if an executor is lost, the stage fails.
        """
        from pyspark.sql.functions import monotonically_increasing_id  # noqa: PLC0415 - there with Spark only

        frame = self._frame(expression).select(monotonically_increasing_id().alias(column), "*")
        return self._view(frame.localCheckpoint(), name)

    def write_csv(self, expression: Any, path: Path) -> None:
        """Let one executor write all rows, and take its file out of the folder."""
        folder = path.with_name(f"{path.name}.parts")
        writer = self._frame(expression).coalesce(1).write.mode("overwrite")
        writer.option("header", "true").option("escape", '"').option("emptyValue", "").csv(str(folder))
        next(folder.glob("part-*.csv")).replace(path)
        shutil.rmtree(folder)

    def write_ordered(self, expression: Any, key: Sequence[str], path: Path) -> None:
        """Write a folder of parquet files: rows are dealt out by the key and lie in its order in each."""
        frame = self._frame(expression)
        parts = int(self.session.conf.get("spark.sql.shuffle.partitions"))
        frame = frame.repartition(parts, *key).sortWithinPartitions(*key)
        frame.write.mode("overwrite").option("compression", "zstd").parquet(str(path))
        _tidy(path)

    def repeatable(self, expression: Any, name: str) -> Callable[[], Any]:
        """Translate an expression once; each call plans it over the tables as they are then."""
        statement = self._statement(expression)

        def compute() -> Any:
            return self._view(self._computed(self.session.sql(statement)), name)

        return compute

    def map_frames(self, table: Any, function: Callable[[pd.DataFrame], pd.DataFrame], schema: ibis.Schema) -> Any:
        """Run the function on the executors, on one batch of rows after the other."""
        from ibis.backends.pyspark.datatypes import PySparkSchema  # noqa: PLC0415 - there with Spark only

        def over(frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
            for frame in frames:
                if len(frame):
                    yield function(frame)

        mapped = self._frame(table).mapInPandas(over, PySparkSchema.from_ibis(schema))
        return self._view(mapped, ibis.util.gen_name("mapped"))

    def taken(self, rows: pa.Table) -> Any:
        """Return rows of this process as an Ibis table."""
        return self._view(self.session.createDataFrame(rows), ibis.util.gen_name("taken"))

    def close(self) -> None:
        """Stop the session."""
        self.session.stop()

    def _computed(self, frame: Any) -> Any:
        """Return the rows of a frame without how they came about.

        A cached frame keeps the plans of all that it was made from, and planning over a dozen of such takes minutes.
        In a checkpoint folder that all machines see the rows outlive a lost one; else they lie on the executors.
        """
        if self.session.conf.get("spark.checkpoint.dir", None):
            return frame.checkpoint()
        return frame.localCheckpoint()

    @contextmanager
    def _strict(self) -> Iterator[None]:
        """Have what is parsed meanwhile fail where it would else quietly give no value."""
        self.session.conf.set(_ANSI, "true")
        try:
            yield
        finally:
            self.session.conf.set(_ANSI, "false")

    def _view(self, frame: Any, name: str) -> Any:
        frame.createOrReplaceTempView(name)
        return self.connection.table(name)

    def _statement(self, expression: Any) -> str:
        self.connection._run_pre_execute_hooks(expression)  # noqa: SLF001 - shows Spark what lies in this process
        return str(self.connection.compile(expression))

    def _frame(self, expression: Any) -> Any:
        return self.session.sql(self._statement(expression))


def _tidy(path: Path) -> None:
    """Leave the data files alone in the folder, under names that do not differ from run to run."""
    for number, part in enumerate(sorted(path.glob("part-*.parquet"))):
        part.rename(path / f"part-{number:05d}.parquet")
    for other in [entry for entry in path.iterdir() if not entry.name.startswith("part-")]:
        shutil.rmtree(other) if other.is_dir() else other.unlink()


@contextmanager
def open_spark(params: EngineParams) -> Iterator[SparkEngine]:
    """Open a Spark session with the settings of params.yaml, and stop it afterwards.

    Raises:
        MissingInputError: no pyspark, no Java, or no cluster at the address.
    """
    if importlib.util.find_spec("pyspark") is None:
        raise MissingInputError("pyspark is not installed", where="params.yaml: engine.name", next_step=INSTALL)
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        raise MissingInputError("there is no Java to run Spark", where="params.yaml: engine.name", next_step=INSTALL)
    PySpark.ESCAPED_SEQUENCES |= _CONTROL_CHARACTERS
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)  # prints each error as a page of JSON
    with spill_folder() as spill:
        engine = SparkEngine(_session(params, spill), params.threads)
        try:
            yield engine
        finally:
            engine.close()


def _session(params: EngineParams, spill: Path) -> Any:
    from pyspark.errors import PySparkException  # noqa: PLC0415 - there with Spark only
    from pyspark.sql import SparkSession  # noqa: PLC0415

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("savedesk")
    for key, value in _settings(params, spill).items():
        builder = builder.config(key, value)
    try:
        return builder.getOrCreate()
    except (PySparkException, OSError, RuntimeError) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise MissingInputError(
            f"Spark does not start: {said}", where="params.yaml: engine.spark", next_step="see docs/spark.md"
        ) from error


def _settings(params: EngineParams, spill: Path) -> Mapping[str, str]:
    """Return Spark's settings: those that results depend on, those of this machine, then the user's own."""
    own: dict[str, str] = {
        "spark.sql.session.timeZone": "UTC",
        _ANSI: "false",  # a division by zero is missing, as on DuckDB
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.sql.parquet.binaryAsString": "true",  # Impala and Hive wrote texts so
        "spark.sql.jsonGenerator.ignoreNullFields": "false",  # an absent value stays in a JSON object, as on DuckDB
        "spark.sql.constraintPropagation.enabled": "false",  # else unions of kept tables fail
        "spark.sql.warehouse.dir": str(spill / "warehouse"),
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
    }
    if params.spark.master is None:
        own |= {
            "spark.master": f"local[{params.threads}]",
            "spark.driver.memory": f"{max(1, int(params.memory_limit_gb))}g",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={QUIET}",
            "spark.local.dir": str(spill),
            "spark.sql.shuffle.partitions": str(2 * params.threads),
            "spark.ui.enabled": "false",
        }
    else:
        own["spark.master"] = params.spark.master
    return own | params.spark.settings
