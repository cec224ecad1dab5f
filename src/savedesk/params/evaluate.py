"""Section ``evaluate``: how the figures are made."""

from typing import Annotated, ClassVar

from pydantic import Field

from savedesk.params.section import Section


class EvaluateParams(Section):
    """Intervals, shares and the constants of MPC and EMPC (Verbraken et al. 2013)."""

    key: ClassVar[str] = "evaluate"
    bootstrap_rounds: int = Field(ge=10, le=10_000)
    interval: float = Field(gt=0.5, lt=1)
    seed: int = Field(ge=0)
    top_shares: tuple[Annotated[float, Field(gt=0, le=1)], ...]
    calibration_bins: int = Field(ge=2, le=100)
    coverage_bins: int = Field(ge=1, le=1000)
    minimum_slice_rows: int = Field(ge=2)
    survival_minimum_rows: int = Field(ge=1)
    drift_rows: int = Field(ge=100)
    capacity_share: float = Field(gt=0, le=1)
    empc_alpha: float = Field(gt=0)
    empc_beta: float = Field(gt=0)
    empc_clv: float = Field(gt=0)
    empc_incentive_cost: float = Field(gt=0)
    empc_contact_cost: float = Field(gt=0)
