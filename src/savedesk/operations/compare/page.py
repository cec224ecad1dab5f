"""The page of `savedesk compare`: one file that opens without a network, in the report's clothes."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from savedesk.errors import printable_values
from savedesk.operations.compare.charts import by_day, by_slice, calibration, has_charts
from savedesk.operations.compare.comparison import Comparison
from savedesk.operations.compare.differences import Lists
from savedesk.operations.compare.paired import SIDES
from savedesk.operations.compare.view import (
    HEADS,
    MOVED_HEADS,
    SLICE_HEADS,
    figure_rows,
    lines_of,
    moved_rows,
    slice_rows,
)

MOST = 20  # rows of a kind
STYLES = ("stages/report/page/base.css", "operations/compare/page.css")
TEMPLATE = "operations/compare/page.html.j2"
GROUP = ("tier", "segment")


def write_page(path: Path, pairs: Sequence[Comparison], level: float, own_level: float, *, show_ids: bool) -> None:
    """Write the page, whole or not at all.

    Args:
        path: the file; its folder is made where there is none.
        pairs: runs held against the first.
        level: width of the intervals of differences.
        own_level: width of the intervals that each run reported.
        show_ids: whether subscribers appear by their id, or only as counts.
    """
    package = files("savedesk")
    style = "".join(package.joinpath(name).read_text("utf-8") for name in STYLES)
    template = package.joinpath(TEMPLATE).read_text("utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=printable_values
    )
    shown = [_shown(pair, show_ids=show_ids) for pair in pairs]
    text = environment.from_string(template).render(
        style=Markup(style),  # noqa: S704 - our own files
        source=pairs[0].a.run.source,
        first=pairs[0].a.label,
        span=pairs[0].span,
        level=f"{100 * level:g} %",
        own_level=f"{100 * own_level:g} %",
        pairs=shown,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.tmp")
    scratch.write_text(text, encoding="utf-8")
    scratch.replace(path)


def _shown(pair: Comparison, *, show_ids: bool) -> dict[str, Any]:
    kind, sentence = pair.verdict
    paired = pair.paired
    return {
        "a": pair.a.label,
        "b": pair.b.label,
        "kind": kind,
        "verdict": sentence[:1].upper() + sentence[1:],
        "remarks": pair.remarks,
        "heads": HEADS,
        "figures": figure_rows(pair),
        "basis": f"On {paired.rows:,} rows, {paired.churners:,} of them churners, that both runs evaluated."
        if paired
        else "",
        "charts": _charts(pair),
        "paired": paired is not None,
        "slices": _slices(pair),
        "slices_note": "The intervals hold for all slices at once, so that none stands out by chance alone.",
        "slice_heads": SLICE_HEADS,
        "params": pair.params,
        "features": [line for line in lines_of(pair) if line.startswith("features")],
        "lists": _lists(pair.lists, show_ids=show_ids),
    }


def _charts(pair: Comparison) -> list[dict[str, Any]]:
    if not has_charts(pair.paired):
        return []
    return [
        {"name": f"Profit at capacity, b - a, money {pair.span}: all as_of dates and each", "svg": by_day(pair)},
        {"name": "Calibration: dots on the line say what happens", "svg": calibration(pair)},
        {
            "name": "The same by slice, where it differs most; the intervals hold for all slices at once",
            "svg": by_slice(pair),
        },
    ]


def _slices(pair: Comparison) -> list[dict[str, Any]]:
    if pair.paired is None:
        return []
    parts = {"Got worse": pair.worse, "Got better": pair.better, "All": pair.paired.slices}
    return [
        {"name": name, "rows": slice_rows(part)} for name, part in parts.items() if len(part) or name != "Got better"
    ]


def _lists(lists: Lists | None, *, show_ids: bool) -> dict[str, Any] | None:
    if lists is None:
        return None
    both = len(lists.both)
    moved = [
        {
            "name": f"In {side[1:]} only, by expected gain",
            "count": f"{len(part):,}",
            "heads": MOVED_HEADS if show_ids else MOVED_HEADS[1:],
            "text_columns": 1,
            "rows": [row if show_ids else row[1:] for row in moved_rows(part.head(MOST), side)],
        }
        for side in reversed(SIDES)
        if len(part := lists.only(side))
    ]
    note = f"The lists of {lists.as_of}: {both:,} subscribers on both, overlap {100 * lists.overlap:.0f} % (Jaccard)."
    return {"note": note, "groups": _groups(lists), "moved": moved}


def _groups(lists: Lists) -> list[tuple[str, ...]]:
    """Return counts by tier and segment, since ids do not belong on a page that is passed on."""
    rows = lists.rows
    name = pd.Series("", index=rows.index)
    for column in GROUP:
        name = name + " " + rows[f"{column}_b"].fillna(rows[f"{column}_a"]).fillna("unknown").astype(str)
    here, there = rows["rank_b"].notna(), rows["rank_a"].notna()
    counts = (
        pd.DataFrame({"both": here & there, "b": here & ~there, "a": there & ~here}).groupby(name.str.strip()).sum()
    )
    return [
        (str(key), *(f"{value:,}" for value in line)) for key, line in zip(counts.index, counts.to_numpy(), strict=True)
    ]
