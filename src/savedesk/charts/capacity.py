"""What more or less capacity would earn: gain against the share of the limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from savedesk.charts.quantity import MONEY, PERCENT, Quantity
from savedesk.charts.style import DASHES, PAPER, Chart, Colours, framed


def capacity(rows: Any, words: Mapping[str, str], colours: Colours, tooltip: Sequence[Any] = ()) -> Chart:
    """Return the curve with the limits of now marked.

    Args:
        rows: ``share`` of the limits, ``gain``, and whether they are ``chosen``: those of now.
        words: ``share``, ``gain`` and ``chosen``.
        colours: of the chart.
        tooltip: what is said of a point.
    """
    main, other = colours.series[:2]
    base = alt.Chart(rows, height=260).encode(
        x=Quantity("share", words["share"], PERCENT).x(),
        y=Quantity("gain", words["gain"], MONEY).y(),
        tooltip=[*tooltip],
    )
    line = base.mark_line(color=main, point=alt.OverlayMarkDef(color=main, size=34))
    chosen = base.transform_filter("datum.chosen")
    dot = chosen.mark_point(color=other, filled=True, size=150, opacity=1)
    name = chosen.mark_text(align="left", dx=11, dy=14, color=other, fontWeight=600)
    return line + dot + name.encode(text=alt.value(words["chosen"]))


def capacity_picture(rows: pd.DataFrame, words: Mapping[str, str]) -> Chart:
    """Return the curve with a line at the limits that are asked about, and ``title`` of the words."""
    asked = alt.Chart(pd.DataFrame({"share": [1.0]})).mark_rule(strokeDash=DASHES[1])
    chart = capacity(rows.assign(chosen=rows["share"] == 1.0), words, PAPER)
    return framed(asked.encode(x="share:Q") + chart, words["title"])
