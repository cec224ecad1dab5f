"""Forest charts: a figure of each group with its interval, beside what it is compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from savedesk.charts.legend import FIELD, Legend, Part, named
from savedesk.charts.quantity import Quantity
from savedesk.charts.style import LEVEL, PAPER, Chart, Colours, framed

NAME = "name"  # field of the group in words
LABELS = 260  # px of the longest name
TIGHT = {"labelOverlap": "greedy", "labelSeparation": 8, "tickCount": 5}
RANKED = ("tier", "segment", "region")  # ways of grouping, in the order of their charts
CALIBRATED = ("churn_type", "as_of", *RANKED)
SHAPES = ("circle", "square", "diamond")
WIDTH, ROW, LEAST = 400, 19, 60  # px: beside the names; of a group; of a chart of few groups


def estimates(base: Chart, x: Quantity, size: int = 60) -> tuple[Chart, Chart]:
    """Return the intervals of groups and the dots on them.

    Args:
        base: groups with ``low`` and ``high``, each at its place.
        x: the figure.
        size: of a dot, px of its area.
    """
    ends = base.mark_rule(strokeWidth=1.8).encode(x=x.x("low"), x2="high:Q")
    return ends, base.mark_point(filled=True, size=size, opacity=1).encode(x=x.x())


def forest(rows: pd.DataFrame, x: Quantity, key: Legend, level: Chart, title: str, colours: Colours) -> Chart:
    """Return groups below each other, in the order of the rows.

    Args:
        rows: ``name``, ``value``, ``low``, ``high``, and ``series``: their part of the legend.
        x: what stands on the axis.
        key: parts of the legend.
        level: a line at the figure that the groups are compared with.
        title: may be empty.
        colours: of the chart.
    """
    names = [str(name) for name in rows[NAME]]
    axis = alt.Axis(labelLimit=LABELS, grid=False, domain=False, ticks=False, labelColor=colours.ink)
    base = alt.Chart(rows).encode(y=alt.Y(f"{NAME}:N", sort=names, title=None, axis=axis))
    ends, dots = estimates(base, x)
    return framed(level + key.coloured(ends) + key.points(dots), title, WIDTH, max(ROW * len(rows), LEAST), names)


def ranking_of_groups(table: pd.DataFrame, words: Mapping[str, str]) -> Chart:
    """Return the AUC of each group beside that of chance, with the weakest group as the title.

    Args:
        table: ``slice_by``, ``slice``, ``value``, ``low`` and ``high``.
        words: of the chart.
    """
    rows = _in_order(table, RANKED, words)
    rows = rows.assign(**{FIELD: [words[f"name_{way}"] for way in rows["slice_by"]]})
    weakest = rows.iloc[rows["value"].to_numpy().argmin()]
    title = words["slices_title"].format(slice=weakest["slice"], auc=weakest["value"])
    places = [place for place, name in enumerate(RANKED) if name in set(rows["slice_by"])]
    parts = [Part(words[f"name_{RANKED[place]}"], PAPER.series[place], shape=SHAPES[place]) for place in places]
    key = Legend([*parts, Part(words["chance"], PAPER.muted, LEVEL)])
    x = Quantity("value", words["auc_axis"], ".2f")
    return forest(rows, x, key, key.line(named(_at(0.5, x), words["chance"])), title, PAPER)


def calibration_of_groups(table: pd.DataFrame, words: Mapping[str, str]) -> Chart:
    """Return by how many points the churn of each group is off, with how many are off by more as the title.

    Args:
        table: as for ``ranking_of_groups``, in shares.
        words: of the chart.
    """
    figures = ["value", "low", "high"]
    rows = _in_order(table, CALIBRATED, words)
    rows[figures] *= 100
    apart = beyond(rows)
    title = words["calibration_slices_title"].format(off=apart.sum(), all=len(rows))
    rows = rows.assign(**{FIELD: apart.map({True: words["off"], False: words["within"]})})
    parts = _within_or_off(words["within"], words["off"], PAPER)
    key = Legend([*parts, Part(words["perfect"], PAPER.muted, LEVEL)])
    x = Quantity("value", words["gap_axis"], "+.1f")
    return forest(rows, x, key, key.line(named(_at(0.0, x), words["perfect"])), title, PAPER)


def differences(rows: pd.DataFrame, words: Mapping[str, str], colours: Colours) -> Chart:
    """Return differences of money beside none.

    Args:
        rows: ``name``, ``value``, ``low`` and ``high``.
        words: ``axis``, ``within`` and ``off``.
        colours: of the chart.
    """
    rows = rows.assign(**{FIELD: beyond(rows).map({True: words["off"], False: words["within"]})})
    x = Quantity("value", words["axis"], "+,.0f", TIGHT)
    none = _at(0.0, x).encode(color=alt.value(colours.ink))
    return forest(rows, x, Legend(_within_or_off(words["within"], words["off"], colours)), none, "", colours)


def beyond(rows: pd.DataFrame) -> pd.Series:
    """Return which intervals do not hold 0."""
    return (rows["low"] > 0) | (rows["high"] < 0)


def kept(rows: Any, words: Mapping[str, str], colours: Colours, tooltip: Sequence[Any]) -> Chart:
    """Return what contacts kept beside what was promised and what is true.

    Args:
        rows: ``group``, ``kept``, ``low``, ``high``, and ``series``: what came, was promised, or is true.
        words: ``kept``, and ``came``, ``promised`` and ``true`` as the rows name them.
        colours: of the chart.
        tooltip: what is said of a group.
    """
    names = [words[key] for key in ("came", "promised", "true")]
    shades = [colours.series[place] for place in (0, 1, 3)]
    shapes = ("circle", "triangle-up", "diamond")
    key = Legend([Part(name, shade, shape=shape) for name, shade, shape in zip(names, shades, shapes, strict=True)])
    x = Quantity("kept", words["kept"], axis={"grid": True})
    zero = alt.Chart(rows).mark_rule(color=colours.muted, strokeDash=LEVEL).encode(x=alt.datum(0))
    base = alt.Chart(rows).encode(y=alt.Y("group:N", title=None, sort=None, axis=alt.Axis(labelLimit=LABELS)))
    ends, dots = estimates(base, x, 95)
    return zero + ends.encode(color=alt.value(shades[0])) + key.points(dots).encode(tooltip=[*tooltip])


def _at(figure: float, x: Quantity) -> Chart:
    line = alt.Chart(pd.DataFrame({x.field: [figure]})).mark_rule(strokeWidth=1.4)
    return line.encode(x=x.x(scale=alt.Scale(zero=False)))


def _within_or_off(within: str, off: str, colours: Colours) -> list[Part]:
    return [Part(within, colours.series[0], shape="circle"), Part(off, colours.series[1], shape="diamond")]


def _in_order(table: pd.DataFrame, ways: Sequence[str], words: Mapping[str, str]) -> pd.DataFrame:
    """Return groups by the way of grouping, highest figure first, each with its name in words."""
    names = [f"{words[f'name_{by}']}: {name}" for by, name in zip(table["slice_by"], table["slice"], strict=True)]
    placed = table.assign(**{NAME: names}, place=table["slice_by"].map([*ways].index))
    return placed.sort_values(["place", "value", "slice"], ascending=[True, False, False], ignore_index=True)
