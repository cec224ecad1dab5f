"""Family satisfaction: what the subscriber answered when asked."""

from __future__ import annotations

from typing import Any

from savedesk.features.declaration import feature
from savedesk.features.spans import YEAR_DAYS


@feature(
    "surveys",
    unit="points",
    window="12 months",
    direction=-1,
    reason="service",
    speaks=(None, 5),
    en="rated a process only {value:.0f} of 10",
    zh="某项服务评分仅 {value:.0f} 分（满分 10）",
)
def lowest_score_12m(events: Any) -> Any:
    """Lowest score given within 12 months."""
    recent = events.as_of.delta(events.surveyed_on, unit="day") <= YEAR_DAYS
    return events.score.min(where=recent).cast("float64")


@feature(
    "surveys",
    unit="flag",
    window="12 months",
    direction=1,
    reason="competition",
    speaks=(1, 1),
    en="says they think of leaving",
    zh="表示有意离网",
)
def switch_intention_12m(events: Any) -> Any:
    """1 if the subscriber said within 12 months that they think of leaving."""
    recent = events.as_of.delta(events.surveyed_on, unit="day") <= YEAR_DAYS
    return events.switch_intention.cast("float64").max(where=recent)
