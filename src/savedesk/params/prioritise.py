"""Section ``prioritise``: actions, costs, capacity and contact rules."""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from savedesk.params.section import Section
from savedesk.schemas.labels import CHURN_TYPES
from savedesk.schemas.reasons import CODES
from savedesk.schemas.values import TIERS

MOST_DAYS = 36_500  # a hundred years
MOST_MONTHS = 1_200  # the same
PRICE, PLAN_FIT = "price", "plan_fit"


class Channel(BaseModel):
    """A way to reach a subscriber."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    cost: float = Field(ge=0)
    minutes: float = Field(ge=0)
    hours: float | None = Field(default=None, ge=0)
    tiers: tuple[str, ...]
    notice_days: int = Field(ge=0, le=MOST_DAYS)


class Action(BaseModel):
    """Something a save desk can do, with its prior economics."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    en: str
    zh: str
    channels: tuple[str, ...] = Field(min_length=1)
    offer_cost: float = Field(ge=0)
    offer_cost_months: float = Field(ge=0, le=MOST_MONTHS)
    save_rate: float = Field(ge=-1, le=1)
    take_up: float = Field(ge=0, le=1)
    churn_types: tuple[str, ...] = Field(min_length=1)
    sales_offer: bool
    plan_fit: bool = False


class ContactRules(BaseModel):
    """When a subscriber must be left in peace."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    quiet_days: int = Field(ge=0, le=MOST_DAYS)
    max_contacts: int = Field(ge=0)
    max_contacts_days: int = Field(ge=1, le=MOST_DAYS)
    one_per_account: bool
    unaware_overspend_share: float | None = Field(default=None, ge=0)
    noticed_bill_shock: float = Field(default=0.3, ge=0)


class DataAge(BaseModel):
    """From how many days on it is told that the data and the day of the list lie apart. They decide nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    newer_days: int = Field(default=14, ge=0, le=MOST_DAYS)
    older_days: int = Field(default=14, ge=0, le=MOST_DAYS)


class Learning(BaseModel):
    """How save rates are learned from randomised contacts (docs/policy.md)."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    prior_error: float = Field(ge=0, le=1)
    wrong_share: float = Field(ge=0, le=0.5)
    wrong_error: float = Field(ge=0, le=1)
    harm_share: float = Field(ge=0, le=0.5)
    harm_error: float = Field(ge=0, le=1)
    minimum_contacts: int = Field(ge=1)
    minimum_reported: float = Field(ge=0, le=1)
    interval: float = Field(gt=0, le=0.9999)

    @model_validator(mode="after")
    def _wrong_is_wider(self) -> "Learning":
        if self.wrong_error < self.prior_error:
            message = f"wrong_error has {self.wrong_error:g}; allowed: prior_error ({self.prior_error:g}) to 1"
            raise ValueError(message)
        return self


class PrioritiseParams(Section):
    """The policy (docs/policy.md). Money is in the operator's currency."""

    key: ClassVar[str] = "prioritise"
    campaign: str = Field(min_length=1)
    budget: float | None = Field(default=None, ge=0)
    minimum_gain: float = Field(ge=0)
    contacts: int | None = Field(default=None, ge=0)
    channels: dict[str, Channel] = Field(min_length=1)
    actions: dict[str, Action] = Field(min_length=1)
    reason_actions: dict[str, tuple[str, ...]]
    default_actions: tuple[str, ...] = Field(min_length=1)
    strength_weight: float = Field(ge=0, le=1)
    hold_out_share: float = Field(ge=0, lt=1)
    rules: ContactRules
    learning: Learning
    data_age: DataAge = DataAge()

    @model_validator(mode="before")
    @classmethod
    def _price_speaks_of_the_plan(cls, given: Any) -> Any:
        """Take an action that answers the price for one that speaks of the plan, unless it says ``plan_fit: false``."""
        if not isinstance(given, dict) or not isinstance(given.get("actions"), dict):
            return given
        by_reason = given.get("reason_actions")
        for_price = by_reason.get(PRICE) if isinstance(by_reason, dict) else None
        named = for_price if isinstance(for_price, list | tuple) else ()
        actions = {
            name: {PLAN_FIT: name in named, **action} if isinstance(action, dict) else action
            for name, action in given["actions"].items()
        }
        return {**given, "actions": actions}

    @model_validator(mode="after")
    def _names_exist(self) -> "PrioritiseParams":
        for name, action in self.actions.items():
            if len(set(action.channels)) < len(action.channels):
                message = f"actions.{name}.channels names a channel twice; allowed: each of them once"
                raise ValueError(message)
            for channel in action.channels:
                if channel not in self.channels:
                    message = f"actions.{name}.channels names {channel!r}; allowed: {', '.join(self.channels)}"
                    raise ValueError(message)
        for name, settings in self.channels.items():
            _refuse_strange(f"channels.{name}.tiers", settings.tiers, TIERS)
        for name, action in self.actions.items():
            _refuse_strange(f"actions.{name}.churn_types", action.churn_types, CHURN_TYPES)
        if strange := sorted(set(self.reason_actions) - set(CODES)):
            message = f"reason_actions has {strange}; allowed: {', '.join(CODES)}"
            raise ValueError(message)
        named = {*self.default_actions, *(name for names in self.reason_actions.values() for name in names)}
        if unknown := sorted(named - set(self.actions)):
            message = f"reason_actions or default_actions name {unknown}; allowed: {', '.join(self.actions)}"
            raise ValueError(message)
        return self


def _refuse_strange(where: str, given: tuple[str, ...], allowed: tuple[str, ...]) -> None:
    if strange := sorted(set(given) - set(allowed)):
        message = f"{where} names {strange}; allowed: {', '.join(allowed)}"
        raise ValueError(message)
