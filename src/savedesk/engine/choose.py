"""The one place where the engine is chosen."""

from __future__ import annotations

from contextlib import AbstractContextManager

from savedesk.engine.base import Engine
from savedesk.engine.duckdb import open_duckdb
from savedesk.engine.spark import open_spark
from savedesk.params.engine import EngineParams

# The stages whose tables grow with the subscribers times the months. The others work on the scores and the candidates
# of few dates and stay in DuckDB, which reads what Spark wrote.
ON_SPARK = frozenset({"ingest", "cohort", "features", "train", "score"})


def open_engine(params: EngineParams, stage: str) -> AbstractContextManager[Engine]:
    """Open the engine of a stage.

    Raises:
        MissingInputError: Spark is asked for and cannot be had.
    """
    return open_spark(params) if params.name == "spark" and stage in ON_SPARK else open_duckdb(params)
