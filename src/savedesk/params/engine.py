"""Section ``engine``: where tables are held and computed."""

from typing import ClassVar, Literal

from pydantic import Field

from savedesk.params.section import Section


class EngineParams(Section):
    """DuckDB's resources."""

    key: ClassVar[str] = "engine"
    name: Literal["duckdb"]
    threads: int = Field(ge=1, le=256)
    memory_limit_gb: float = Field(gt=0.2)
