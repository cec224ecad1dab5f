"""Section ``features``: which families are computed."""

from typing import ClassVar

from savedesk.params.section import Section


class FeaturesParams(Section):
    """Feature families in use; all by default."""

    key: ClassVar[str] = "features"
    families: tuple[str, ...]
