"""Top-level key ``readable_by``: who may read what the project writes."""

from typing import ClassVar, Literal

from savedesk.params.section import Section


class ReadableBy(Section):
    """Rights to all that names subscribers: lists, outcomes, tables, quarantine, runs."""

    key: ClassVar[str] = "readable_by"
    only_field: ClassVar[str] = "who"
    who: Literal["owner", "group"]

    @property
    def mask(self) -> int:
        """Rights that new files and folders do not get (umask)."""
        return 0o077 if self.who == "owner" else 0o027
