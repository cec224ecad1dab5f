"""Print what changed between two lists, and write it as a csv file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from rich.markup import escape

from savedesk.operations.review.diff import BEFORE, CHANGES, DROPPED, MOVED, NEW, Compared
from savedesk.operations.review.show_view import console, table_of
from savedesk.operations.review.words import say
from savedesk.schemas.decisions import LIST
from savedesk.stages.prioritise.spreadsheet import digits_of, to_csv

SHOWN = 8  # rows of each kind
LEADING = ("change", "subscriber_id", "rank", f"rank{BEFORE}", "because")


def tell(changes: Compared) -> None:
    """Print counts, and the rows of each kind with the most money in them."""
    out, language = console(), changes.language
    out.print(
        f"[bold]{say('diff_title', language, now=changes.as_of, before=changes.before)}[/bold]  "
        f"({escape(str(changes.place))})"
    )
    if changes.backtest:
        out.print(f"  {say('backtest', language)}", markup=False)
    counts = changes.rows["change"].value_counts()
    rows = [
        (say(f"change_{name}", language), f"{counts.get(name, 0):,}", _total(changes.rows, name)) for name in CHANGES
    ]
    out.print(table_of("", ("", say("name_subscribers", language), say("gain", language)), rows))
    for name in (NEW, DROPPED, MOVED):
        part = changes.rows[changes.rows["change"] == name]
        if name == MOVED:
            part = part.assign(far=(part["rank"] - part[f"rank{BEFORE}"]).abs()).nlargest(SHOWN, "far", keep="first")
        if len(part):
            out.print(_table(part, name, language))


def _total(rows: pd.DataFrame, change: str) -> str:
    part = rows[rows["change"] == change]
    after, before = part["expected_gain"].sum(), part[f"expected_gain{BEFORE}"].sum()
    if change == NEW:
        return f"+{after:,.2f}"
    return f"-{before:,.2f}" if change == DROPPED else f"{before:,.2f} -> {after:,.2f}"


def _table(part: pd.DataFrame, change: str, language: str) -> Any:
    rows = [
        (str(row["subscriber_id"]), _rank(row[f"rank{BEFORE}"]), _rank(row["rank"]), str(row["because"]))
        for row in part.head(SHOWN).to_dict("records")
    ]
    shown = say("first_of", language, shown=len(rows), change=say(f"change_{change}", language))
    heads = ("subscriber_id", say("rank_before", language), say("rank_now", language), say("because", language))
    table = table_of(shown, heads, rows)
    table.columns[-1].justify = "left"
    return table


def _rank(value: Any) -> str:
    return "-" if pd.isna(value) else f"{value:,.0f}"


def write_csv(changes: Compared, path: Path) -> None:
    """Write all rows of either list, safe to open in a spreadsheet."""
    ordered = [*LEADING, *(name for name in changes.rows.columns if name not in LEADING)]
    digits = {f"{column.name}{BEFORE}": digits_of(column) for column in LIST.columns if column.dtype == "float64"}
    rows = changes.rows[ordered].round({name: places for name, places in digits.items() if name in ordered})
    ranks = rows[["rank", f"rank{BEFORE}"]].astype("Int64")
    path.write_text(to_csv(rows.assign(**ranks)), encoding="utf-8", newline="")
