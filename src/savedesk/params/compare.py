"""Section ``compare``: which runs are kept, which rows of two are the same, and from where on they differ."""

from typing import ClassVar

from pydantic import Field

from savedesk.params.section import Section


class CompareParams(Section):
    """Kept runs, comparable rows and the level of a verdict."""

    key: ClassVar[str] = "compare"
    kept_runs: int = Field(ge=2, le=10_000)
    minimum_common_share: float = Field(gt=0, le=1)
    interval: float = Field(gt=0.5, lt=1)
    seed_difference: float = Field(ge=0, lt=1)
