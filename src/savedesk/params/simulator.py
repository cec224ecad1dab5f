"""Section ``simulator``: the invented operator behind the source ``simulated``.

A description reads "meaning; unit; source of the default". "Assumed" means a round figure that looks plausible; "tuned" means
set so that churn, its types and its predictability fall into the bands of docs/simulator.md.
"""

import datetime as dt
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from savedesk.params.section import Section
from savedesk.params.simulator_defaults import ACTIONS, PLANS, REGIONS

Share = float
_share = {"ge": 0.0, "le": 1.0}


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

    regions: tuple[str, ...] = Field(
        REGIONS, description="names only: the traits of a region are drawn; text; provinces"
    )
    region_spread: float = Field(0.6, gt=0, description="log sd of the regions' sizes; log; assumed")
    cities_per_region: int = Field(4, ge=1, description="cities in a region; cities; assumed")
    segment_shares: tuple[float, float, float] = Field(
        (0.03, 0.15, 0.82), description="key_account, business, consumer among accounts; share; assumed"
    )
    join_account_share: float = Field(0.28, **_share, description="new lines on an existing account; share; assumed")
    join_weights: tuple[float, float, float] = Field(
        (6.0, 3.0, 1.0), description="pull of an account by segment, in that order; ratio; assumed"
    )
    mean_tenure_months: float = Field(50, gt=0, description="tenure before the burn-in; months; 1 / monthly churn")
    contract_months: tuple[int, ...] = Field((0, 12, 24, 36), description="terms on sale, 0 is none; months; assumed")
    contract_shares: tuple[float, ...] = Field(
        (0.25, 0.25, 0.40, 0.10), description="share of each term; share; assumed"
    )
    payment_methods: tuple[str, ...] = Field(("direct_debit", "app", "shop"), description="ways to pay; text; assumed")
    payment_shares: tuple[float, ...] = Field((0.45, 0.40, 0.15), description="share of each way; share; assumed")
    sales_channels: tuple[str, ...] = Field(
        ("store", "online", "partner", "telesales"), description="where a subscriber was won; text; assumed"
    )
    sales_shares: tuple[float, ...] = Field((0.40, 0.25, 0.25, 0.10), description="share of each; share; assumed")
    age_mean: float = Field(41, gt=0, description="age of subscribers; years; assumed")
    age_sd: float = Field(13, gt=0, description="its spread, cut to age_range; years; assumed")
    age_range: tuple[int, int] = Field((18, 85), description="youngest and oldest; years; assumed")
    birth_year_missing: float = Field(0.04, **_share, description="subscribers without a birth year; share; assumed")
    no_consent_share: float = Field(0.06, **_share, description="may not be contacted; share; assumed")
    blocklisted_share: float = Field(0.004, **_share, description="blocked for fraud or law; share; assumed")
    frailty_sd: float = Field(0.35, ge=0, description="log sd of the risk that nothing shows; log; tuned")
    sensitivity_sd: float = Field(
        0.6, ge=0, description="log sd of sensitivity to price, to faults, to service; log; assumed"
    )


class UsageParams(Part):
    """How much they use."""

    voice_median: float = Field(140, gt=0, description="own level, median; min/month; assumed")
    voice_sd: float = Field(0.9, ge=0, description="log sd of own levels; log; assumed")
    data_median: float = Field(9000, gt=0, description="own level, median; MB/month; assumed")
    data_sd: float = Field(1.0, ge=0, description="log sd of own levels; log; assumed")
    sms_median: float = Field(12, gt=0, description="own level, median; messages/month; assumed")
    sms_sd: float = Field(1.1, ge=0, description="log sd of own levels; log; assumed")
    common_sd: float = Field(0.6, ge=0, description="log sd shared by voice, data and messages; log; assumed")
    segment_multipliers: tuple[float, float, float] = Field(
        (3.5, 1.8, 1.0), description="level by segment; ratio; assumed"
    )
    drift_sd: float = Field(0.35, ge=0, description="log sd of the slow drift around the own level; log; assumed")
    drift_memory: float = Field(0.8, ge=0, lt=1, description="month-to-month persistence of the drift; share; assumed")
    noise_sd: float = Field(0.22, ge=0, description="log sd of one month's noise; log; assumed")
    season_amplitude: float = Field(
        0.08, **_share, description="size of the yearly wave, peak in month 2; share; assumed"
    )
    slump_chance: float = Field(
        0.035, **_share, description="one quiet month without any meaning; share/month; assumed"
    )
    slump_depth: float = Field(0.35, **_share, description="mean use left in a quiet month; share; assumed")
    zero_chance: float = Field(0.002, **_share, description="one month away without use; share/month; assumed")
    offnet_mean: float = Field(0.45, gt=0, lt=1, description="off-net share of voice; share; assumed")
    offnet_concentration: float = Field(9, gt=0, description="beta concentration of that share; count; assumed")
    minutes_per_call: float = Field(2.6, gt=0, description="length of a call; min; assumed")
    circle_exponent: float = Field(
        0.72, gt=0, le=1, description="distinct numbers = calls to this power; exponent; assumed"
    )
    active_share: float = Field(0.85, **_share, description="days with use at the own level; share; assumed")
    broadband_share: float = Field(0.22, **_share, description="lines with fixed data; share; assumed")
    broadband_median: float = Field(160, gt=0, description="fixed data of those; GB/month; assumed")
    roaming_share: float = Field(0.03, **_share, description="lines abroad in a month; share; assumed")
    roaming_min: float = Field(18, gt=0, description="mean voice abroad of those; min/month; assumed")
    drop_rate: float = Field(0.012, **_share, description="calls that break off on a sound network; share; assumed")
    drop_rate_per_severity: float = Field(0.008, ge=0, description="added per grade of incidents; share; assumed")


