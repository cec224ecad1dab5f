"""What every group of the section ``simulator`` is built from."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Memory = Annotated[float, Field(ge=0, lt=1)]


class Part(BaseModel):
    """A frozen group of parameters. A description reads "meaning; unit; source of the value".

    "Assumed" means a round figure that looks plausible; "tuned" means set so that the figures of docs/simulator.md fall
    into their bands.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
