"""Metrics of the champion: its own figures, and by how much the trained model is better."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from savedesk.metrics.declaration import HIGHER, LOWER, Metric, Place

PREFIX, AHEAD = "champion_", "_ahead"


def of_champion(metrics: Iterable[Metric]) -> Iterator[Metric]:
    """Yield, for each metric that the champion is judged by, its figure and the difference."""
    for metric in metrics:
        if not metric.is_shown(Place.CHAMPION):
            continue
        name, direction, direction_zh = f"{PREFIX}{metric.name}", "ahead of", "高出"
        if metric.better == LOWER:
            direction, direction_zh = "below", "低"
        yield Metric(
            name,
            group="champion",
            definition=f"the champion's `{metric.name}`",
            range=metric.range,
            en=f"{metric.said[:1].upper()}{metric.said[1:]} of the champion",
            zh=f"现用模型的{_spaced(metric.said_zh)}",
            better=metric.better,
            form=metric.form,
            digits=metric.digits,
        )
        yield Metric(
            f"{name}{AHEAD}",
            group="champion",
            definition=f"by how much the `{metric.name}` of this model is better, on the same resamples",
            range="above 0 this model is better",
            en=f"So much {metric.said} this model is {direction} it",
            zh=f"本模型的{_spaced(metric.said_zh)}{direction_zh}",
            better=HIGHER,
            form=metric.form,
            digits=metric.digits,
        )


def _spaced(name: str) -> str:
    return f" {name} " if name.isascii() else f" {name}" if name[:1].isascii() else name
