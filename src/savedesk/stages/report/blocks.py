"""What a page is made of. Words and figures are written here; the script of the page only lays them out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from savedesk.stages.report.wording import Cell, Wording

Block = dict[str, Any]
Page = dict[str, Any]
Column = tuple[str, bool]  # name, and whether it holds figures


def tile(name: str, value: Cell | str, note: str = "", unit: str = "") -> dict[str, Any]:
    """Return a headline figure: name, figure with its unit, and what it means."""
    return {"name": name, "value": value, "note": note, "unit": unit}


def tiles(*given: dict[str, Any]) -> Block:
    """Return headline figures side by side; the first stands out."""
    return {"kind": "tiles", "tiles": list(given)}


def table(title: str, columns: Sequence[Column], rows: list[list[Any]], note: str = "", **more: Any) -> Block:
    """Return a table, or nothing to show where it has no rows."""
    heads = [{"name": name, "n": figures} for name, figures in columns]
    return {"kind": "table", "title": title, "note": note, "columns": heads, "rows": rows, **more} if rows else {}


def chart(
    spec: str, title: str, alt: str, rows: list[dict[str, Any]], figures: Sequence[tuple[str, str, bool]], **more: Any
) -> Block:
    """Return a chart with its figures as a table.

    Args:
        spec: name of the drawing, see ``specs``.
        title: what the chart is about.
        alt: what a screen reader says.
        rows: what is drawn; figures also as text, in a field of the same name with ``_t``.
        figures: columns of the table: name, field, whether it holds figures.
        more: ``height`` of the drawing, ``note`` below its title.
    """
    columns = [{"name": name, "field": field, "n": is_figure} for name, field, is_figure in figures]
    block = {"kind": "chart", "spec": spec, "title": title, "alt": alt, "rows": rows, "figures": columns, **more}
    return block if rows else {}


def over_months(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows in the order of their month ``when``, with an empty one for each month that has none.

    Without these an axis would set months side by side that lie apart.
    """
    ordered = sorted(rows, key=lambda row: str(row["when"]))
    if not ordered:
        return []
    months = pd.period_range(ordered[0]["when"], ordered[-1]["when"], freq="M").strftime("%Y-%m")
    there = {row["when"] for row in ordered}
    words = {key: value for key, value in ordered[0].items() if isinstance(value, str)}
    gaps = [{**words, "when": month, "gap": True} for month in months if month not in there]
    return sorted([*ordered, *gaps], key=lambda row: str(row["when"]))


def lines(title: str, texts: Iterable[str], note: str = "") -> Block:
    """Return sentences below each other."""
    sentences = [text for text in texts if text]
    return {"kind": "lines", "title": title, "lines": sentences, "note": note} if sentences else {}


def note(text: str, head: str = "", *, quiet: bool = True) -> Block:
    """Return a remark that stands out."""
    return {"kind": "note", "head": head, "text": text, "tone": "quiet" if quiet else ""} if text else {}


def pair(*given: Block) -> Block:
    """Return blocks side by side where there is room."""
    blocks = shown(given)
    return {"kind": "pair", "blocks": blocks} if len(blocks) > 1 else (blocks[0] if blocks else {})


def stack(*given: Block) -> Block:
    """Return blocks below each other, as one side of a pair."""
    blocks = shown(given)
    return {"kind": "stack", "blocks": blocks} if blocks else {}


def more(title: str, given: Iterable[Block], count: str = "") -> Block:
    """Return blocks that open on demand."""
    blocks = shown(given)
    return {"kind": "more", "title": title, "count": count, "blocks": blocks} if blocks else {}


def shown(given: Iterable[Block]) -> list[Block]:
    """Return the blocks that have something to show."""
    return [block for block in given if block]


def page(wording: Wording, name: str, headline: str, given: Iterable[Block], **more: Any) -> Page:
    """Return a page: its place in the address, its title, the sentence at its head, and its blocks."""
    title = wording.say(f"page_{name}")
    return {"id": name, "title": title, "headline": headline, "blocks": shown(given), **more}
