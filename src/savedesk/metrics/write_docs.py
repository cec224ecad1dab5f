"""Write the tables of docs/metrics.md and docs/runs.md: ``python -m savedesk.metrics.write_docs``."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from savedesk.metrics.declaration import Metric
from savedesk.metrics.registry import EVERY, METRICS

MLFLOW = "mlflow"
_TABLE = re.compile(r"(?<=<!-- metrics: )(\w+)( -->\n).*?(?=<!-- end of metrics -->)", re.DOTALL)
PAGES = ("docs/metrics.md", "docs/runs.md")
Row = tuple[str, ...]


def page_with_tables(text: str) -> str:
    """Return a page with each marked table made anew.

    Raises:
        LookupError: a mark names no group.
    """
    return _TABLE.sub(lambda mark: f"{mark[1]}{mark[2]}{table_of(mark[1])}", text)


def table_of(group: str) -> str:
    """Return the table of a group in Markdown; ``mlflow`` is that of the names in MLflow.

    Raises:
        LookupError: no metric is of that group.
    """
    if group == MLFLOW:
        shown = sorted((metric for metric in EVERY if metric.mlflow), key=lambda metric: metric.mlflow)
        return _table(("name in MLflow", "is", "unit", "better"), shown, _mlflow_row)
    metrics = [metric for metric in METRICS if metric.group == group]
    if not metrics:
        raise LookupError(f"no metric is of the group {group}")
    return _table(("metric", "definition", "range", "better", "source"), metrics, _row)


def _table(heads: Row, metrics: list[Metric], row_of: Callable[[Metric], Row]) -> str:
    rows = [heads, tuple("---" for _ in heads), *map(row_of, metrics)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows).replace("|  |", "| |").replace("|  |", "| |")


def _row(metric: Metric) -> Row:
    name = f"{metric.name}_{{1,5,10,20}}pct" if metric.by_share else metric.name
    return f"`{name}`", metric.definition, metric.range, metric.better, metric.source


def _mlflow_row(metric: Metric) -> Row:
    return f"`{metric.mlflow}`", f"`{metric.stage}.{metric.standing_name}`", metric.unit, metric.better


def main() -> None:
    """Write the pages of the project in the working folder."""
    for name in PAGES:
        path = Path(name)
        path.write_text(page_with_tables(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
