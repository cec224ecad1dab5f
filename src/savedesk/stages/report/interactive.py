"""The curves of evaluate as charts that answer to the mouse, on one page that needs no network."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from savedesk.errors import printable_values
from savedesk.locales.catalogue import Catalogue
from savedesk.schemas import figures

WIDTH, HEIGHT = 460, 280
COLOURS = ["#0f6c8c", "#c05a1f", "#7b5aa6", "#4d7d3a", "#66757f", "#a23b52"]
TABLES = (figures.METRICS, figures.CALIBRATION, figures.GAINS, figures.PROFIT, figures.SURVIVAL)
MODEL = "savedesk"
BY = "grouped_by"  # the page's name for what the menu says
BY_GROUP = ("auc", "calibration_gap")  # figures of groups that have a chart
PERCENT = ".0%"


class _InScript(json.JSONEncoder):
    """JSON that may stand inside a script: a name in the data cannot end it."""

    def encode(self, o: Any) -> str:
        """Return the value as text."""
        return super().encode(printable_values(o)).replace("<", "\\u003c")


def interactive_page(tables: Mapping[str, pd.DataFrame], currency: str, t: Catalogue) -> str:
    """Return the page. Its charts are named, so that the same tables give the same bytes.

    Args:
        tables: those of ``TABLES`` by name; a chart without rows is left out.
        currency: unit of money, may be empty.
        t: what it says.
    """
    groups = _groups(tables["figures"])
    drawn = [
        _profit(tables["profit"], t, t.say("gain", money=currency or t["money"])),
        _gains(tables["gains"], t),
        _calibration(tables["calibration"], t),
        _survival(tables["survival"], t),
        *[_by_group(groups, metric, t) for metric in BY_GROUP],
    ]
    there = [chart for chart in drawn if chart is not None]
    title = alt.TitleParams(t["charts_head"], subtitle=t["charts_note"], anchor="start", fontSize=20, subtitlePadding=6)
    there = there or [alt.Chart(pd.DataFrame({"x": []}), name="nothing").mark_point()]
    page = alt.concat(*there, columns=2, spacing=40).resolve_scale(color="independent")
    page = page if groups.empty else page.add_params(_menu(groups, t))
    whole = page.properties(title=title).configure_view(stroke=None).configure_axis(grid=True, gridColor="#d9e0e5")
    made = whole.to_html(inline=True, embed_options={"actions": False}, json_kwds={"cls": _InScript})
    return str(made).replace("<head>", f"<head>\n<title>{html.escape(t['charts_head'])}</title>", 1)


def _lines(frame: pd.DataFrame, name: str, x: Any, y: Any, series: Any, tooltip: list[Any]) -> Any:
    """Return lines of which a click in the legend shows one alone."""
    alone = alt.selection_point(name=f"{name}_alone", fields=[series.shorthand.partition(":")[0]], bind="legend")
    chart = alt.Chart(frame, name=name, width=WIDTH, height=HEIGHT).mark_line(strokeWidth=2, point={"size": 12})
    shown = chart.encode(
        x=x, y=y, color=series, tooltip=tooltip, opacity=alt.condition(alone, alt.value(1), alt.value(0.12))
    )
    return shown.add_params(alone, alt.selection_interval(name=f"{name}_move", bind="scales"))


def _colour(field: str, title: str) -> Any:
    return alt.Color(f"{field}:N", title=title, scale=alt.Scale(range=COLOURS))


def _profit(table: pd.DataFrame, t: Catalogue, gain: str) -> Any:
    if table.empty:
        return None
    x = alt.X("contacts:Q", title=t["contacts"])
    y = alt.Y("realised_gain:Q", title=gain)
    tip = ["ranking:N", alt.Tooltip("contacts:Q", format=",.0f"), alt.Tooltip("realised_gain:Q", format=",.0f")]
    chart = _lines(table, "profit", x, y, _colour("ranking", t["charts_ranking"]), tip)
    return chart.properties(title=t["chart_profit"])


def _gains(table: pd.DataFrame, t: Catalogue) -> Any:
    if table.empty:
        return None
    named = table.assign(model=[t.word("model", name) for name in table["model"]])
    x = alt.X("share:Q", title=t["share_contacted"], axis=alt.Axis(format=PERCENT))
    y = alt.Y("churn_caught:Q", title=t["share_caught"], axis=alt.Axis(format=PERCENT))
    numbers = [alt.Tooltip("share:Q", format=PERCENT), alt.Tooltip("churn_caught:Q", format=".1%")]
    tip = ["model:N", *numbers, alt.Tooltip("lift:Q", title=t["charts_lift"], format=".2f")]
    chart = _lines(named, "gains", x, y, _colour("model", t["ranked_by"]), tip)
    return chart.properties(title=t["chart_gains"])


def _calibration(table: pd.DataFrame, t: Catalogue) -> Any:
    if table.empty:
        return None
    base = alt.Chart(table, width=WIDTH, height=HEIGHT)
    x = alt.X("predicted:Q", title=t["predicted"], axis=alt.Axis(format=PERCENT))
    low = alt.Y("low:Q", title=t["observed"], axis=alt.Axis(format=PERCENT))
    numbers = [alt.Tooltip(f"{name}:Q", format=".2%") for name in ("predicted", "observed", "low", "high")]
    tip = [*numbers, alt.Tooltip("rows:Q", title=t["name_rows"], format=",")]
    spans = base.mark_rule(color=COLOURS[0]).encode(x=x, y=low, y2="high:Q", tooltip=tip)
    points = base.mark_circle(size=70, color=COLOURS[0]).encode(x=x, y="observed:Q", tooltip=tip)
    right = base.mark_line(color=COLOURS[4], strokeDash=[4, 4]).encode(x=x, y="predicted:Q")
    return (right + spans + points).properties(title=t["chart_calibration"])


def _survival(table: pd.DataFrame, t: Catalogue) -> Any:
    if table.empty:
        return None
    kinds = ["predicted", "observed"]
    tall = table.melt(["sample", "month", "rows"], kinds, var_name="kind", value_name="gone")
    named = tall.assign(
        series=[t[f"{kind}_{sample}"] for kind, sample in zip(tall["kind"], tall["sample"], strict=True)]
    )
    x = alt.X("month:Q", title=t["months_ahead"], axis=alt.Axis(tickMinStep=1))
    y = alt.Y("gone:Q", title=t["gone_share"], axis=alt.Axis(format=PERCENT))
    tip = ["series:N", "month:Q", alt.Tooltip("gone:Q", format=".1%"), alt.Tooltip("rows:Q", format=",")]
    chart = _lines(named, "survival", x, y, _colour("series", t["sample"]), tip)
    return chart.properties(title=t["chart_survival"])


def _groups(table: pd.DataFrame) -> pd.DataFrame:
    own = table[(table["model"] == MODEL) & table["metric"].isin(BY_GROUP) & (table["slice_by"] != "all")]
    return own[own["value"].notna()]


def _menu(groups: pd.DataFrame, t: Catalogue) -> Any:
    """Return the menu that chooses by what the subscribers are grouped, for both charts."""
    ways = sorted(groups["slice_by"].unique())
    first = "segment" if "segment" in ways else ways[0]
    return alt.param(name=BY, bind=alt.binding_select(options=ways, name=t["charts_by"]), value=first)


def _by_group(groups: pd.DataFrame, metric: str, t: Catalogue) -> Any:
    """Return the figure of each group with its interval."""
    own = groups[groups["metric"] == metric]
    if own.empty:
        return None
    title = t["auc_axis" if metric == "auc" else "charts_gap"]
    base = alt.Chart(own, width=WIDTH, height=alt.Step(16)).transform_filter(f"datum.slice_by == {BY}")
    x = alt.X("low:Q", title=title, scale=alt.Scale(zero=metric != "auc"))
    y = alt.Y("slice:N", title=t["charts_slice"], sort=alt.SortField("value"))
    numbers = [alt.Tooltip(f"{name}:Q", format=".3f") for name in ("value", "low", "high")]
    tip = ["slice:N", *numbers, *[alt.Tooltip(f"{name}:Q", format=",") for name in ("rows", "churners")]]
    spans = base.mark_rule(color=COLOURS[0]).encode(x=x, x2="high:Q", y=y, tooltip=tip)
    points = base.mark_circle(size=70, color=COLOURS[0]).encode(x="value:Q", y=y, tooltip=tip)
    return (spans + points).properties(title=t["chart_slices" if metric == "auc" else "chart_calibration_slices"])
