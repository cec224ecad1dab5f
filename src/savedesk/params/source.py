"""Top-level key ``source``: the operator whose folder under data/sources is used."""

from typing import ClassVar

from pydantic import Field

from savedesk.params.section import Section


class SourceName(Section):
    """Name of the source folder."""

    key: ClassVar[str] = "source"
    only_field: ClassVar[str] = "name"
    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
