"""attributes: of source.yaml: what an operator says about a column of attributes.sql."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from savedesk.schemas.attributes import DICTIONARY
from savedesk.stages.ingest.raw_file import Part
from savedesk.stages.ingest.wrong_key import nearest


def _known_family(family: str) -> str:
    allowed = DICTIONARY.column("family").allowed
    if family not in allowed:
        message = f"unknown family {family!r}; {nearest(family, allowed)}; allowed: {', '.join(allowed)}"
        raise ValueError(message)
    return family


class Attribute(Part):
    """Declaration of one column of attributes.sql; it becomes a row of the attribute dictionary, which see."""

    dtype: Literal["string", "int64", "float64", "boolean"]
    family: Annotated[str, AfterValidator(_known_family)]
    meaning: str = Field(min_length=1)
    unit: str | None = None
    direction: Literal[-1, 0, 1] = 0
    reason: str | None = None
    speaks_from: float | None = None
    speaks_to: float | None = None
    sentence_en: str | None = None
    sentence_zh: str | None = None

    @model_validator(mode="after")
    def _speaks_if_it_has_a_reason(self) -> Attribute:
        given = {bool(self.reason), bool(self.sentence_en), bool(self.sentence_zh)}
        if len(given) > 1:
            message = "reason, sentence_en and sentence_zh belong together: give all three, or none"
            raise ValueError(message)
        for sentence in (self.sentence_en, self.sentence_zh):
            if sentence and set(re.findall(r"\{[^}]*\}?", sentence)) - {"{value}"}:
                message = f"{sentence!r} may hold {{value}} and no other braces"
                raise ValueError(message)
        return self
