"""Calibration: predicted against observed churn, around the diagonal on which both are equal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from savedesk.charts.legend import FIELD, Legend, Part, named
from savedesk.charts.quantity import SHARE, Quantity
from savedesk.charts.style import DASHES, LEVEL, PAGE, PAPER, Chart, Colours, framed

AROUND = 1.05  # the axes end so far beyond the last figure
WIDTH_OF_RUNS, HEIGHT_OF_RUNS = 470, 250  # px
THIN = 1.4  # px of a line that others are compared with


def calibration(rows: Any, words: Mapping[str, str], colours: Colours, tooltip: Sequence[Any] = ()) -> Chart:
    """Return groups with their intervals.

    Args:
        rows: ``predicted``, ``observed``, ``low`` and ``high`` of each group.
        words: ``predicted`` and ``observed``.
        colours: of the chart.
        tooltip: what is said of a group.
    """
    ends, dots = _groups(rows, words, colours)
    diagonal = alt.Chart(rows).mark_line(color=colours.muted, strokeDash=LEVEL, strokeWidth=THIN)
    x, y = _axes(words)
    return diagonal.encode(x=x.x(), y=y.y("predicted")) + ends + dots.encode(tooltip=[*tooltip])


def calibration_picture(table: pd.DataFrame, words: Mapping[str, str]) -> Chart:
    """Return the chart with what the riskiest group says as its title, and axes of one length."""
    top = table.iloc[-1]
    end = float(max(table["high"].max(), table["predicted"].max())) * AROUND
    key = Legend([Part(words["perfect"], PAPER.muted, LEVEL), Part(words["group"], PAPER.series[0], shape="circle")])
    x, y = _axes(words)
    scale = alt.Scale(domain=[0, end], nice=False)
    diagonal = alt.Chart(pd.DataFrame({"predicted": [0, end]})).mark_line(strokeWidth=THIN)
    diagonal = diagonal.encode(x=x.x(scale=scale), y=y.y("predicted", scale=scale))
    ends, dots = _groups(table, words, PAPER)
    layers = key.line(named(diagonal, words["perfect"])) + ends + key.points(named(dots, words["group"]))
    title = words["calibration_title"].format(predicted=top["predicted"], observed=top["observed"])
    return framed(layers, title)


def calibration_of_runs(table: pd.DataFrame, runs: Sequence[str], words: Mapping[str, str]) -> Chart:
    """Return the curve of each run.

    Args:
        table: ``run``, ``predicted`` and ``observed`` of each group.
        runs: in the order of the legend.
        words: ``predicted`` and ``observed``.
    """
    x, y = _axes(words)
    most = float(table[["predicted", "observed"]].to_numpy().max())
    diagonal = alt.Chart(pd.DataFrame({"predicted": [0.0, most]})).mark_line(color=PAGE.muted, strokeWidth=THIN)
    diagonal = diagonal.encode(x=x.x(), y=y.y("predicted"), strokeDash=alt.value(LEVEL))
    parts = [Part(run, colour, dash) for run, colour, dash in zip(runs, PAGE.series, DASHES, strict=False)]
    curves = alt.Chart(table.rename(columns={"run": FIELD})).mark_line(point=alt.OverlayMarkDef(size=34))
    return framed(diagonal + Legend(parts).line(curves.encode(x=x.x(), y=y.y())), "", WIDTH_OF_RUNS, HEIGHT_OF_RUNS)


def _axes(words: Mapping[str, str]) -> tuple[Quantity, Quantity]:
    return Quantity("predicted", words["predicted"], SHARE), Quantity("observed", words["observed"], SHARE)


def _groups(rows: Any, words: Mapping[str, str], colours: Colours) -> tuple[Chart, Chart]:
    """Return intervals and dots."""
    x, y = _axes(words)
    base = alt.Chart(rows).encode(x=x.x())
    ends = base.mark_rule(color=colours.series[0], strokeWidth=1.5).encode(y=y.y("low"), y2="high:Q")
    return ends, base.mark_point(color=colours.series[0], filled=True, size=60, opacity=1).encode(y=y.y())
