"""Section ``simulator``: the invented operator behind the source ``simulated``.

A description reads "meaning; unit; source of the value". "Assumed" means a round figure that looks plausible; "tuned"
means set so that churn, its types and its predictability fall into the bands of docs/simulator.md.
"""

import datetime as dt
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from savedesk.params.section import Section

Share = Annotated[float, Field(ge=0, le=1)]


class Part(BaseModel):
    """A frozen group of parameters within the section."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class SimulatedPlan(Part):
    """One plan on sale. The fee is the list price; price rises add to it for those already on the plan."""

    plan_id: str = Field(description="id; text; invented")
    name: str = Field(description="name on the bill; text; invented")
    monthly_fee: float = Field(ge=0, description="list price; money/month; invented")
    included_voice_min: float = Field(ge=0, description="voice allowance; min/month; invented")
    included_data_mb: float = Field(ge=0, description="data allowance; MB/month; invented")
    included_sms: float = Field(ge=0, description="message allowance; messages/month; invented")
    price_per_min: float = Field(ge=0, description="price beyond the allowance; money/min; invented")
    price_per_mb: float = Field(ge=0, description="price beyond the allowance; money/MB; invented")
    price_per_sms: float = Field(ge=0, description="price beyond the allowance; money/message; invented")


class SimulatedAction(Part):
    """One action of past campaigns, with its true effect."""

    name: str = Field(description="action; text; DESIGN section 8")
    channel: str = Field(description="channel; text; assumed")
    touches: Literal["cancelled", "arrears", "dormant"] = Field(
        description="churn type that it works on; text; assumed"
    )
    save_rate: float = Field(ge=0, le=1, description="true cut of the hazard while it works; share; assumed, modest")
    cost: float = Field(ge=0, description="contact and offer, if accepted; money/contact; assumed")


class PopulationParams(Part):
    """Who the subscribers are."""

    regions: tuple[str, ...] = Field(description="names only: the traits of a region are drawn; text; provinces")
    region_spread: float = Field(gt=0, description="log sd of the regions' sizes; log; assumed")
    cities_per_region: int = Field(ge=1, description="cities in a region; cities; assumed")
    segment_shares: tuple[float, float, float] = Field(
        description="key_account, business, consumer among accounts; share; assumed"
    )
    join_account_share: Share = Field(description="new lines on an existing account; share; assumed")
    join_weights: tuple[float, float, float] = Field(
        description="pull of an account by segment, in that order; ratio; assumed"
    )
    mean_tenure_months: float = Field(gt=0, description="tenure before the burn-in; months; 1 / monthly churn")
    contract_months: tuple[int, ...] = Field(description="terms on sale, 0 is none; months; assumed")
    contract_shares: tuple[float, ...] = Field(description="share of each term; share; assumed")
    payment_methods: tuple[str, ...] = Field(description="ways to pay; text; assumed")
    payment_shares: tuple[float, ...] = Field(description="share of each way; share; assumed")
    sales_channels: tuple[str, ...] = Field(description="where a subscriber was won; text; assumed")
    sales_shares: tuple[float, ...] = Field(description="share of each; share; assumed")
    age_mean: float = Field(gt=0, description="age of subscribers; years; assumed")
    age_sd: float = Field(gt=0, description="its spread, cut to age_range; years; assumed")
    age_range: tuple[int, int] = Field(description="youngest and oldest; years; assumed")
    birth_year_missing: Share = Field(description="subscribers without a birth year; share; assumed")
    no_consent_share: Share = Field(description="may not be contacted; share; assumed")
    blocklisted_share: Share = Field(description="blocked for fraud or law; share; assumed")
    frailty_sd: float = Field(ge=0, description="log sd of the risk that nothing shows; log; tuned")
    sensitivity_sd: float = Field(
        ge=0, description="log sd of sensitivity to price, to faults, to service; log; assumed"
    )


class UsageParams(Part):
    """How much they use."""

    voice_median: float = Field(gt=0, description="own level, median; min/month; assumed")
    voice_sd: float = Field(ge=0, description="log sd of own levels; log; assumed")
    data_median: float = Field(gt=0, description="own level, median; MB/month; assumed")
    data_sd: float = Field(ge=0, description="log sd of own levels; log; assumed")
    sms_median: float = Field(gt=0, description="own level, median; messages/month; assumed")
    sms_sd: float = Field(ge=0, description="log sd of own levels; log; assumed")
    common_sd: float = Field(ge=0, description="log sd shared by voice, data and messages; log; assumed")
    segment_multipliers: tuple[float, float, float] = Field(description="level by segment; ratio; assumed")
    drift_sd: float = Field(ge=0, description="log sd of the slow drift around the own level; log; assumed")
    drift_memory: float = Field(ge=0, lt=1, description="month-to-month persistence of the drift; share; assumed")
    noise_sd: float = Field(ge=0, description="log sd of one month's noise; log; assumed")
    season_amplitude: Share = Field(description="size of the yearly wave, peak in month 2; share; assumed")
    slump_chance: Share = Field(description="one quiet month without any meaning; share/month; assumed")
    slump_depth: Share = Field(description="mean use left in a quiet month; share; assumed")
    zero_chance: Share = Field(description="one month away without use; share/month; assumed")
    offnet_mean: float = Field(gt=0, lt=1, description="off-net share of voice; share; assumed")
    offnet_concentration: float = Field(gt=0, description="beta concentration of that share; count; assumed")
    minutes_per_call: float = Field(gt=0, description="length of a call; min; assumed")
    circle_exponent: float = Field(gt=0, le=1, description="distinct numbers = calls to this power; exponent; assumed")
    active_share: Share = Field(description="days with use at the own level; share; assumed")
    broadband_share: Share = Field(description="lines with fixed data; share; assumed")
    broadband_median: float = Field(gt=0, description="fixed data of those; GB/month; assumed")
    roaming_share: Share = Field(description="lines abroad in a month; share; assumed")
    roaming_min: float = Field(gt=0, description="mean voice abroad of those; min/month; assumed")
    drop_rate: Share = Field(description="calls that break off on a sound network; share; assumed")
    drop_rate_per_severity: float = Field(ge=0, description="added per grade of incidents; share; assumed")


class BillingParams(Part):
    """What they pay, and when."""

    vas_share: Share = Field(description="lines with value-added services; share; assumed")
    vas_fee: float = Field(ge=0, description="mean fee of those; money/month; assumed")
    other_chance: Share = Field(description="a one-off charge or correction; share/month; assumed")
    other_sd: float = Field(ge=0, description="its size; money; assumed")
    overage_cap: float = Field(ge=0, description="most overage, in plan fees; ratio; assumed")
    discount_share: Share = Field(description="new lines with a discount; share; assumed")
    discount_rate: Share = Field(description="its size; share of the plan fee; assumed")
    discount_months: int = Field(ge=0, description="how long it runs; months; assumed")
    due_days: int = Field(ge=1, le=27, description="time to pay; days; assumed")
    late_share: Share = Field(description="bills paid late by the median payer; share; assumed")
    late_days: float = Field(gt=0, description="mean delay of late payments; days; assumed")
    discipline_sd: float = Field(ge=0, description="log sd of the payers' carelessness; log; tuned")
    skip_rate: Share = Field(description="the median payer stops paying; share/month; tuned")
    skip_rate_max: Share = Field(description="most of it; share/month; assumed")
    skip_bill_shock: float = Field(ge=0, description="effect of bill shock on stopping; log per log; assumed")
    cure_rate: Share = Field(description="arrears paid in full; share/month; assumed")
    unpaid_limit: int = Field(ge=1, le=12, description="unpaid bills from which a line is suspended; bills; assumed")
    suspend_chance: Share = Field(description="suspension at that limit; share/month; assumed")
    return_share: Share = Field(description="suspended lines that pay and return; share; assumed")
    return_days: int = Field(ge=1, description="longest time until that return; days; assumed")


class PriceParams(Part):
    """Price rises and plan changes."""

    rise_chance: Share = Field(description="a plan's fee rises for those on it; share/month; assumed")
    rise_range: tuple[float, float] = Field(description="smallest and largest rise; share of fee; assumed")
    rise_minimum_tenure: int = Field(ge=0, description="lines younger than this are spared; months; assumed")
    change_rate: Share = Field(description="subscribers who change plan; share/month; assumed")
    change_after_rise: float = Field(ge=0, description="pull of recent rises on it; per share of fee; assumed")
    misfit_sd: float = Field(ge=0, description="log error when a plan is chosen; log; assumed")


class CareParams(Part):
    """Complaints and surveys."""

    base_rates: tuple[float, ...] = Field(
        min_length=8,
        max_length=8,
        description="complaints by category, in the contract's order; share/month; assumed",
    )
    network_pull: float = Field(ge=0, description="network complaints per grade of incidents; share; assumed")
    billing_pull: float = Field(ge=0, description="billing complaints per unit of bill shock; share per log; assumed")
    price_pull: float = Field(ge=0, description="price complaints per share of a recent rise; share; assumed")
    repeat_pull: float = Field(ge=0, description="rate multiplied per unit of grievance; ratio; assumed")
    leaning_pull: float = Field(ge=0, description="rate added while leaning to leave; ratio; assumed")
    max_rate: Share = Field(description="most complaints of one line; share/month; assumed")
    close_days: float = Field(gt=0, description="mean time to close; days; assumed")
    escalated_share: Share = Field(description="second level; share; assumed")
    escalated_slower: float = Field(ge=1, description="time to close if escalated; ratio; assumed")
    reopened_share: Share = Field(description="opened again after closing; share; assumed")
    satisfied_share: Share = Field(description="content, if closed at once; share; assumed")
    patience_days: float = Field(gt=0, description="time in which contentment falls to 1/e; days; assumed")
    content_weight: float = Field(ge=0, description="grievance left by a contented ticket, 1 if not; ratio; assumed")
    survey_rate: Share = Field(description="answers; share/month; assumed")
    survey_delay_days: int = Field(ge=0, description="longest time until the answer is known; days; assumed")
    score_mean: float = Field(ge=1, le=10, description="score of a line without grievance; points; assumed")
    score_sd: float = Field(ge=0, description="its noise; points; assumed")
    score_per_grievance: float = Field(ge=0, description="lost per unit of grievance; points; assumed")
    score_if_leaning: float = Field(ge=0, description="lost while leaning to leave; points; assumed")
    intention_base: Share = Field(description="say that they think of leaving; share; assumed")
    intention_if_leaning: Share = Field(description="the same, of those who lean; share; assumed")


class MarketParams(Part):
    """Networks and competitors by region."""

    incident_rate: float = Field(ge=0, description="incidents of a median region; 1/month; assumed")
    network_sd: float = Field(ge=0, description="log sd of the regions' incident rates; log; assumed")
    severity_shares: tuple[float, float, float] = Field(description="grades 1 to 3; share; assumed")
    incident_days: float = Field(ge=1, description="mean length; days; assumed")
    campaign_rate: float = Field(ge=0, description="competitors' campaigns in a median region; 1/month; assumed")
    competition_sd: float = Field(ge=0, description="log sd of the regions' competition; log; assumed")
    price_index_mean: float = Field(gt=0, description="competitors' price / own price; ratio; assumed")
    price_index_sd: float = Field(ge=0, description="its spread; ratio; assumed")
    price_index_memory: float = Field(ge=0, lt=1, description="month-to-month persistence; share; assumed")


class HazardParams(Part):
    """Why they leave. Coefficients add up in the log of the monthly chance to begin leaning towards the exit."""

    lean_base: Share = Field(description="median line, settled, out of contract; share/month; tuned")
    new_effect: float = Field(description="added at tenure 0; log; tuned")
    new_months: float = Field(gt=0, description="time in which that falls to 1/e; months; assumed")
    in_contract: float = Field(description="while a contract binds; log; tuned")
    contract_end: float = Field(description="around its end; log; tuned")
    contract_end_days: tuple[int, int] = Field(description="days before and after that count as its end; days; assumed")
    price_rise: float = Field(description="per share of a recent rise x own sensitivity; log; tuned")
    bill_shock: float = Field(description="per unit of recent bill shock; log per log; tuned")
    grievance: float = Field(description="per unit of recent complaints; log; tuned")
    open_complaint: float = Field(description="while a complaint is open; log; tuned")
    network: float = Field(description="per recent grade of incidents x own sensitivity; log; tuned")
    campaign: float = Field(description="per campaign of competitors x own sensitivity; log; tuned")
    price_gap: float = Field(description="per unit by which competitors are cheaper; log; assumed")
    account_left: float = Field(description="another line of the account has just left; log; assumed")
    memory: float = Field(ge=0, lt=1, description="month-to-month persistence of every hurt; share; assumed")
    hurt_max: float = Field(gt=0, description="most that one cause adds; log; assumed")
    lean_max: Share = Field(description="most of the monthly chance; share/month; assumed")
    direct_share: Share = Field(description="leave at once, without leaning first; share; tuned")
    lean_exit: Share = Field(description="exit while leaning; share/month; tuned")
    lean_return: Share = Field(description="thinks better of it; share/month; assumed")
    decline_share: Share = Field(description="use declines while leaning; share; tuned")
    decline_range: tuple[float, float] = Field(description="use kept each month of it; share; assumed")
    natural_rate: Share = Field(description="exits that nothing predicts; share/month; tuned")
    port_share: Share = Field(description="port-outs among exits with a cause; share; assumed")
    fade_base: Share = Field(description="median line begins to fade; share/month; tuned")
    fade_low_use: float = Field(ge=0, description="per log unit of use below the median; log; tuned")
    fade_silent: Share = Field(description="falls silent while fading; share/month; tuned")
    fade_return: Share = Field(description="use recovers; share/month; assumed")
    silent_direct: Share = Field(description="falls silent without a sign; share/month; tuned")
    silent_months: int = Field(ge=1, description="months with rows of zero use, none after; months; assumed")


class CampaignParams(Part):
    """Past contacts with a randomised control arm."""

    monthly_share: Share = Field(description="subscribers chosen; share/month; assumed")
    control_share: Share = Field(description="of those, left alone at random; share; assumed")
    targeting: float = Field(ge=0, description="weight of visible risk against chance in the choice; ratio; assumed")
    quiet_months: int = Field(ge=0, description="no second contact within; months; assumed")
    effect_months: int = Field(ge=1, description="how long the effect lasts; months; assumed")
    reached_share: Share = Field(description="treated who are reached; share; assumed")
    accepted_share: Share = Field(description="reached who accept; share; assumed")
    contact_cost: float = Field(ge=0, description="attempt without acceptance; money; assumed")
    actions: tuple[SimulatedAction, ...] = Field(
        min_length=1,
        description="what was offered",
    )


class SimulatorParams(Section):
    """The simulated operator."""

    key: ClassVar[str] = "simulator"
    subscribers: int = Field(ge=50, description="lines on the books at any time; subscribers; assumed")
    months: int = Field(ge=3, le=240, description="simulated months; months; DESIGN section 12")
    first_month: dt.date = Field(description="first day of the data; date; assumed")
    seed: int = Field(ge=0, description="seed of every draw; integer; any")
    burn_in_months: int = Field(ge=0, le=120, description="simulated before, not written; months; tuned")
    plans: tuple[SimulatedPlan, ...] = Field(min_length=2, description="plans on sale")
    population: PopulationParams = Field(description="who the subscribers are")
    usage: UsageParams = Field(description="how much they use")
    billing: BillingParams = Field(description="what they pay, and when")
    prices: PriceParams = Field(description="price rises and plan changes")
    care: CareParams = Field(description="complaints and surveys")
    market: MarketParams = Field(description="networks and competitors by region")
    hazard: HazardParams = Field(description="why they leave")
    campaigns: CampaignParams = Field(description="past contacts with a control arm")

    @model_validator(mode="after")
    def _starts_on_a_month(self) -> "SimulatorParams":
        if self.first_month.day != 1:
            message = f"simulator.first_month is {self.first_month}; allowed: the first day of a month"
            raise ValueError(message)
        return self
