"""Who has left by each month: what the survival curves title, and what came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from savedesk.charts.legend import FIELD, Legend, Part, of_lines
from savedesk.charts.quantity import PERCENT, SHARE, Quantity
from savedesk.charts.style import DASHES, PAPER, Chart, Colours, framed

SHAPES = ("circle", "diamond")
WHOLE_MONTHS = {"tickMinStep": 1}


def survival_picture(table: pd.DataFrame, words: Mapping[str, str]) -> Chart:
    """Return a predicted line and observed points for each sample, with the last month's figures as the title."""
    last = table.iloc[int(table["month"].to_numpy().argmax())]
    title = words["survival_title"].format(month=last["month"], observed=last["observed"], predicted=last["predicted"])
    samples = [str(name) for name in table["sample"].unique()]
    parts = []
    for name, colour, dash, shape in zip(samples, PAPER.series, DASHES, SHAPES, strict=False):
        parts += [Part(words[f"predicted_{name}"], colour, dash), Part(words[f"observed_{name}"], colour, shape=shape)]
    key = Legend(parts, columns=2)
    x = Quantity("month", words["months_ahead"], axis=WHOLE_MONTHS)
    scale = alt.Scale(domain=[0, float(last["month"]) + 0.5], nice=False)
    layers = []
    for column in ("predicted", "observed"):
        rows = table.assign(**{FIELD: [words[f"{column}_{name}"] for name in table["sample"]]})
        chart = alt.Chart(rows).encode(x=x.x(scale=scale), y=Quantity(column, words["gone_share"], SHARE).y())
        layers.append(key.line(chart.mark_line()) if column == "predicted" else key.points(_dots(chart)))
    return framed(alt.layer(*layers), title)


def _dots(chart: Chart) -> Chart:
    return chart.mark_point(filled=True, size=60, opacity=1)


def survival(rows: Any, words: Mapping[str, str], colours: Colours, tooltip: Sequence[Any]) -> Chart:
    """Return a line for each sample (colour) and each of what was title and what came (dashes).

    Args:
        rows: ``month``, ``gone``, ``sample`` and ``series`` of each point.
        words: ``months`` and ``gone``.
        colours: of the chart.
        tooltip: what is said of a point.
    """
    return (
        alt.Chart(rows)
        .mark_line(point=alt.OverlayMarkDef(size=30))
        .encode(
            x=Quantity("month", words["months"], axis=WHOLE_MONTHS).x(),
            y=Quantity("gone", words["gone"], PERCENT).y(),
            color=alt.Color(
                "sample:N", sort=None, scale=alt.Scale(range=[*colours.series]), legend=alt.Legend(title=None)
            ),
            strokeDash=alt.StrokeDash("series:N", sort=None, legend=of_lines(orient="bottom")),
            tooltip=[*tooltip],
        )
    )


def survival_of_one(rows: Any, words: Mapping[str, str], colours: Colours, tooltip: Sequence[Any]) -> Chart:
    """Return the chance that a subscriber is still there, month by month.

    Args:
        rows: ``month`` and ``share``.
        words: ``months`` and ``there``.
        colours: of the chart.
        tooltip: what is said of a point.
    """
    main = colours.series[0]
    base = alt.Chart(rows).encode(
        x=Quantity("month", words["months"], axis=WHOLE_MONTHS).x(),
        y=Quantity("share", words["there"], PERCENT).y(scale=alt.Scale(domain=[0, 1])),
    )
    line = base.mark_line(color=main, point=alt.OverlayMarkDef(color=main, size=26))
    return base.mark_area(color=main, opacity=0.14) + line.encode(tooltip=[*tooltip])
