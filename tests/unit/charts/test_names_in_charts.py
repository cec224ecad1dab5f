"""Names from the data are text on every chart: no markup, no formula, nothing that steers."""

from __future__ import annotations

import re
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from tests.unit.charts.drawn import texts
from tests.unit.charts.figures import PROFIT, of_groups

from savedesk.operations.compare.charts import by_slice
from savedesk.operations.plan.view import draw
from savedesk.policy.curve import Curve
from savedesk.stages.evaluate.plots import charts

PLANTED = "N\x1b[31mo\x00r\x9bt\u202eh"
SHOWN = r"N\x1b[31mo\x00r\x9bt\u202eh"
RAW = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
HOSTILE = ["$\\frac{$", "<script>x()</script>", "' + x() + '", "datum.value", '"', "\\", "{{x}}", "&lt;", "null", "1e5"]


def of_region(name: str, metric: str = "auc") -> pd.DataFrame:
    return of_groups(("region", name, 0.6, 0.5, 0.7)).assign(metric=metric, model="savedesk")


def drawn_with(figures: pd.DataFrame, currency: str = "CNY") -> dict[str, str]:
    empty = {name: pd.DataFrame() for name in ("calibration", "gains", "survival")}
    return charts(empty | {"profit": PROFIT, "figures": figures}, 100.0, currency, "en")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_stands_as_it_is_written(name):
    drawn = drawn_with(of_region(name), name)
    assert f"region: {name}" in texts(drawn["slices.svg"])
    assert f"Ranking is weakest in {name}, with an AUC of 0.60" in texts(drawn["slices.svg"])
    assert f"Realised gain, {name} a month" in texts(drawn["profit.svg"])
    assert "<script" not in "".join(drawn.values())


def test_charts_of_the_model_are_well_formed():
    figures = pd.concat([of_region(PLANTED), of_region(PLANTED, "calibration_gap")])
    drawn = drawn_with(figures, f"US$ {PLANTED} $")
    assert set(drawn) == {"profit.svg", "slices.svg", "calibration_slices.svg"}
    for svg in drawn.values():
        assert SHOWN in "".join(ET.fromstring(svg).itertext())  # noqa: S314 - our own
        assert not RAW.search(svg)


def test_the_chart_of_a_plan_is_well_formed(tmp_path):
    rows = pd.DataFrame({"share": [0.5, 1.0], "gain": [1.0, 2.0]})
    draw(Curve("2026-01-01", f"hours {PLANTED}", rows, {}), f"$a$ {PLANTED}", tmp_path / "plan.svg")
    svg = (tmp_path / "plan.svg").read_text(encoding="utf-8")
    assert ET.fromstring(svg).tag.endswith("svg")  # noqa: S314 - our own
    assert svg.count(SHOWN) == 2
    assert f"$a$ {SHOWN}" in svg


def test_charts_of_compared_runs_are_well_formed():
    line = {"slice_by": "region", "slice": PLANTED, "profit": 1.0, "profit_low": -1.0, "profit_high": 2.0}
    svg = str(by_slice(SimpleNamespace(paired=SimpleNamespace(slices=pd.DataFrame([line])), span="a month")))
    assert f"region: {SHOWN}" in texts(svg)
    assert not RAW.search(svg)
