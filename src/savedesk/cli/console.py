"""What the command prints: progress while a stage runs, a short summary after it, the end of a run."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePath
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from savedesk.errors import MissingInputError
from savedesk.numerals import Numeral
from savedesk.pipeline.terminal import Terminal, as_wide
from savedesk.schemas.decisions import LIST_CSV, LIST_XLSX
from savedesk.schemas.pages import REPORT, RUN
from savedesk.schemas.source_facts import FILE as SOURCE_FACTS
from savedesk.schemas.values import UNPRICED_SHARE, unpriced_warning

if TYPE_CHECKING:
    from savedesk.operations.batch_scoring import Scored
    from savedesk.pipeline.runner import Summary

ItemT = TypeVar("ItemT")
HEAD_COLUMNS = (
    "rank",
    "subscriber_id",
    "tier",
    "churn_probability",
    "value_at_risk",
    "action",
    "because",
    "expected_gain",
)
HEAD_ROWS = 5
LEAST_WIDTH = 150  # characters of a line that is not shown on a terminal
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
            console=Terminal(stderr=True),
            transient=True,
            disable=not Terminal(stderr=True).is_terminal,
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
    console = Terminal(soft_wrap=True)
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
        text = f"{Numeral(value):,.4g}" if isinstance(value, float) else whole
        console.print(f"  {name:<42}{text!s:>12}", markup=False)
    more = len(summary.metrics) - len(shown)
    if more:
        console.print(f"  and {more} more {'figure' if more == 1 else 'figures'} in metrics/{summary.stage}.json")
    for line in summary.closing:
        console.print(f"  {line}", markup=False)
    _print_warnings(console, summary.warnings)


def _print_warnings(console: Terminal, lines: Iterable[str]) -> None:
    for line in lines:
        console.print(f"  warning: {line}", style="yellow", markup=False)


def _shown_figures(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return the first figures, and those that say that rows were turned away, wherever they stand."""
    first = list(figures)[:SHOWN_FIGURES]
    return {name: figures[name] for name in figures if name in first or (name.endswith(QUARANTINED) and figures[name])}


def print_scored(done: Scored) -> None:
    """Print what was scored with a stored model: rows, mean probability, new names, and where the files are."""
    from savedesk.schemas import scores  # noqa: PLC0415 - the help shows without Ibis

    console = Terminal(soft_wrap=True)
    score = done.stages["score"].metrics
    seconds = sum(summary.seconds for summary in done.stages.values())
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
    return f"{Numeral(text):,.2f}" if point and (number.lstrip("-") + decimals).isdigit() else text


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
        table.add_column(name, overflow="fold", no_wrap=name != "because")
    for row in rows[:HEAD_ROWS]:
        table.add_row(*[escape(_shown(row[name])) for name in HEAD_COLUMNS])
    console = as_wide(LEAST_WIDTH)
    console.print(table, markup=False)
    places = {
        "list": f"{LIST_XLSX.path}  ({LIST_CSV.path})",
        "report": REPORT.path,
        "MLflow": f"{run['experiment']} / {run['run_name']}  (make mlflow)",
    }
    for name, place in places.items():
        console.print(f"{name:<8}{place}", markup=False, soft_wrap=True)
    for line in _losses(root):
        console.print(f"warning: {line}", style="yellow", markup=False, soft_wrap=True)
    warning = unpriced_warning(_value_figures(root).get(UNPRICED_SHARE, 0.0))
    if warning:
        console.print(f"warning: {warning}", style="yellow", markup=False, soft_wrap=True)


def _losses(root: Path) -> list[str]:
    """Return what ingest lost of many subscribers, one line a table."""
    path = root / SOURCE_FACTS.path
    facts = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return [
        f"{loss['table']}: of {loss['subscribers']:,} subscribers ({100 * loss['share']:.3g} %) something was turned "
        f"away or could not be read: {loss['effect']}; next: see data/ingest/quarantine.parquet and repaired.parquet"
        for loss in facts.get("losses", [])
    ]


def _value_figures(root: Path) -> dict[str, Any]:
    path = root / "metrics" / "value.json"
    figures: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return figures