class BillingParams(Part):
    """What they pay, and when."""

    vas_share: float = Field(0.30, **_share, description="lines with value-added services; share; assumed")
    vas_fee: float = Field(8, ge=0, description="mean fee of those; money/month; assumed")
    other_chance: float = Field(0.02, **_share, description="a one-off charge or correction; share/month; assumed")
    other_sd: float = Field(15, ge=0, description="its size; money; assumed")
    overage_cap: float = Field(2.5, ge=0, description="most overage, in plan fees; ratio; assumed")
    discount_share: float = Field(0.30, **_share, description="new lines with a discount; share; assumed")
    discount_rate: float = Field(0.2, **_share, description="its size; share of the plan fee; assumed")
    discount_months: int = Field(12, ge=0, description="how long it runs; months; assumed")
    due_days: int = Field(15, ge=1, le=27, description="time to pay; days; assumed")
    late_share: float = Field(0.09, **_share, description="bills paid late by the median payer; share; assumed")
    late_days: float = Field(9, gt=0, description="mean delay of late payments; days; assumed")
    discipline_sd: float = Field(1.2, ge=0, description="log sd of the payers' carelessness; log; tuned")
    skip_rate: float = Field(0.009, **_share, description="the median payer stops paying; share/month; tuned")
    skip_rate_max: float = Field(0.25, **_share, description="most of it; share/month; assumed")
    skip_bill_shock: float = Field(0.8, ge=0, description="effect of bill shock on stopping; log per log; assumed")
    cure_rate: float = Field(0.42, **_share, description="arrears paid in full; share/month; assumed")
    unpaid_limit: int = Field(3, ge=1, le=12, description="unpaid bills from which a line is suspended; bills; assumed")
    suspend_chance: float = Field(0.9, **_share, description="suspension at that limit; share/month; assumed")
    return_share: float = Field(0.22, **_share, description="suspended lines that pay and return; share; assumed")
    return_days: int = Field(7, ge=1, description="longest time until that return; days; assumed")


class PriceParams(Part):
    """Price rises and plan changes."""

    rise_chance: float = Field(0.06, **_share, description="a plan's fee rises for those on it; share/month; assumed")
    rise_range: tuple[float, float] = Field(
        (0.04, 0.15), description="smallest and largest rise; share of fee; assumed"
    )
    rise_minimum_tenure: int = Field(12, ge=0, description="lines younger than this are spared; months; assumed")
    change_rate: float = Field(0.006, **_share, description="subscribers who change plan; share/month; assumed")
    change_after_rise: float = Field(4.0, ge=0, description="pull of recent rises on it; per share of fee; assumed")
    misfit_sd: float = Field(0.35, ge=0, description="log error when a plan is chosen; log; assumed")


