"""Section ``score``: what happens to values that the model has not seen."""

from typing import ClassVar

from pydantic import Field

from savedesk.params.section import Section


class ScoreParams(Section):
    """Limits of scoring."""

    key: ClassVar[str] = "score"
    max_unseen_category_share: float = Field(ge=0, le=1)
    unseen_named_from_rows: int = Field(ge=1)
