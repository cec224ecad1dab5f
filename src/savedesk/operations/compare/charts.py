"""The charts of the page as inline SVG in its colours, drawn by Vega-Lite without a browser."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd
import vl_convert
from markupsafe import Markup

from savedesk.errors import printable_values
from savedesk.operations.compare.comparison import Comparison
from savedesk.operations.compare.paired import Paired

# Vega reads only colours that it knows; each stands for one of the page, which differs between light and dark.
COLOURS = {
    "#111111": "var(--ink)",
    "#222222": "var(--muted)",
    "#333333": "var(--rule)",
    "#444444": "var(--series-1)",
    "#555555": "var(--series-2)",
}
INK, MUTED, RULE, ONE, OTHER = COLOURS
WIDTH, ROW = 470, 22  # points
MOST_SLICES = 16
PADDING = {"left": 18, "right": 10, "top": 4, "bottom": 4}  # the page's letters are wider than those Vega measures


def by_day(one: Comparison) -> Markup:
    """Draw the difference of profit with its interval, over all as_of dates and of each."""
    assert one.paired is not None  # noqa: S101 - for the type checker
    lines = [
        {
            "name": "all" if name == "profit" else name.removeprefix("profit "),
            "value": f.value,
            "low": f.low,
            "high": f.high,
        }
        for name, f in one.paired.figures.items()
        if name == "profit" or name.startswith("profit ")
    ]
    return _forest(pd.DataFrame(lines), [str(line["name"]) for line in lines], f"b - a, money {one.span}")


def by_slice(one: Comparison) -> Markup:
    """Draw the difference of profit in the slices where it is largest."""
    assert one.paired is not None  # noqa: S101 - for the type checker
    slices = one.paired.slices
    first = slices.loc[slices["profit"].abs().nlargest(MOST_SLICES).index].sort_values("profit")
    names = [f"{line['slice_by'].replace('_', ' ')}: {line['slice']}" for line in first.to_dict("records")]
    shown = {"name": names, "value": first["profit"], "low": first["profit_low"], "high": first["profit_high"]}
    return _forest(pd.DataFrame(shown), names, f"b - a, money {one.span}")


def calibration(one: Comparison) -> Markup:
    """Draw predicted against observed churn of both runs on the rows of both."""
    assert one.paired is not None  # noqa: S101 - for the type checker
    table = one.paired.calibration
    most = float(table[["predicted", "observed"]].to_numpy().max())
    line = alt.Chart(pd.DataFrame({"x": [0.0, most], "y": [0.0, most]})).mark_line(color=RULE, strokeWidth=1.2)
    colour = alt.Color("run:N", scale=alt.Scale(domain=["a", "b"], range=[ONE, OTHER]), title=None)
    curves = (
        alt.Chart(table)
        .mark_line(point=alt.OverlayMarkDef(size=34), strokeWidth=1.8)
        .encode(x=_axis("predicted", "predicted churn"), y=_axis("observed", "observed churn"), color=colour)
        .encode(
            strokeDash=alt.StrokeDash("run:N", scale=alt.Scale(domain=["a", "b"], range=[[1, 0], [5, 4]]), title=None)
        )
    )
    return _svg(line.encode(x="x:Q", y="y:Q") + curves, 250)


def _axis(name: str, title: str) -> Any:
    kind = alt.X if name == "predicted" else alt.Y
    return kind(f"{name}:Q", title=title, axis=alt.Axis(format="%", tickCount=5, titlePadding=14))


def _forest(table: pd.DataFrame, order: Sequence[str], title: str) -> Markup:
    clear = (table["low"] > 0) | (table["high"] < 0)
    table = table.assign(clear=clear.map({True: "beyond chance", False: "within chance"}))
    base = alt.Chart(table).encode(y=alt.Y("name:N", sort=list(order), title=None, axis=alt.Axis(labelLimit=190)))
    domain, colours = ["within chance", "beyond chance"], [MUTED, OTHER]
    colour = alt.Color("clear:N", scale=alt.Scale(domain=domain, range=colours), title=None)
    zero = alt.Chart(pd.DataFrame({"x": [0.0]})).mark_rule(color=INK, strokeWidth=1).encode(x="x:Q")
    span = base.mark_rule(strokeWidth=2).encode(
        x=alt.X(
            "low:Q", title=title, axis=alt.Axis(format="+,.0f", tickCount=5, labelOverlap="greedy", labelSeparation=8)
        ),
        x2="high:Q",
        color=colour,
    )
    points = base.mark_point(filled=True, size=60, opacity=1).encode(x="value:Q", color=colour)
    return _svg(zero + span + points, max(ROW * len(table), 60))


def _svg(chart: Any, height: int) -> Markup:
    text = {
        "labelColor": MUTED,
        "titleColor": MUTED,
        "labelFontSize": 11.5,
        "titleFontSize": 11.5,
        "titleFontWeight": 400,
    }
    made = (
        chart.properties(width=WIDTH, height=height, background="transparent", padding=PADDING)
        .configure_axis(gridColor=RULE, domainColor=RULE, tickColor=RULE, **text)
        .configure_view(stroke=None)
        .configure_legend(orient="top", columnPadding=26, labelColor=MUTED, labelFontSize=11.5)
    )
    svg = vl_convert.vegalite_to_svg(printable_values(made.to_dict()))
    for drawn, shown in COLOURS.items():
        svg = svg.replace(drawn, shown)
    svg = re.sub(r'font-family="[^"]*"', "", svg)
    return Markup(re.sub(r'<svg ([^>]*?)width="[\d.]+" height="[\d.]+"', r"<svg \1", svg, count=1))  # noqa: S704 - drawn by us


def has_charts(found: Paired | None) -> bool:
    """Return whether there is anything to draw."""
    return found is not None and len(found.slices) > 0
