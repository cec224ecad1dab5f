"""What every group of the section ``simulator`` is built from."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Memory = Annotated[float, Field(ge=0, lt=1)]

ROUNDING = 1e-6


def _whole(shares: tuple[float, ...]) -> tuple[float, ...]:
    if abs(sum(shares) - 1) > ROUNDING:
        message = f"{list(shares)} add up to {sum(shares):g}; allowed: shares of a whole, which add up to 1"
        raise ValueError(message)
    return shares


def _rising(ends: tuple[float, float]) -> tuple[float, float]:
    if ends[0] > ends[1]:
        message = f"{list(ends)}; allowed: the smallest first, then the largest"
        raise ValueError(message)
    return ends


Shares = Annotated[tuple[Share, ...], AfterValidator(_whole)]
Shares3 = Annotated[tuple[Share, Share, Share], AfterValidator(_whole)]
Range = Annotated[tuple[Share, Share], AfterValidator(_rising)]
Ages = Annotated[tuple[int, int], AfterValidator(_rising)]


class Part(BaseModel):
    """A frozen group of parameters. A description reads "meaning; unit; source of the value".

    "Assumed" means a round figure that looks plausible; "tuned" means set so that the figures of docs/simulator.md fall
    into their bands.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
