"""Section ``features``: which families are computed."""

from typing import ClassVar, Literal

from pydantic import Field

from savedesk.params.section import Section

Family = Literal[
    "usage",
    "tenure",
    "price_sensitivity",
    "complaints",
    "billing",
    "network_quality",
    "competition",
    "contact_history",
    "satisfaction",
    "attributes",
]


class FeaturesParams(Section):
    """Feature families in use; all by default."""

    key: ClassVar[str] = "features"
    families: tuple[Family, ...] = Field(min_length=1)
