"""Charts that answer to the mouse: a line shown alone, axes that move, groups that a menu chooses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from savedesk.charts.forest import estimates
from savedesk.charts.quantity import Quantity
from savedesk.charts.style import Chart, Colours

FAINT = 0.12  # opacity of the lines that are not the one that was clicked
BY = "grouped_by"  # the page's name for what the menu says


def answering(chart: Chart, name: str, by: str) -> Chart:
    """Return lines of which a click in the legend shows one alone, and whose axes move and grow.

    Args:
        chart: the lines.
        name: of the chart on its page; without one the library would count, and the bytes would differ.
        by: field that names the line.
    """
    alone = alt.selection_point(name=f"{name}_alone", fields=[by], bind="legend")
    shown = chart.encode(opacity=alt.condition(alone, alt.value(1), alt.value(FAINT)))
    return shown.properties(name=name).add_params(alone, alt.selection_interval(name=f"{name}_move", bind="scales"))


def menu(ways: Sequence[str], label: str) -> alt.Parameter:
    """Return the menu that chooses by what subscribers are grouped: by segment, or else the first way."""
    first = "segment" if "segment" in ways else ways[0]
    return alt.param(name=BY, bind=alt.binding_select(options=[*ways], name=label), value=first)


def chosen_groups(
    rows: pd.DataFrame, words: Mapping[str, str], colours: Colours, tooltip: Sequence[Any], *, from_zero: bool
) -> Chart:
    """Return the figure of each group that the menu chooses, lowest first.

    Args:
        rows: ``slice_by``, ``slice``, ``value``, ``low`` and ``high``.
        words: ``figure`` and ``group``.
        colours: of the chart.
        tooltip: what is said of a group.
        from_zero: whether the axis holds 0.
    """
    place = alt.Y("slice:N", title=words["group"], sort=alt.SortField("value"))
    chosen: Chart = alt.Chart(rows, height=alt.Step(16)).transform_filter(f"datum.slice_by == {BY}")
    base = chosen.encode(y=place, color=alt.value(colours.series[0]), tooltip=[*tooltip])
    figure = Quantity("value", words["figure"])
    ends, dots = estimates(base, figure)
    return ends.encode(x=figure.x("low", scale=alt.Scale(zero=from_zero))) + dots
