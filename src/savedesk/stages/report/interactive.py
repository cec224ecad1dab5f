"""The curves of evaluate as charts that answer to the mouse, on one page that needs no network."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import altair as alt
import pandas as pd

from savedesk.charts.answering import answering, chosen_groups, menu
from savedesk.charts.calibration import calibration
from savedesk.charts.curves import curves
from savedesk.charts.quantity import MONEY, PERCENT, WHOLE, Quantity
from savedesk.charts.style import PAPER, Chart, config
from savedesk.errors import printable_values
from savedesk.locales.catalogue import Catalogue
from savedesk.schemas import figures

WIDTH, HEIGHT = 460, 280
TABLES = (figures.METRICS, figures.CALIBRATION, figures.GAINS, figures.PROFIT, figures.SURVIVAL)
MODEL = "savedesk"
BY_GROUP = ("auc", "calibration_gap")  # figures of groups that have a chart


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
    drawn: dict[str, tuple[Callable[..., Chart], pd.DataFrame]] = {
        "chart_profit": (partial(_profit, gain=t.say("gain", money=currency or t["money"])), tables["profit"]),
        "chart_gains": (_gains, tables["gains"]),
        "chart_calibration": (_calibration, tables["calibration"]),
        "chart_survival": (_survival, tables["survival"]),
        "chart_slices": (_auc_of_groups, groups[groups["metric"] == "auc"]),
        "chart_calibration_slices": (_gap_of_groups, groups[groups["metric"] == "calibration_gap"]),
    }
    charts = [
        draw(table, t).properties(width=WIDTH, title=t[name]) for name, (draw, table) in drawn.items() if len(table)
    ]
    title = alt.TitleParams(t["charts_head"], subtitle=t["charts_note"], anchor="start", fontSize=20, subtitlePadding=6)
    charts = charts or [alt.Chart(pd.DataFrame({"x": []}), name="nothing").mark_point()]
    page = alt.concat(*charts, columns=2, spacing=40).resolve_scale(color="independent", strokeDash="independent")
    page = page if groups.empty else page.add_params(menu(sorted(groups["slice_by"].unique()), t["charts_by"]))
    look = config(PAPER)
    whole = page.properties(title=title, config={**look, "legend": {**look["legend"], "orient": "bottom"}})
    text = whole.to_html(inline=True, embed_options={"actions": False}, json_kwds={"cls": _InScript})
    return str(text).replace("<head>", f"<head>\n<title>{html.escape(t['charts_head'])}</title>", 1)


def _profit(table: pd.DataFrame, t: Catalogue, *, gain: str) -> Chart:
    x, y = Quantity("contacts", t["contacts"], WHOLE), Quantity("realised_gain", gain, MONEY)
    tip = ["ranking:N", alt.Tooltip("contacts:Q", format=WHOLE), alt.Tooltip("realised_gain:Q", format=MONEY)]
    return _lines("profit", curves(table, x, y, "ranking", PAPER, tip, t["charts_ranking"]), "ranking")


def _gains(table: pd.DataFrame, t: Catalogue) -> Chart:
    own_first = table.sort_values("model", key=lambda names: names != MODEL, kind="stable")
    named = own_first.assign(model=[t.word("model", name) for name in own_first["model"]])
    x, y = Quantity("share", t["share_contacted"], PERCENT), Quantity("churn_caught", t["share_caught"], PERCENT)
    numbers = [alt.Tooltip("share:Q", format=".0%"), alt.Tooltip("churn_caught:Q", format=".1%")]
    tip = ["model:N", *numbers, alt.Tooltip("lift:Q", title=t["charts_lift"], format=".2f")]
    return _lines("gains", curves(named, x, y, "model", PAPER, tip, t["ranked_by"]), "model")


def _calibration(table: pd.DataFrame, t: Catalogue) -> Chart:
    numbers = [alt.Tooltip(f"{name}:Q", format=".2%") for name in ("predicted", "observed", "low", "high")]
    tip = [*numbers, alt.Tooltip("rows:Q", title=t["name_rows"], format=",")]
    return calibration(table, t, PAPER, tip).properties(height=HEIGHT)


def _survival(table: pd.DataFrame, t: Catalogue) -> Chart:
    tall = table.melt(["sample", "month", "rows"], ["predicted", "observed"], var_name="kind", value_name="gone")
    kinds = zip(tall["kind"], tall["sample"], strict=True)
    named = tall.assign(series=[t[f"{kind}_{sample}"] for kind, sample in kinds])
    x = Quantity("month", t["months_ahead"], axis={"tickMinStep": 1})
    tip = ["series:N", "month:Q", alt.Tooltip("gone:Q", format=".1%"), alt.Tooltip("rows:Q", format=",")]
    lines = curves(named, x, Quantity("gone", t["gone_share"], PERCENT), "series", PAPER, tip, t["sample"])
    return _lines("survival", lines, "series")


def _lines(name: str, chart: Chart, by: str) -> Chart:
    dotted = chart.mark_line(point=alt.OverlayMarkDef(size=12))
    return answering(dotted, name, by).properties(height=HEIGHT)


def _groups(table: pd.DataFrame) -> pd.DataFrame:
    own = table[(table["model"] == MODEL) & table["metric"].isin(BY_GROUP) & (table["slice_by"] != "all")]
    return own[own["value"].notna()]


def _auc_of_groups(rows: pd.DataFrame, t: Catalogue) -> Chart:
    return _of_groups(rows, {"figure": t["auc_axis"], "group": t["charts_slice"]}, from_zero=False)


def _gap_of_groups(rows: pd.DataFrame, t: Catalogue) -> Chart:
    return _of_groups(rows, {"figure": t["charts_gap"], "group": t["charts_slice"]}, from_zero=True)


def _of_groups(rows: pd.DataFrame, words: Mapping[str, str], *, from_zero: bool) -> Chart:
    numbers = [alt.Tooltip(f"{name}:Q", format=".3f") for name in ("value", "low", "high")]
    tip = ["slice:N", *numbers, *[alt.Tooltip(f"{name}:Q", format=",") for name in ("rows", "churners")]]
    return chosen_groups(rows, words, PAPER, tip, from_zero=from_zero)
