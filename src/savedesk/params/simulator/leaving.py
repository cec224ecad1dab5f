"""Group ``hazard``: why and how they leave."""

from pydantic import Field

from savedesk.params.simulator.part import Memory, NotNegative, Part, Positive, Range, Share


class HazardParams(Part):
    """Why they leave. Effects add up in the log of the monthly chance to begin leaning towards the exit."""

    lean_base: Share = Field(description="median line, settled, out of contract; share/month; tuned")
    segment_effects: tuple[float, float, float] = Field(description="key_account, business, consumer; log; assumed")
    age_effect: float = Field(description="per year above the mean age; log; assumed")
    loyalty_effect: float = Field(description="per sd of attachment; log; assumed")
    satisfaction_effect: NotNegative = Field(
        description="per point of a process below its mean, times its importance; log; assumed"
    )
    new_effect: float = Field(description="added at tenure 0; log; tuned")
    new_months: Positive = Field(description="time in which that falls to 1/e; months; assumed")
    in_contract: float = Field(description="while a contract binds; log; tuned")
    contract_end: float = Field(description="around its end; log; tuned")
    contract_end_days: tuple[int, int] = Field(description="days before and after that count as its end; days; assumed")
    price_rise: NotNegative = Field(description="per share of a recent rise x own sensitivity; log; tuned")
    bill_shock: NotNegative = Field(description="per unit of recent bill shock x own sensitivity; log per log; tuned")
    plan_misfit: NotNegative = Field(description="per share overspent, once aware, x own sensitivity; log; assumed")
    grievance: NotNegative = Field(description="per unit of recent complaints x own sensitivity; log; tuned")
    open_complaint: NotNegative = Field(description="while a complaint is open; log; tuned")
    network: NotNegative = Field(description="per recent grade of incidents x own tolerance; log; tuned")
    campaign: NotNegative = Field(description="per campaign of competitors x own sensitivity; log; tuned")
    price_gap: NotNegative = Field(description="per unit by which competitors are cheaper; log; assumed")
    account_left: NotNegative = Field(description="another line of the account has just left; log; assumed")
    circle: NotNegative = Field(description="per share lost of the calling circle; log; assumed")
    memory: Memory = Field(description="month-to-month persistence of every hurt; share; assumed")
    hurt_max: Positive = Field(description="most that one cause adds; log; assumed")
    lean_max: Share = Field(description="most of the monthly chance; share/month; assumed")
    lean_exit: Share = Field(description="exit while leaning; share/month; tuned")
    lean_return: Share = Field(description="thinks better of it; share/month; assumed")
    decline_share: Share = Field(description="use declines while leaning; share; tuned")
    decline_range: Range = Field(description="use kept each month of it; share; assumed")
    recovery: float = Field(ge=1, description="growth of use after it; ratio/month; assumed")
    natural_rate: Share = Field(description="exits that nothing predicts; share/month; tuned")
    port_share: Share = Field(description="port-outs among exits with a cause; share; assumed")
    fade_base: Share = Field(description="median line begins to fade; share/month; tuned")
    fade_low_use: NotNegative = Field(description="per log unit of use below the median; log; tuned")
    fade_silent: Share = Field(description="falls silent while fading; share/month; tuned")
    fade_return: Share = Field(description="use recovers; share/month; assumed")
    silent_direct: Share = Field(description="falls silent without a sign; share/month; tuned")
    silent_return: Share = Field(description="a silent line wakes; share/month; assumed")
    silent_months: int = Field(ge=2, description="months with rows of zero use, none after; months; assumed")
    forgotten_months: int = Field(
        ge=3, description="silent months after which a line is off the books; months; assumed"
    )
