"""Importance and performance of the processes that surveys ask about, in four quadrants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from savedesk.charts.style import Chart, Colours


def quadrants(
    rows: Any, words: Mapping[str, str], names: Sequence[str], colours: Colours, tooltip: Sequence[Any]
) -> Chart:
    """Return a dot with both of its intervals for each process.

    Args:
        rows: ``process``, ``quadrant``; ``performance``, ``importance``, both also with ``_low``, ``_high``, ``_line``.
        words: ``performance`` and ``importance``.
        names: of the quadrants, in the order of their colours.
        colours: of the chart.
        tooltip: what is said of a process.
    """
    base = alt.Chart(rows, height=380)
    x, y = _axes(words)
    lines = base.mark_rule(strokeDash=[4, 4], color=colours.muted)
    spread = base.mark_rule(color=colours.series[4], opacity=0.6)
    shades = [colours.series[place] for place in (3, 1, 0, 4)]
    key = alt.Color("quadrant:N", scale=alt.Scale(domain=[*names], range=shades), legend=alt.Legend(title=None))
    dots = base.mark_point(filled=True, size=130, opacity=1).encode(x=x, y=y, color=key, tooltip=[*tooltip])
    across, down = words["performance"], words["importance"]
    layers: Chart = alt.layer(
        spread.encode(x=x, y=alt.Y("importance_low:Q", title=down), y2="importance_high:Q"),
        spread.encode(y=y, x=alt.X("performance_low:Q", title=across), x2="performance_high:Q"),
        lines.encode(y=alt.Y("mean(importance_line):Q", title=down)),
        lines.encode(x=alt.X("mean(performance_line):Q", title=across)),
        dots,
        base.mark_text(align="left", dx=8, dy=-10).encode(x=x, y=y, text="process:N"),
    )
    return layers


def _axes(words: Mapping[str, str]) -> tuple[alt.X, alt.Y]:
    x = alt.X(
        "performance:Q",
        title=words["performance"],
        scale=alt.Scale(zero=False, padding=34),
        axis=alt.Axis(grid=False),
    )
    y = alt.Y(
        "importance:Q",
        title=words["importance"],
        scale=alt.Scale(zero=False, padding=30),
        axis=alt.Axis(grid=False, ticks=True),
    )
    return x, y