class CareParams(Part):
    """Complaints and surveys."""

    base_rates: tuple[float, ...] = Field(
        (0.0025, 0.0008, 0.0008, 0.0012, 0.0015, 0.0025, 0.0012, 0.0015),
        min_length=8,
        max_length=8,
        description="complaints by category, in the contract's order; share/month; assumed",
    )
    network_pull: float = Field(0.004, ge=0, description="network complaints per grade of incidents; share; assumed")
    billing_pull: float = Field(
        0.010, ge=0, description="billing complaints per unit of bill shock; share per log; assumed"
    )
    price_pull: float = Field(0.20, ge=0, description="price complaints per share of a recent rise; share; assumed")
    repeat_pull: float = Field(6.0, ge=0, description="rate multiplied per unit of grievance; ratio; assumed")
    leaning_pull: float = Field(1.5, ge=0, description="rate added while leaning to leave; ratio; assumed")
    max_rate: float = Field(0.4, **_share, description="most complaints of one line; share/month; assumed")
    close_days: float = Field(9, gt=0, description="mean time to close; days; assumed")
    escalated_share: float = Field(0.12, **_share, description="second level; share; assumed")
    escalated_slower: float = Field(2.5, ge=1, description="time to close if escalated; ratio; assumed")
    reopened_share: float = Field(0.08, **_share, description="opened again after closing; share; assumed")
    satisfied_share: float = Field(0.68, **_share, description="content, if closed at once; share; assumed")
    patience_days: float = Field(20, gt=0, description="time in which contentment falls to 1/e; days; assumed")
    content_weight: float = Field(
        0.2, ge=0, description="grievance left by a contented ticket, 1 if not; ratio; assumed"
    )
    survey_rate: float = Field(0.008, **_share, description="answers; share/month; assumed")
    survey_delay_days: int = Field(9, ge=0, description="longest time until the answer is known; days; assumed")
    score_mean: float = Field(7.6, ge=1, le=10, description="score of a line without grievance; points; assumed")
    score_sd: float = Field(1.8, ge=0, description="its noise; points; assumed")
    score_per_grievance: float = Field(1.6, ge=0, description="lost per unit of grievance; points; assumed")
    score_if_leaning: float = Field(1.2, ge=0, description="lost while leaning to leave; points; assumed")
    intention_base: float = Field(0.06, **_share, description="say that they think of leaving; share; assumed")
    intention_if_leaning: float = Field(0.35, **_share, description="the same, of those who lean; share; assumed")


class MarketParams(Part):
    """Networks and competitors by region."""

    incident_rate: float = Field(0.35, ge=0, description="incidents of a median region; 1/month; assumed")
    network_sd: float = Field(0.6, ge=0, description="log sd of the regions' incident rates; log; assumed")
    severity_shares: tuple[float, float, float] = Field((0.6, 0.3, 0.1), description="grades 1 to 3; share; assumed")
    incident_days: float = Field(2.5, ge=1, description="mean length; days; assumed")
    campaign_rate: float = Field(0.35, ge=0, description="competitors' campaigns in a median region; 1/month; assumed")
    competition_sd: float = Field(0.5, ge=0, description="log sd of the regions' competition; log; assumed")
    price_index_mean: float = Field(0.95, gt=0, description="competitors' price / own price; ratio; assumed")
    price_index_sd: float = Field(0.06, ge=0, description="its spread; ratio; assumed")
    price_index_memory: float = Field(0.85, ge=0, lt=1, description="month-to-month persistence; share; assumed")


