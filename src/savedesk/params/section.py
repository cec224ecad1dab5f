"""The base of every section of params.yaml."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A frozen, validated section.

    ``key`` is its name at the top of params.yaml. A section that is a plain value there has an ``only_field``. A
    section with a ``file`` lies in that file of the source's folder instead, and is absent where the file is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    key: ClassVar[str]
    only_field: ClassVar[str] = ""
    file: ClassVar[str] = ""
