"""Figures month by month: stacked shares, rates with their intervals, and amounts side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from savedesk.charts.legend import apart, of_lines
from savedesk.charts.quantity import MONEY, SHARE, Quantity
from savedesk.charts.style import Chart, Colours

WHEN = "when"  # field of the month, as it stands on the axis


def in_given_order(field: str, title: str | None, **more: Any) -> alt.X:
    """Return an axis of names in the order in which the rows have them."""
    return alt.X(f"{field}:O", title=title, sort=None, **more)


def stacked(rows: Any, when: str, y: Quantity, by: str, shades: Sequence[str], tooltip: Sequence[Any]) -> Chart:
    """Return bars of parts that add up.

    Args:
        rows: ``when``, the figure, its part, and the part's ``place`` in the bar.
        when: title of the months.
        y: the figure.
        by: field of the part.
        shades: colours of the parts.
        tooltip: what is said of a part.
    """
    scale = alt.Scale(range=[*shades])
    return (
        alt.Chart(rows, height=260)
        .mark_bar(cornerRadius=1, invalid=None)
        .encode(
            x=in_given_order(WHEN, when, scale=alt.Scale(paddingInner=0.28)),
            y=y.y(),
            color=alt.Color(f"{by}:N", sort=None, scale=scale, legend=alt.Legend(title=None, columns=5)),
            order=alt.Order("place:Q"),
            tooltip=[*tooltip],
        )
    )


def rates(rows: Any, when: str, rate: str, colours: Colours, tooltip: Sequence[Any]) -> Chart:
    """Return a line with its band for each series.

    Args:
        rows: ``when``, ``rate``, ``low``, ``high`` and ``series``.
        when: title of the months.
        rate: title of the rates.
        colours: of the chart.
        tooltip: what is said of a point.
    """
    shades = [colours.series[place] for place in (0, 4, 1)]
    y = Quantity("rate", rate, SHARE)
    x = in_given_order(WHEN, when, scale=alt.Scale(padding=0.4))
    base = alt.Chart(rows, height=240).encode(x=x)
    shade = alt.Fill("series:N", sort=None, scale=alt.Scale(range=shades), legend=None)
    band = base.mark_area(opacity=0.16).encode(y=y.y("low"), y2="high:Q", fill=shade)
    line = base.mark_line(point=alt.OverlayMarkDef(size=42)).encode(**apart("series", shades, of_lines()))
    return band + line.encode(y=y.y(scale=alt.Scale(zero=True)), tooltip=[*tooltip])


def amounts(rows: Any, when: str, money: str, colours: Colours, tooltip: Sequence[Any]) -> Chart:
    """Return bars of two series side by side.

    Args:
        rows: ``when``, ``money`` and ``series``.
        when: title of the months.
        money: title of the amounts.
        colours: of the chart.
        tooltip: what is said of a bar.
    """
    scale = alt.Scale(range=[*colours.series[:2]])
    return (
        alt.Chart(rows, height=240)
        .mark_bar(cornerRadius=1, invalid=None)
        .encode(
            x=in_given_order(WHEN, when),
            xOffset=alt.XOffset("series:N", sort=None),
            y=Quantity("money", money, MONEY).y(),
            color=alt.Color("series:N", sort=None, scale=scale, legend=alt.Legend(title=None)),
            tooltip=[*tooltip],
        )
    )
