"""Family satisfaction: what the subscriber answered when asked."""

from __future__ import annotations

from typing import Any

from savedesk.stages.features.declaration import feature
from savedesk.stages.features.windows import YEAR_DAYS


@feature(
    "surveys",
    unit="points",
    window="12 months",
    direction=-1,
    reason="service",
    speaks=(None, 5),
    en="rated a process only {value:.0f} of 10",
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
)
def switch_intention_12m(events: Any) -> Any:
    """1 if the subscriber said within 12 months that they think of leaving."""
    recent = events.as_of.delta(events.surveyed_on, unit="day") <= YEAR_DAYS
    return events.switch_intention.cast("float64").max(where=recent)


def _recent(events: Any) -> Any:
    return events.as_of.delta(events.surveyed_on, unit="day") <= YEAR_DAYS


@feature("surveys", unit="points", window="12 months", direction=-1)
def mean_score_12m(events: Any) -> Any:
    """Mean of the scores given within 12 months."""
    count = _recent(events).sum().cast("float64")
    return events.score.sum(where=_recent(events)).cast("float64") / count.nullif(0)


@feature(
    "surveys",
    unit="points",
    direction=-1,
    reason="service",
    speaks=(None, 5),
    en="rated us {value:.0f} of 10 overall",
)
def last_overall_score(events: Any) -> Any:
    """The last score given for everything together."""
    return events.score.cast("float64").argmax(events.surveyed_on, where=events.process == "overall")


@feature("surveys", unit="points", direction=-1)
def overall_score_change(events: Any) -> Any:
    """The last overall score less the first one; 0 for a single answer."""
    overall = events.process == "overall"
    score = events.score.cast("float64")
    return score.argmax(events.surveyed_on, where=overall) - score.argmin(events.surveyed_on, where=overall)


@feature("surveys", unit="answers", window="12 months", empty=0)
def answers_12m(events: Any) -> Any:
    """Scores given within 12 months."""
    return _recent(events).sum().cast("float64")


@feature("surveys", unit="days")
def days_since_survey(events: Any) -> Any:
    """Days since the last answer."""
    return events.as_of.delta(events.surveyed_on, unit="day").min().cast("float64")


@feature("surveys", unit="process", window="12 months", dtype="string")
def lowest_scored_process(events: Any) -> Any:
    """The process that got the lowest score within 12 months; of equals the first by name."""
    rank = events.score.cast("string").lpad(2, "0") + events.process
    return events.process.argmin(rank, where=_recent(events) & (events.process != "overall"))
