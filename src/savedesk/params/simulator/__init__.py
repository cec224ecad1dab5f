"""Section ``simulator``: the invented operator behind the source ``simulated``."""

import datetime as dt
from typing import ClassVar

from pydantic import Field, model_validator

from savedesk.params.section import Section
from savedesk.params.simulator.actions import ActionParams, CampaignParams, SimulatedAction, TruthParams
from savedesk.params.simulator.care import CareParams, MarketParams, SurveyParams
from savedesk.params.simulator.leaving import HazardParams
from savedesk.params.simulator.money import BillingParams, PriceParams, SimulatedPlan
from savedesk.params.simulator.people import PopulationParams, UsageParams

__all__ = ["SimulatedAction", "SimulatedPlan", "SimulatorParams"]


class SimulatorParams(Section):
    """The simulated operator."""

    key: ClassVar[str] = "simulator"
    file: ClassVar[str] = "simulator.yaml"
    subscribers: int = Field(ge=50, description="lines on the books at any time; subscribers; assumed")
    months: int = Field(ge=3, le=240, description="simulated months; months; assumed: two years of history")
    first_month: dt.date = Field(description="first day of the data; date; assumed")
    seed: int = Field(ge=0, description="seed of every draw; integer; any")
    burn_in_months: int = Field(ge=0, le=120, description="simulated before, not written; months; tuned")
    chunk_subscribers: int = Field(
        ge=50, description="lines simulated at a time; memory grows with it; subscribers; measured"
    )
    plans: tuple[SimulatedPlan, ...] = Field(min_length=2, description="plans on sale")
    population: PopulationParams = Field(description="who the subscribers are")
    usage: UsageParams = Field(description="how much they use")
    billing: BillingParams = Field(description="what they pay, and when")
    prices: PriceParams = Field(description="price rises and plan changes")
    care: CareParams = Field(description="complaints")
    surveys: SurveyParams = Field(description="opinions that few give")
    market: MarketParams = Field(description="networks and competitors by region")
    hazard: HazardParams = Field(description="why they leave")
    actions: ActionParams = Field(description="what contacts do")
    campaigns: CampaignParams = Field(description="past contacts with a control arm")
    truth: TruthParams = Field(description="windows of the true chance of churn")

    @model_validator(mode="after")
    def _starts_on_a_month(self) -> "SimulatorParams":
        if self.first_month.day != 1:
            message = f"simulator.first_month is {self.first_month}; allowed: the first day of a month"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _weak_processes_lie_in_a_region(self) -> "SimulatorParams":
        for weak in self.surveys.weak_processes:
            if weak.region not in self.population.regions:
                message = (
                    f"simulator.surveys.weak_processes names region {weak.region!r}; allowed: those of "
                    "simulator.population.regions"
                )
                raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _contacts_come_before_the_window(self) -> "SimulatorParams":
        if self.campaigns.contact_days > self.truth.lead_days:
            message = (
                f"simulator.campaigns.contact_days is {self.campaigns.contact_days}; allowed: at most "
                f"simulator.truth.lead_days ({self.truth.lead_days}), so that every contact comes before the window"
            )
            raise ValueError(message)
        return self