class HazardParams(Part):
    """Why they leave. Coefficients add up in the log of the monthly chance to begin leaning towards the exit."""

    lean_base: float = Field(0.0050, **_share, description="median line, settled, out of contract; share/month; tuned")
    new_effect: float = Field(0.9, description="added at tenure 0; log; tuned")
    new_months: float = Field(14, gt=0, description="time in which that falls to 1/e; months; assumed")
    in_contract: float = Field(-1.1, description="while a contract binds; log; tuned")
    contract_end: float = Field(1.9, description="around its end; log; tuned")
    contract_end_days: tuple[int, int] = Field(
        (60, 60), description="days before and after that count as its end; days; assumed"
    )
    price_rise: float = Field(11.0, description="per share of a recent rise x own sensitivity; log; tuned")
    bill_shock: float = Field(0.9, description="per unit of recent bill shock; log per log; tuned")
    grievance: float = Field(1.1, description="per unit of recent complaints; log; tuned")
    open_complaint: float = Field(0.7, description="while a complaint is open; log; tuned")
    network: float = Field(0.14, description="per recent grade of incidents x own sensitivity; log; tuned")
    campaign: float = Field(0.30, description="per campaign of competitors x own sensitivity; log; tuned")
    price_gap: float = Field(2.0, description="per unit by which competitors are cheaper; log; assumed")
    account_left: float = Field(0.8, description="another line of the account has just left; log; assumed")
    memory: float = Field(0.65, ge=0, lt=1, description="month-to-month persistence of every hurt; share; assumed")
    hurt_max: float = Field(3.0, gt=0, description="most that one cause adds; log; assumed")
    lean_max: float = Field(0.5, **_share, description="most of the monthly chance; share/month; assumed")
    direct_share: float = Field(0.25, **_share, description="leave at once, without leaning first; share; tuned")
    lean_exit: float = Field(0.36, **_share, description="exit while leaning; share/month; tuned")
    lean_return: float = Field(0.10, **_share, description="thinks better of it; share/month; assumed")
    decline_share: float = Field(0.6, **_share, description="use declines while leaning; share; tuned")
    decline_range: tuple[float, float] = Field((0.45, 0.9), description="use kept each month of it; share; assumed")
    natural_rate: float = Field(0.0028, **_share, description="exits that nothing predicts; share/month; tuned")
    port_share: float = Field(0.55, **_share, description="port-outs among exits with a cause; share; assumed")
    fade_base: float = Field(0.0040, **_share, description="median line begins to fade; share/month; tuned")
    fade_low_use: float = Field(0.55, ge=0, description="per log unit of use below the median; log; tuned")
    fade_silent: float = Field(0.40, **_share, description="falls silent while fading; share/month; tuned")
    fade_return: float = Field(0.15, **_share, description="use recovers; share/month; assumed")
    silent_direct: float = Field(0.0010, **_share, description="falls silent without a sign; share/month; tuned")
    silent_months: int = Field(5, ge=1, description="months with rows of zero use, none after; months; assumed")


class CampaignParams(Part):
    """Past contacts with a randomised control arm."""

    monthly_share: float = Field(0.02, **_share, description="subscribers chosen; share/month; assumed")
    control_share: float = Field(0.25, **_share, description="of those, left alone at random; share; assumed")
    targeting: float = Field(
        1.0, ge=0, description="weight of visible risk against chance in the choice; ratio; assumed"
    )
    quiet_months: int = Field(3, ge=0, description="no second contact within; months; assumed")
    effect_months: int = Field(3, ge=1, description="how long the effect lasts; months; assumed")
    reached_share: float = Field(0.7, **_share, description="treated who are reached; share; assumed")
    accepted_share: float = Field(0.35, **_share, description="reached who accept; share; assumed")
    contact_cost: float = Field(2.0, ge=0, description="attempt without acceptance; money; assumed")
    actions: tuple[SimulatedAction, ...] = Field(
        tuple(SimulatedAction.model_validate(row) for row in ACTIONS),
        min_length=1,
        description="what was offered",
    )


class SimulatorParams(Section):
    """The simulated operator."""

    key: ClassVar[str] = "simulator"
    subscribers: int = Field(20_000, ge=50, description="lines on the books at any time; subscribers; brief runs")
    months: int = Field(24, ge=3, le=240, description="simulated months; months; DESIGN section 12")
    first_month: dt.date = Field(dt.date(2024, 1, 1), description="first day of the data; date; assumed")
    seed: int = Field(7, ge=0, description="seed of every draw; integer; any")
    burn_in_months: int = Field(15, ge=0, le=120, description="simulated before, not written; months; tuned")
    lead_days: int = Field(14, ge=0, le=120, description="as cohort.lead_days, for truth; days; DESIGN section 5")
    outcome_days: int = Field(60, ge=1, le=365, description="as cohort.outcome_days, for truth; days; DESIGN section 5")
    plans: tuple[SimulatedPlan, ...] = Field(
        tuple(SimulatedPlan.model_validate(row) for row in PLANS), min_length=2, description="plans on sale"
    )
    population: PopulationParams = Field(PopulationParams(), description="who the subscribers are")
    usage: UsageParams = Field(UsageParams(), description="how much they use")
    billing: BillingParams = Field(BillingParams(), description="what they pay, and when")
    prices: PriceParams = Field(PriceParams(), description="price rises and plan changes")
    care: CareParams = Field(CareParams(), description="complaints and surveys")
    market: MarketParams = Field(MarketParams(), description="networks and competitors by region")
    hazard: HazardParams = Field(HazardParams(), description="why they leave")
    campaigns: CampaignParams = Field(CampaignParams(), description="past contacts with a control arm")

    @model_validator(mode="after")
    def _starts_on_a_month(self) -> "SimulatorParams":
        if self.first_month.day != 1:
            message = f"simulator.first_month is {self.first_month}; allowed: the first day of a month"
            raise ValueError(message)
        return self
