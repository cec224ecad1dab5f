"""Section ``summarise``: bands, periods and rules of the tables that the report shows."""

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from savedesk.params.section import Section

Edges = tuple[Annotated[float, Field(ge=0)], ...]


class LoyaltyRules(BaseModel):
    """From which figures on somebody is loyal, and to what (docs/summarise.md)."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    good_score: float = Field(ge=1, le=10)
    poor_score: float = Field(ge=1, le=10)
    settled_months: float = Field(ge=0)
    long_months: float = Field(ge=0)
    falling_use: float = Field(ge=-1, le=0)
    discount_share: float = Field(gt=0, le=1)
    price_gap: float = Field(ge=0, le=1)
    few_rivals: float = Field(ge=0)

    @model_validator(mode="after")
    def _poor_lies_below_good(self) -> "LoyaltyRules":
        if self.poor_score >= self.good_score:
            message = f"poor_score is not below good_score; allowed: 1 to below {self.good_score:g}"
            raise ValueError(message)
        return self


class SummariseParams(Section):
    """Bands, periods and rules."""

    key: ClassVar[str] = "summarise"
    interval: float = Field(gt=0.5, lt=1)
    most_cards: int = Field(ge=0, le=100_000)
    price_rise_days: int = Field(ge=1, le=3660)
    price_rise_edges: Edges
    bill_shock_edges: Edges
    plan_misfit_edges: Edges
    competitor_campaign_edges: Edges
    competitor_price_edges: Edges
    late_days: int = Field(ge=0, le=3660)
    tenure_months: int = Field(ge=1, le=600)
    survey_months: int = Field(ge=1, le=60)
    survey_periods: int = Field(ge=1, le=60)
    answer_months: int = Field(ge=1, le=60)
    minimum_churners: int = Field(ge=1)
    loyalty: LoyaltyRules

    @model_validator(mode="after")
    def _edges_rise(self) -> "SummariseParams":
        for name, edges in self:
            if name.endswith("_edges") and (not edges or list(edges) != sorted(set(edges))):
                message = f"{name} must hold at least one number and rise"
                raise ValueError(message)
        return self
