"""Section ``features``: which families are computed, and what is odd about one that is tried."""

from typing import ClassVar

from pydantic import Field

from savedesk.params.section import Section
from savedesk.schemas.attributes import Family


class FeaturesParams(Section):
    """Feature families in use (all by default), and where train and `savedesk feature try` warn."""

    key: ClassVar[str] = "features"
    families: tuple[Family, ...] = Field(min_length=1)
    suspicious_auc: float = Field(gt=0.5, le=1)
    shifted_psi: float = Field(gt=0)
