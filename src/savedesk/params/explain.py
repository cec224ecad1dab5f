"""Section ``explain``: whose risk is explained, and which reasons are shown."""

from typing import ClassVar

from pydantic import Field

from savedesk.params.section import Section


class ExplainParams(Section):
    """Candidates and reasons."""

    key: ClassVar[str] = "explain"
    max_candidates: int = Field(ge=1, le=1_000_000_000)
    max_contacts: int = Field(ge=0, le=1_000_000_000)
    minimum_contribution: float = Field(ge=0)
    parts: int = Field(ge=1, le=10)
    agreed_top: int = Field(ge=1)
