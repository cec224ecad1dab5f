"""Group ``population``: accounts, lines, and what they are like."""

from pydantic import Field, model_validator

from savedesk.params.simulator.part import Ages, Memory, NotNegative, Part, Positive, Share, Shares, Shares3


class PopulationParams(Part):
    """Who the subscribers are."""

    regions: tuple[str, ...] = Field(
        min_length=1, description="names only: the traits of a region are drawn; text; provinces"
    )
    region_spread: Positive = Field(description="log sd of the regions' sizes; log; assumed")
    cities_per_region: int = Field(ge=1, description="cities in a region; cities; assumed")
    segment_shares: Shares3 = Field(description="key_account, business, consumer among accounts; share; assumed")
    join_account_share: Share = Field(description="new lines on an existing account; share; assumed")
    join_weights: tuple[float, float, float] = Field(
        description="pull of an account by segment, in that order; ratio; assumed"
    )
    mean_tenure_months: Positive = Field(description="tenure before the burn-in; months; 1 / monthly churn")
    contract_months: tuple[int, ...] = Field(description="terms on sale, 0 is none; months; assumed")
    contract_shares: Shares = Field(description="share of each term; share; assumed")
    payment_methods: tuple[str, ...] = Field(description="ways to pay; text; assumed")
    payment_shares: Shares = Field(description="share of each way; share; assumed")
    sales_channels: tuple[str, ...] = Field(description="where a subscriber was won; text; assumed")
    sales_shares: Shares = Field(description="share of each; share; assumed")
    age_mean: Positive = Field(description="age of subscribers; years; assumed")
    age_sd: Positive = Field(description="its spread, cut to age_range; years; assumed")
    age_range: Ages = Field(description="youngest and oldest; years; assumed")
    birth_year_missing: Share = Field(description="subscribers without a birth year; share; assumed")
    no_consent_share: Share = Field(description="may not be contacted; share; assumed")
    blocklisted_share: Share = Field(description="blocked for fraud or law; share; assumed")
    frailty_sd: NotNegative = Field(description="log sd of the risk that nothing shows; log; tuned")
    sensitivity_sd: NotNegative = Field(
        description="log sd of sensitivity to price, to faults, to service; log; assumed"
    )
    loyalty_region_sd: NotNegative = Field(description="sd of the regions' mean attachment; sd of persons; assumed")
    unaware_share: Share = Field(description="do not watch what they pay until something wakes them; share; assumed")
    circle_loss_rate: NotNegative = Field(
        description="somebody of the calling circle leaves the network; 1/month; assumed"
    )
    circle_loss: Share = Field(description="part of the circle that goes with them; share; assumed")
    circle_memory: Memory = Field(description="month-to-month persistence of that loss; share; assumed")

    @model_validator(mode="after")
    def _a_share_for_each(self) -> "PopulationParams":
        for names, shares in (
            ("contract_months", "contract_shares"),
            ("payment_methods", "payment_shares"),
            ("sales_channels", "sales_shares"),
        ):
            if len(getattr(self, names)) != len(getattr(self, shares)):
                message = f"simulator.population.{shares} needs one share for each of {names}"
                raise ValueError(message)
        return self


class UsageParams(Part):
    """How much they use."""

    voice_median: Positive = Field(description="own level, median; min/month; assumed")
    voice_sd: NotNegative = Field(description="log sd of own levels; log; assumed")
    data_median: Positive = Field(description="own level, median; MB/month; assumed")
    data_sd: NotNegative = Field(description="log sd of own levels; log; assumed")
    sms_median: Positive = Field(description="own level, median; messages/month; assumed")
    sms_sd: NotNegative = Field(description="log sd of own levels; log; assumed")
    common_sd: NotNegative = Field(description="log sd shared by voice, data and messages; log; tuned")
    segment_multipliers: tuple[Positive, Positive, Positive] = Field(description="level by segment; ratio; tuned")
    drift_sd: NotNegative = Field(description="log sd of the slow drift around the own level; log; assumed")
    drift_memory: Memory = Field(description="month-to-month persistence of the drift; share; assumed")
    noise_sd: NotNegative = Field(description="log sd of one month's noise; log; assumed")
    season_amplitude: Share = Field(description="size of the yearly wave, peak in month 2; share; assumed")
    slump_chance: Share = Field(description="one quiet month without any meaning; share/month; assumed")
    slump_depth: Share = Field(description="mean use left in a quiet month; share; assumed")
    offnet_mean: float = Field(gt=0, lt=1, description="off-net share of voice; share; assumed")
    offnet_concentration: Positive = Field(description="beta concentration of that share; count; assumed")
    offnet_noise_sd: NotNegative = Field(description="its noise in a month; share; assumed")
    offnet_if_leaning: NotNegative = Field(description="added while leaning to leave; share; assumed")
    minutes_per_call: Positive = Field(description="length of a call; min; assumed")
    circle_exponent: float = Field(gt=0, le=1, description="distinct numbers = calls to this power; exponent; assumed")
    active_share: Share = Field(description="days with use at the own level; share; assumed")
    broadband_share: Share = Field(description="lines with fixed data; share; assumed")
    broadband_median: Positive = Field(description="fixed data of those; GB/month; assumed")
    broadband_sd: NotNegative = Field(description="its log sd; log; assumed")
    roaming_share: Share = Field(description="lines abroad in a month; share; assumed")
    roaming_min: Positive = Field(description="mean voice abroad of those; min/month; assumed")
    drop_rate: Share = Field(description="calls that break off on a sound network; share; assumed")
    drop_rate_per_severity: NotNegative = Field(description="added per grade of incidents; share; assumed")
