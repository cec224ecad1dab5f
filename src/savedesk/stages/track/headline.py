"""The figures that MLflow shows first: it sorts by name, so theirs begin with a digit, money before everything else.

Names are stable: runs of different versions stand in one table. docs/runs.md says what each is; a test compares.
"""

from __future__ import annotations

from collections.abc import Mapping

from savedesk.metrics.registry import EVERY

HEADLINE: Mapping[str, str] = {  # name in MLflow -> stage.figure; with _low and _high where the stage gives them
    metric.mlflow: f"{metric.stage}.{metric.standing_name}"
    for metric in sorted(EVERY, key=lambda metric: metric.mlflow)
    if metric.mlflow
}
ENDS = ("_low", "_high")


def headline(figures: Mapping[str, float]) -> dict[str, float]:
    """Return the headline figures with their intervals; a figure that this run does not have is left out.

    Args:
        figures: every figure, by stage and name.
    """
    named = {f"{name}{end}": f"{figure}{end}" for name, figure in HEADLINE.items() for end in ("", *ENDS)}
    return {name: figures[figure] for name, figure in named.items() if figure in figures}
