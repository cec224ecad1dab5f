"""Groups ``actions`` and ``campaigns``: what contacts do, and which were made."""

from typing import Literal

from pydantic import Field, model_validator

from savedesk.params.simulator.part import NotNegative, Part, Share
from savedesk.schemas.truth import ACTIONS, CAUSES

NEXT_MONTH, SECOND_MONTH_AHEAD = 28, 59  # days from a month's first day, at the fewest


class SimulatedAction(Part):
    """One action, with its true effect on those who accept it."""

    channel: str = Field(description="channel; text; assumed")
    contact_cost: NotNegative = Field(description="of an attempt; money; assumed")
    offer_cost: NotNegative = Field(description="of the incentive, if accepted; money; assumed")
    take_up: Share = Field(description="reached who accept, whether they would have left or not; share; assumed")
    other: Share = Field(description="cut of the hazard where another cause is at work; share; assumed, little")
    cures: dict[str, Share] = Field(description="cut of the hazard by cause, where it fits; share; assumed")


class ActionParams(Part):
    """Actions, and the harm that contacts can do."""

    reached_share: Share = Field(description="attempts that reach the subscriber; share; assumed")
    effect_months: int = Field(ge=1, description="how long an effect lasts; months; assumed")
    wakes_unaware: Share = Field(
        description="a plan-fit call makes an unaware overspender lean to leave; share; a field experiment with 65,000 "
        "overspenders found churn of 10.0 % after such a call against 6.4 % (Ascarza, Iyengar and Schleicher 2016)"
    )
    wakes_contract: Share = Field(description="a renewal call reminds of a near contract end; share; assumed")
    wakes_third: Share = Field(description="the third contact in a month annoys; share; assumed")
    reminder_days: int = Field(ge=0, description="days to the contract's end that count as near; days; assumed")
    by_name: dict[Literal[ACTIONS], SimulatedAction] = Field(description="one for each action")  # type: ignore[valid-type]

    @model_validator(mode="after")
    def _complete(self) -> "ActionParams":
        missing = [name for name in ACTIONS if name not in self.by_name]
        if missing:
            message = f"simulator.actions.by_name lacks {', '.join(missing)}"
            raise ValueError(message)
        unknown = {cause for action in self.by_name.values() for cause in action.cures if cause not in CAUSES}
        if unknown:
            message = f"unknown cause {', '.join(sorted(unknown))}; allowed: {', '.join(CAUSES)}"
            raise ValueError(message)
        return self


class CampaignParams(Part):
    """Past contacts: retention campaigns with a randomised control arm, and sales calls without one."""

    monthly_share: Share = Field(description="subscribers chosen; share/month; assumed")
    control_share: Share = Field(description="of those, left alone at random; share; assumed")
    targeting: NotNegative = Field(description="weight of visible risk against chance in the choice; ratio; assumed")
    fitted_share: Share = Field(description="contacts whose action fits the cause; share; assumed")
    quiet_months: int = Field(ge=0, description="no second retention contact within; months; assumed")
    contact_days: int = Field(ge=1, le=28, description="contacts fall on the first days of a month; days; assumed")
    sales_rate: NotNegative = Field(description="sales calls to a line; 1/month; assumed")


class TruthParams(Part):
    """The windows for which the true chance of churn is written down; they must equal those of section cohort."""

    first_month: int = Field(ge=0, description="months of data before the first as_of; months; cohort")
    lead_days: int = Field(ge=0, le=28, description="lead; days; cohort")
    outcome_days: int = Field(ge=1, le=60, description="outcome window; days; cohort")
    arrears_days: int = Field(ge=28, le=31, description="a suspension longer than that counts as churn; days; cohort")
    dormant_days: int = Field(ge=31, le=60, description="days without use that count as churn; days; cohort")

    @model_validator(mode="after")
    def _later_causes_ripen_after_the_window(self) -> "TruthParams":
        end = self.lead_days + self.outcome_days
        for name, earliest in (("arrears_days", SECOND_MONTH_AHEAD), ("dormant_days", NEXT_MONTH)):
            least = end - earliest
            if getattr(self, name) < least:
                message = (
                    f"simulator.truth.{name} is {getattr(self, name)}; allowed: at least lead_days + outcome_days - "
                    f"{earliest}, here {least}: the truth is exact only if what begins later ripens after the window"
                )
                raise ValueError(message)
        return self
