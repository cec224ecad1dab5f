"""Groups ``care``, ``surveys`` and ``market``: complaints, opinions, networks and competitors."""

from pydantic import Field, field_validator

from savedesk.params.simulator.part import Memory, NotNegative, Part, Positive, Share, Shares3
from savedesk.schemas.complaints import CATEGORIES


class CareParams(Part):
    """Complaints."""

    base_rates: tuple[float, ...] = Field(
        min_length=8,
        max_length=8,
        description="complaints by category, in the contract's order; share/month; assumed",
    )
    network_pull: NotNegative = Field(description="network complaints per grade of incidents; share; assumed")
    billing_pull: NotNegative = Field(description="billing complaints per unit of bill shock; share per log; assumed")
    price_pull: NotNegative = Field(description="price complaints per share of a recent rise; share; assumed")
    repeat_pull: NotNegative = Field(description="rate added per unit of grievance; ratio; assumed")
    leaning_pull: NotNegative = Field(description="rate added while leaning to leave; ratio; assumed")
    quality_pull: NotNegative = Field(description="log effect of one point of a process's quality; log; assumed")
    max_rate: Share = Field(description="most complaints of one line and category; share/month; assumed")
    close_days: Positive = Field(description="mean time to close; days; assumed")
    escalated_share: Share = Field(description="second level; share; assumed")
    escalated_slower: float = Field(ge=1, description="time to close if escalated; ratio; assumed")
    reopened_share: Share = Field(description="opened again after closing; share; assumed")
    satisfied_share: Share = Field(description="content, if closed at once; share; assumed")
    patience_days: Positive = Field(description="time in which contentment falls to 1/e; days; assumed")
    content_weight: NotNegative = Field(description="grievance left by a contented ticket, 1 if not; ratio; assumed")


class WeakProcess(Part):
    """A process that is planted weak in a region."""

    region: str = Field(description="where; text; any")
    process: str = Field(description="which; text; any")
    points: NotNegative = Field(description="by which it is worse than drawn; points; any")
    importance: Positive = Field(description="by which it matters more than drawn; ratio; any")

    @field_validator("process")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name not in CATEGORIES:
            message = f"{name!r} is no process; allowed: {', '.join(CATEGORIES)}"
            raise ValueError(message)
        return name


class SurveyParams(Part):
    """Opinions that few give. An answer is a point on the scale 1 to 10."""

    answer_rate: Share = Field(description="lines that answer; share/month; assumed")
    processes_asked: int = Field(
        ge=1, le=8, description="processes in one questionnaire, besides overall; count; assumed"
    )
    delay_days: int = Field(ge=0, description="longest time until the answer is known; days; assumed")
    quality_mean: float = Field(ge=1, le=10, description="satisfaction with a process; points; assumed")
    quality_sd: NotNegative = Field(description="its spread over regions and processes; points; assumed")
    quality_memory: Memory = Field(description="month-to-month persistence of a region's quality; share; assumed")
    importance_sd: NotNegative = Field(description="log sd of a process's importance by region; log; assumed")
    weak_processes: tuple[WeakProcess, ...] = Field(
        description="processes planted weak in a region, for tests of what finds them; none; any"
    )
    person_sd: NotNegative = Field(description="noise of one answer; points; assumed")
    per_hurt: NotNegative = Field(description="lost per unit of hurt by that process; points; assumed")
    per_loyalty: NotNegative = Field(description="gained per sd of attachment, in overall; points; assumed")
    if_leaning: NotNegative = Field(description="lost while leaning to leave, in overall; points; assumed")
    intention_base: Share = Field(description="say that they think of leaving; share; assumed")
    intention_if_leaning: Share = Field(description="the same, of those who lean; share; assumed")


class MarketParams(Part):
    """Networks and competitors by region."""

    incident_rate: NotNegative = Field(description="incidents of a median region; 1/month; assumed")
    network_sd: NotNegative = Field(description="log sd of the regions' incident rates; log; assumed")
    severity_shares: Shares3 = Field(description="grades 1 to 3; share; assumed")
    incident_days: float = Field(ge=1, description="mean length; days; assumed")
    campaign_rate: NotNegative = Field(description="competitors' campaigns in a median region; 1/month; assumed")
    competition_sd: NotNegative = Field(description="log sd of the regions' competition; log; assumed")
    price_index_mean: Positive = Field(description="competitors' price / own price; ratio; assumed")
    price_index_sd: NotNegative = Field(description="its spread; ratio; assumed")
    price_index_memory: Memory = Field(description="month-to-month persistence; share; assumed")
