"""Section ``report``: what the page shows."""

from typing import ClassVar

from pydantic import Field

from savedesk.params.section import Section


class ReportParams(Section):
    """Length of the page's tables, and whether ids appear in it."""

    key: ClassVar[str] = "report"
    list_rows: int = Field(ge=0, le=1000)
    show_ids: bool
