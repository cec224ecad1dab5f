"""Top-level key ``language``: the language of reasons, lists and report."""

from typing import ClassVar, Literal

from savedesk.params.section import Section


class Language(Section):
    """Language of everything that a save desk reads."""

    key: ClassVar[str] = "language"
    only_field: ClassVar[str] = "code"
    code: Literal["en", "zh"]
