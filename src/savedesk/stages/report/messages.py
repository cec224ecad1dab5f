"""What the report says, in a language. Names of metrics come from their declarations (savedesk.metrics)."""

from __future__ import annotations

from functools import cache

from savedesk.locales.catalogue import Catalogue, Texts
from savedesk.metrics.registry import METRICS

PAGES = Texts("language", "terms", "report")
CHARTS = Texts("terms", "charts", "report/interactive")


@cache
def messages_in(language: str) -> Catalogue:
    """Return what the pages and the model card say."""
    texts = PAGES.of(language)
    labels = {f"metric_{metric.name}": str(getattr(metric, language)) for metric in METRICS if metric.en}
    return Catalogue(texts | labels, texts.where)
