"""Section ``compare``: which runs are kept, and which rows of two of them are the same."""

from typing import ClassVar

from pydantic import Field

from savedesk.params.section import Section


class CompareParams(Section):
    """Kept runs and comparable rows."""

    key: ClassVar[str] = "compare"
    kept_runs: int = Field(ge=2, le=10_000)
    minimum_common_share: float = Field(gt=0, le=1)
