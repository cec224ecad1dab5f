"""Section ``value``: from bills to the money that leaves with a subscriber."""

from typing import ClassVar

from pydantic import Field, model_validator

from savedesk.params.section import Section


class ValueParams(Section):
    """Margin, horizon, discount and tiers (docs/policy.md)."""

    key: ClassVar[str] = "value"
    margin_months: int = Field(ge=1, le=24)
    variable_cost_share: float = Field(ge=0, lt=1)
    bad_debt_days: int = Field(ge=1, le=36_500)
    bad_debt_prior_bills: float = Field(ge=0)
    own_hazard_share: float = Field(ge=0, le=1)
    tail_months: int = Field(ge=1, le=12)
    horizon_months: int = Field(ge=1, le=120)
    annual_discount_rate: float = Field(ge=0, lt=1)
    key_value_share: float = Field(gt=0, lt=1)
    core_value_share: float = Field(gt=0, le=1)
    doubtful_gain_share: float = Field(gt=0)
    doubtful_saved_share: float = Field(gt=0, le=1)

    @model_validator(mode="after")
    def _core_lies_below_key(self) -> "ValueParams":
        if self.core_value_share < self.key_value_share:
            message = f"core_value_share is below key_value_share; allowed: {self.key_value_share:g} to 1"
            raise ValueError(message)
        return self
