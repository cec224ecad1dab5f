"""What the command prints: progress while a stage runs, a short summary after it, the end of a run."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePath
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from savedesk.contracts.decisions import LIST_CSV, LIST_XLSX
from savedesk.contracts.pages import REPORT, RUN
from savedesk.contracts.values import UNPRICED_SHARE, unpriced_warning
from savedesk.errors import MissingInputError

if TYPE_CHECKING:
    from savedesk.runner import Summary
    from savedesk.scored import Scored

ItemT = TypeVar("ItemT")
HEAD_COLUMNS = (
    "rank",
    "subscriber_id",
    "tier",
    "churn_probability",
    "value_at_risk",
    "reason_1",
    "action",
    "expected_gain",
)
HEAD_ROWS = 5
SHOWN_FIGURES = 16
QUARANTINED = "_quarantined"  # ends the figure that says how many rows of a table were turned away


class Display:
    """A progress display on a terminal; silent elsewhere."""

    def __init__(self, stage: str) -> None:
        """Prepare the display of one stage."""
        self._stage = stage
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=not Console(stderr=True).is_terminal,
        )

    def __enter__(self) -> Display:
        """Show the display."""
        self._progress.start()
        self._progress.add_task(self._stage, total=1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the display away."""
        self._progress.stop()

    def track(self, items: Iterable[ItemT], label: str, total: int) -> Iterator[ItemT]:
        """Yield the items and move the display on after each."""
        task = self._progress.add_task(f"{self._stage}: {label}", total=total)
        for item in items:
            yield item
            self._progress.advance(task)
        self._progress.remove_task(task)


def print_summary(summary: Summary) -> None:
    """Print what a stage wrote, with rows, and its time."""
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"[bold]{summary.stage}[/bold]  {summary.seconds:.1f} s")
    for note in summary.notes:
        console.print(f"  {note}", markup=False)
    for written in summary.written:
        if written.rows != 0:
            rows = "" if written.rows is None else f"{written.rows:>12,} rows"
            console.print(f"  {written.path:<42}{rows}")
    empty = [PurePath(written.path).stem for written in summary.written if written.rows == 0]
    if empty:
        console.print(f"  without rows: {', '.join(empty)}")
    shown = _shown_figures(summary.metrics)
    for name, value in shown.items():
        whole = f"{value:,}" if isinstance(value, int) else value or "-"
        text = f"{value:,.4g}" if isinstance(value, float) else whole
        console.print(f"  {name:<42}{text!s:>12}", markup=False)
    more = len(summary.metrics) - len(shown)
    if more:
        console.print(f"  and {more} more {'figure' if more == 1 else 'figures'} in metrics/{summary.stage}.json")
    _print_warnings(console, summary.warnings)


def _print_warnings(console: Console, lines: Iterable[str]) -> None:
    for line in lines:
        console.print(f"  warning: {line}", style="yellow", markup=False)


def _shown_figures(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return the first figures, and those that say that rows were turned away, wherever they stand."""
    first = list(figures)[:SHOWN_FIGURES]
    return {name: figures[name] for name in figures if name in first or (name.endswith(QUARANTINED) and figures[name])}


def print_scored(done: Scored) -> None:
    """Print what was scored with a stored model: rows, mean probability, new names, and where the files are."""
    from savedesk.contracts import scores  # noqa: PLC0415 - the help shows without Ibis

    console = Console(soft_wrap=True, highlight=False)
    score = done.stages["score"].metrics
    seconds = sum(one.seconds for one in done.stages.values())
    console.print(f"[bold]scored {done.as_of}[/bold]  {seconds:.1f} s")
    lines = {
        "model": f"{done.model}, {score['model_version']}, trained on as_of dates up to {done.trained_until}",
        "subscribers": f"{score['rows']:,}",
        "mean churn probability": f"{score['score_mean_churn_probability']:.4f}",
        "unseen categories": score["unseen_categories"],
    }
    if "columns_without_values" in score:
        lines["without any value"] = f"{score['columns_without_values']} features: {score['without_values']}"
    if done.knows_later:
        lines["mind"] = "the model has learnt from outcomes after this day: these scores look better than they are"
    lines["scores"] = f"{done.folder}/{scores.TABLE.path}"
    lines["unseen names"] = f"{done.folder}/{scores.UNSEEN.path}"
    if "prioritise" in done.stages:
        lines["list"] = f"{done.folder}/{LIST_XLSX.path}  ({done.stages['prioritise'].metrics['contacts']:,} contacts)"
    for name, value in lines.items():
        console.print(f"  {name:<24}{value}", markup=False)
    for stage in done.stages.values():
        _print_warnings(console, stage.warnings)


def _shown(text: str) -> str:
    """Return a cell of the list, decimals rounded to what an eye can take in."""
    number, point, decimals = text.partition(".")
    return f"{float(text):,.2f}" if point and (number.lstrip("-") + decimals).isdigit() else text


def print_list_head(root: Path) -> None:
    """Print where the results are and the first rows of the list.

    Raises:
        MissingInputError: the pipeline has not run.
    """
    for contract in (LIST_CSV, REPORT, RUN):
        if not (root / contract.path).exists():
            raise MissingInputError("not there", where=contract.path, next_step="run `make repro` or `dvc repro`")
    run = json.loads((root / RUN.path).read_text(encoding="utf-8"))
    with (root / LIST_CSV.path).open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    table = Table(title=f"The first {min(HEAD_ROWS, len(rows))} of {len(rows):,} to contact", title_justify="left")
    for name in HEAD_COLUMNS:
        table.add_column(name, overflow="fold", no_wrap=name != "reason_1")
    for row in rows[:HEAD_ROWS]:
        table.add_row(*[_shown(row[name]) for name in HEAD_COLUMNS])
    console = Console(highlight=False)
    console = Console(highlight=False, width=max(console.width, 150)) if not console.is_terminal else console
    console.print(table, markup=False)
    places = {
        "list": f"{LIST_XLSX.path}  ({LIST_CSV.path})",
        "report": REPORT.path,
        "MLflow": f"{run['experiment']} / {run['run_name']}  (make mlflow)",
    }
    for name, place in places.items():
        console.print(f"{name:<8}{place}", markup=False, soft_wrap=True)
    warning = unpriced_warning(_value_figures(root).get(UNPRICED_SHARE, 0.0))
    if warning:
        console.print(f"warning: {warning}", style="yellow", markup=False, soft_wrap=True)


def _value_figures(root: Path) -> dict[str, Any]:
    path = root / "metrics" / "value.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found
