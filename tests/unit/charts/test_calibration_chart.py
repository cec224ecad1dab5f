"""Calibration: groups with their intervals around the diagonal."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.unit.charts.drawn import marks, place, texts
from tests.unit.charts.figures import CALIBRATION

from savedesk.charts.calibration import calibration, calibration_of_runs, calibration_picture
from savedesk.charts.rendering import svg
from savedesk.charts.style import HEIGHT, LEVEL, PAGE, PAPER, WIDTH
from savedesk.stages.evaluate.plots import TEXTS

AXES = {"predicted": "expected", "observed": "came"}


def test_the_title_is_what_the_riskiest_group_says():
    said = texts(svg(calibration_picture(CALIBRATION, TEXTS.of("en"))))
    assert "Where the model expected 20.0% to leave, 23.4% left" in said


def test_axes_legend_and_title_speak_chinese():
    said = texts(svg(calibration_picture(CALIBRATION, TEXTS.of("zh"))))
    assert {"模型预计 20.0% 流失的人群，实际流失 23.4%", "预测流失概率（组内均值）", "实际流失率"} <= set(said)
    assert {"与预测一致", "等量分组及区间"} <= set(said)


def test_every_group_stands_where_its_figures_are_with_its_interval():
    drawn, end = svg(calibration_picture(CALIBRATION, TEXTS.of("en"))), 0.3 * 1.05
    group = CALIBRATION.iloc[2]
    x, y = place(marks(drawn, "symbol")[2])
    assert (x, y) == pytest.approx((WIDTH * group["predicted"] / end, HEIGHT * (1 - group["observed"] / end)))
    interval = marks(drawn, "rule")[2]
    assert abs(float(interval.get("y2"))) == pytest.approx(HEIGHT * (group["high"] - group["low"]) / end)


def test_the_diagonal_is_grey_and_dashed_from_corner_to_corner():
    line = marks(svg(calibration_picture(CALIBRATION, TEXTS.of("en"))), "line")[0]
    assert line.get("stroke") == PAPER.muted
    assert line.get("stroke-dasharray") == ",".join(map(str, LEVEL))
    assert line.get("d") == f"M0,{HEIGHT}L{WIDTH},0"


def test_the_curves_of_two_runs_have_colours_of_the_page_and_dashes():
    rows = CALIBRATION[["predicted", "observed"]]
    both = pd.concat([rows.assign(run="a"), rows.assign(run="b", observed=0.1)])
    drawn = svg(calibration_of_runs(both, ("a", "b"), AXES), PAGE)
    looks = {(line.get("stroke"), line.get("stroke-dasharray")) for line in marks(drawn, "line")}
    assert {("var(--series-1)", "1,0"), ("var(--series-2)", "10,3")} < looks
    assert {"a", "b", "expected", "came"} <= set(texts(drawn))


def test_what_is_said_of_a_group_is_what_is_given():
    dots = calibration(CALIBRATION, AXES, PAGE, ["observed:Q"]).to_dict()["layer"][-1]
    assert dots["encoding"]["tooltip"] == [{"field": "observed", "type": "quantitative"}]
