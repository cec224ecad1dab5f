"""Survival: predicted lines beside observed points."""

from __future__ import annotations

from tests.unit.charts.drawn import marks, texts
from tests.unit.charts.figures import SURVIVAL

from savedesk.charts.rendering import svg
from savedesk.charts.survival import survival_picture
from savedesk.stages.evaluate.plots import TEXTS


def test_the_title_is_the_last_month_of_which_something_is_known():
    said = texts(svg(survival_picture(SURVIVAL, TEXTS.of("en"))))
    assert "2 months on 6.1% had left; the curves said 5.0%" in said
    assert "2 个月后实际流失 6.1%，曲线预计 5.0%" in texts(svg(survival_picture(SURVIVAL, TEXTS.of("zh"))))


def test_each_sample_has_a_line_and_a_point_for_each_month():
    drawn = svg(survival_picture(SURVIVAL, TEXTS.of("en")))
    assert len(marks(drawn, "line")) == 2
    assert len(marks(drawn, "symbol")) == len(SURVIVAL)
    names = {
        f"{kind}, {sample}" for kind in ("predicted", "observed") for sample in ("later months", "subscribers held out")
    }
    assert names <= set(texts(drawn))


def test_months_are_whole():
    ticks = [text for text in texts(svg(survival_picture(SURVIVAL, TEXTS.of("en")))) if text.replace(".", "").isdigit()]
    assert ticks == ["0", "1", "2"]
