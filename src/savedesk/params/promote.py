"""Section ``promote``: how much worse than the champion a model may be and still take its place."""

from typing import ClassVar

from pydantic import Field

from savedesk.params.section import Section


class PromoteParams(Section):
    """Limits of the gate."""

    key: ClassVar[str] = "promote"
    profit_loss: float = Field(ge=0, lt=1)
    log_loss_rise: float = Field(ge=0)
    ece_rise: float = Field(ge=0, lt=1)
    slice_profit_loss: float = Field(ge=0, lt=1)
    slice_share: float = Field(ge=0, lt=1)
    slice_log_loss_rise: float = Field(ge=0)
    minimum_overlap: float = Field(ge=0, le=1)
