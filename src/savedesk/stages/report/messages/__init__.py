"""Everything that the page says, in English and Simplified Chinese: a module for each of its pages.

Names of metrics come from their declarations (savedesk.metrics).

Both languages have the same keys, and each text stands in one section.
"""

from __future__ import annotations

from savedesk.metrics.registry import METRICS
from savedesk.stages.report.messages import (
    campaign,
    country,
    health,
    interactive,
    model,
    page,
    regions,
    satisfaction,
    subscribers,
    why,
    windows,
)

SECTIONS = (page, country, regions, why, satisfaction, campaign, subscribers, model, windows, health, interactive)
ENGLISH: dict[str, str] = {key: text for section in SECTIONS for key, text in section.ENGLISH.items()} | {
    f"metric_{one.name}": one.en for one in METRICS if one.en
}
CHINESE: dict[str, str] = {key: text for section in SECTIONS for key, text in section.CHINESE.items()} | {
    f"metric_{one.name}": one.zh for one in METRICS if one.zh
}
CATALOGUE = {"en": ENGLISH, "zh": CHINESE}


def word(messages: dict[str, str], kind: str, value: str) -> str:
    """Return a code or a name from the data in words, or as it stands where the catalogue has none for it."""
    return messages.get(f"{kind}_{value}", value)
