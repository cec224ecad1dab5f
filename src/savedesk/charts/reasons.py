"""Which reason weighs how much in which region, as shades."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from savedesk.charts.months import in_given_order
from savedesk.charts.quantity import PERCENT
from savedesk.charts.style import Chart, Colours


def heat(rows: Any, share: str, colours: Colours, tooltip: Sequence[Any]) -> Chart:
    """Return a cell for each region and reason.

    Args:
        rows: ``region``, ``reason`` and ``share``.
        share: title of the legend.
        colours: of the chart.
        tooltip: what is said of a cell.
    """
    main = colours.series[0]
    slanted = alt.Axis(orient="top", labelAngle=-35, labelOverlap=False, labelLimit=120)
    legend = alt.Legend(format=PERCENT, symbolFillColor=main, symbolStrokeWidth=0, orient="bottom")
    return (
        alt.Chart(rows)
        .mark_rect(color=main, stroke=colours.card)
        .encode(
            x=in_given_order("reason", None, axis=slanted),
            y=alt.Y("region:N", title=None, sort=None),
            opacity=alt.Opacity("share:Q", title=share, scale=alt.Scale(range=[0.04, 1]), legend=legend),
            tooltip=[*tooltip],
        )
    )
