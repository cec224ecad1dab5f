"""The page of charts: it stands alone, holds the figures as they are, and nothing in the data can run in it."""

from __future__ import annotations

import json
import re

from savedesk.stages.report.stage import run

CHARTS = ("What does the order of contacts earn?", "How many churners does a contact find?", "Are the probabilities")
EMPTY: dict = {name: [] for name in ("metrics", "calibration", "gains", "profit", "survival")}
HOSTILE = '</script><script>alert("x")</script>'


def charts(inputs):
    return run(inputs)["charts"]


def spec(page):
    """Return what the page tells Vega to draw."""
    return json.loads(re.search(r"^  const spec = (.*);$", page, re.MULTILINE)[1])


def test_every_curve_of_evaluate_is_a_chart_with_its_own_figures(report_inputs):
    drawn = spec(charts(report_inputs()))
    titles = [chart["title"] for chart in drawn["concat"]]
    assert len(titles) == 6
    assert all(any(title.startswith(wanted) for title in titles) for wanted in CHARTS)
    rows = [row for rows in drawn["datasets"].values() for row in rows]
    assert {"ranking": "policy", "contacts": 2, "realised_gain": 80.0} in rows


def test_it_loads_nothing_from_anywhere(report_inputs):
    page = charts(report_inputs())
    assert not re.findall(r"<(?:script|link|iframe)[^>]*(?:src|href)=", page)
    assert "vegaEmbed('#vis', spec" in page


def test_the_same_tables_give_the_same_bytes(report_inputs):
    assert charts(report_inputs()) == charts(report_inputs())


def test_a_name_in_the_data_cannot_end_the_script(report_inputs):
    slices = [{"model": "savedesk", "slice_by": "region", "slice": HOSTILE, "metric": "auc", "value": 0.7, "rows": 9}]
    page = charts(report_inputs(metrics=slices, profit=[{"ranking": HOSTILE, "contacts": 1}]))
    assert page.count("<script") == charts(report_inputs()).count("<script")
    rows = [row for rows in spec(page)["datasets"].values() for row in rows]
    assert any(row.get("ranking") == HOSTILE for row in rows)


def test_without_figures_the_page_is_empty_and_whole(report_inputs):
    assert [chart.get("title") for chart in spec(charts(report_inputs(**EMPTY)))["concat"]] == [None]
