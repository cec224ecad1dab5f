"""Print what the trial of a feature found."""

from __future__ import annotations

from typing import Any

import pandas as pd
from rich.markup import escape
from rich.table import Table

from savedesk.pipeline.terminal import Terminal
from savedesk.stages.features.declaration import Feature
from savedesk.stages.features.sentences import sentences
from savedesk.stages.features.trial import Trial

DIRECTIONS = {1: "risk rises with it", -1: "risk falls with it", 0: "direction unknown"}


def tell(trial: Trial, family: str) -> None:
    """Print a trial."""
    console = Terminal(soft_wrap=True)
    feature = trial.feature
    about = escape(f"{family}, {feature.unit}, {feature.window}; {DIRECTIONS[feature.direction]}")
    console.print(f"[bold]{escape(feature.name)}[/bold]  {about}")
    console.print(f"  {feature.meaning}", markup=False)
    for sentence in filter(None, dict.fromkeys(sentences(feature).values())):
        console.print(f"  {feature.reason}: {sentence}", markup=False)
    console.print(f"\n{len(trial.rows):,} rows, {trial.missing:.1%} missing")
    console.print(_spread(trial))
    console.print(_table("What it says about churn, by itself", trial.folds))
    console.print(_table("By as_of", trial.months))
    for line in advice(trial):
        console.print(line, markup=False)


def advice(trial: Trial) -> list[str]:
    """Return what to think of the feature, one line each."""
    said = []
    if trial.leaks:
        said.append(f"LEAK: {trial.leaks:,} values change when facts known on or after as_of are taken away")
    else:
        said.append("leak check: passed; no value changes when facts known on or after as_of are taken away")
    best = max((abs(auc - 0.5) + 0.5 for auc in trial.folds.get("auc", []) if pd.notna(auc)), default=0.5)
    if best > trial.params.suspicious_auc:
        said.append(
            f"too good: {trial.feature.name} has AUC {best:.3f} by itself; look for a table whose known_on is too early"
        )
    if len(trial.rows["value"].dropna().drop_duplicates()) <= 1:
        said.append("says nothing: the same value everywhere")
    if (trial.months["psi"] > trial.params.shifted_psi).any():
        worst = max(trial.months.to_dict("records"), key=lambda month: month["psi"])
        said.append(f"shifts: PSI {worst['psi']:.2f} at {worst['as_of']} against the first as_of")
    return said


def _spread(trial: Trial) -> Table:
    text = trial.feature.dtype == "string"
    table = Table(title="Commonest values" if text else "Quantiles", title_justify="left")
    for name in trial.spread.index:
        table.add_column(escape(str(name)) if text else f"{name:.0%}", justify="right")
    table.add_row(*[f"{value:.1%}" if text else _shown(value) for value in trial.spread])
    return table


def _table(title: str, frame: pd.DataFrame) -> Table:
    table = Table(title=title, title_justify="left")
    for name in frame.columns:
        table.add_column(name, justify="right")
    for row in frame.to_dict("records"):
        table.add_row(*[_percent(value) if name == "missing" else escape(_shown(value)) for name, value in row.items()])
    return table


def _percent(value: float) -> str:
    return f"{value:.1%}"


def _shown(value: Any) -> str:
    if value is None or (isinstance(value, float) and value != value):  # noqa: PLR0124 - NaN differs from itself
        return "-"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def listed(features: dict[str, tuple[str, Feature]]) -> Table:
    """Return the registered features as a table."""
    table = Table(title=f"{len(features)} features", title_justify="left")
    for name in ("feature", "family", "unit", "window", "meaning"):
        table.add_column(name, overflow="fold")
    for name, (family, feature) in features.items():
        table.add_row(*[escape(text) for text in (name, family, str(feature.unit), feature.window, feature.meaning)])
    return table
