"""Churn of groups of subscribers, beside others where there are some."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from savedesk.charts.months import in_given_order
from savedesk.charts.quantity import SHARE, Quantity
from savedesk.charts.style import Chart, Colours

GROUP = alt.Y("group:N", title=None, sort=None, axis=alt.Axis(labelLimit=260))


def groups(rows: Any, rate: str, colours: Colours, tooltip: Sequence[Any]) -> Chart:
    """Return a bar with its interval for each group.

    Args:
        rows: ``group``, ``rate``, ``low`` and ``high``.
        rate: title of the rates.
        colours: of the chart.
        tooltip: what is said of a group.
    """
    base = alt.Chart(rows).encode(y=GROUP)
    bar = base.mark_bar(height=16, color=colours.series[0], opacity=0.85, cornerRadiusEnd=2)
    ends = base.mark_rule(color=colours.ink).encode(x=alt.X("low:Q", title=rate), x2="high:Q")
    return bar.encode(x=_rate(rate), tooltip=[*tooltip]) + ends


def groups_beside(rows: Any, rate: str, names: tuple[str, str], colours: Colours, tooltip: Sequence[Any]) -> Chart:
    """Return the same with a tick at the rate of the others.

    Args:
        rows: as of ``groups``; ``compared``, and ``series`` and ``named``: the names.
        rate: title of the rates.
        names: of these groups and of those that they are compared with.
        colours: of the chart.
        tooltip: what is said of a group.
    """
    base = alt.Chart(rows).encode(y=GROUP)
    key = alt.Scale(domain=[*names], range=[*colours.series[:2]])
    legend = alt.Legend(title=None, symbolType="stroke", symbolStrokeWidth=3)
    tick = base.mark_tick(thickness=3, height=24, opacity=1).encode(
        x=alt.X("compared:Q", title=rate), color=alt.Color("series:N", scale=key, legend=legend)
    )
    of_legend = base.mark_point(opacity=0).encode(x=_rate(rate), color=alt.Color("named:N", scale=key))
    return groups(rows, rate, colours, tooltip) + of_legend + tick


def by_tenure(rows: Any, months: str, rate: str, colours: Colours, tooltip: Sequence[Any]) -> Chart:
    """Return churn by month of tenure as a line with its band.

    Args:
        rows: ``group``, the month; ``rate``, ``low`` and ``high``.
        months: title of the months.
        rate: title of the rates.
        colours: of the chart.
        tooltip: what is said of a point.
    """
    main = colours.series[0]
    base = alt.Chart(rows, height=260).encode(x=in_given_order("group", months))
    y = Quantity("rate", rate, SHARE)
    band = base.mark_area(opacity=0.16, color=main).encode(y=y.y("low"), y2="high:Q")
    line = base.mark_line(color=main, point=alt.OverlayMarkDef(color=main, size=22))
    return band + line.encode(y=y.y(), tooltip=[*tooltip])


def _rate(title: str) -> alt.X:
    return Quantity("rate", title, SHARE, {"grid": True}).x(scale=alt.Scale(zero=True))
