"""Section ``features``: which families are computed, and what is odd about one that is tried."""

from typing import ClassVar

from pydantic import Field, field_validator

from savedesk.params.section import Section
from savedesk.schemas.attributes import FAMILIES, Family

ALL = "all"


class FeaturesParams(Section):
    """Feature families in use (all by default), and where train and `savedesk feature try` warn."""

    key: ClassVar[str] = "features"
    families: tuple[Family, ...] = Field(min_length=1)
    suspicious_auc: float = Field(gt=0.5, le=1)
    shifted_psi: float = Field(gt=0)

    @field_validator("families", mode="before")
    @classmethod
    def _all_of_them(cls, given: object) -> object:
        if given == ALL:
            return FAMILIES
        if not isinstance(given, list | tuple):
            raise ValueError(f"input should be {ALL!r} or a list")  # noqa: TRY004 - pydantic wants this one
        return given
