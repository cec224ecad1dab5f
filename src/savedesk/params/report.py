"""Section ``report``: what the pages show."""

from typing import ClassVar

from savedesk.params.section import Section


class ReportParams(Section):
    """Whether ids appear in the report."""

    key: ClassVar[str] = "report"
    show_ids: bool
