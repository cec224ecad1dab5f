"""The windows of each day of decision: what is seen, the lead, in which churn is counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from savedesk.charts.style import Chart, Colours


def windows(rows: Any, colours: Colours, tooltip: Sequence[Any]) -> Chart:
    """Return a line of parts for each day of decision.

    Args:
        rows: ``line``, ``part``, ``first``, ``last``, and ``strength`` of its colour.
        colours: of the chart.
        tooltip: what is said of a part.
    """
    shades = [colours.series[0], colours.rule, colours.series[1], colours.ink]
    return (
        alt.Chart(rows)
        .mark_bar(height=11)
        .encode(
            y=alt.Y("line:N", title=None, sort=None, axis=alt.Axis(labelLimit=220)),
            x=alt.X("first:T", title=None, axis=alt.Axis(format="%Y-%m", grid=True)),
            x2="last:T",
            color=alt.Color("part:N", sort=None, scale=alt.Scale(range=shades), legend=alt.Legend(title=None)),
            opacity=alt.Opacity("strength:Q", scale=None, legend=None),
            tooltip=[*tooltip],
        )
    )
