"""Section ``ingest``: how much dirt a raw table may hold."""

from typing import ClassVar

from pydantic import Field

from savedesk.params.section import Section


class IngestParams(Section):
    """Limits of the quarantine."""

    key: ClassVar[str] = "ingest"
    max_quarantined_share: float = Field(ge=0, le=1)
    max_text_length: int = Field(ge=1)
    max_line_mb: int = Field(ge=1, le=1024)
