"""Section ``engine``: where tables are held and computed."""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from savedesk.params.section import Section


class SparkParams(BaseModel):
    """Where Spark runs and Spark's own settings; read only where ``engine.name`` is spark.

    Args:
        master: address of a cluster (``spark://host:7077``, ``yarn``, ``k8s://...``); absent: this machine.
        settings: Spark's own keys and values, laid over those that Savedesk sets.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    master: str | None = None
    settings: dict[str, str] = Field(default_factory=dict)


class EngineParams(Section):
    """The engine and its resources on this machine."""

    key: ClassVar[str] = "engine"
    name: Literal["duckdb", "spark"]
    threads: int = Field(ge=1, le=256)
    memory_limit_gb: float = Field(gt=0.2)
    spark: SparkParams = SparkParams()
