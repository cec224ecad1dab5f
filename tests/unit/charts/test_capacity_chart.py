"""The curve of a plan, and the file that it is drawn into."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.unit.charts.drawn import marks, texts

from savedesk.charts.capacity import capacity_picture
from savedesk.charts.rendering import FORMATS, picture, svg
from savedesk.operations.plan.view import draw
from savedesk.policy.curve import ALL, Curve

ROWS = pd.DataFrame({"share": [0.0, 0.5, 1.0, 2.0], "gain": [0.0, 60.0, 100.0, 120.0]})
WORDS = {"title": "What more would earn", "share": "all limits", "gain": "gain, CNY", "chosen": "as asked"}
BEGINNINGS = {".png": b"\x89PNG", ".svg": b"<svg", ".pdf": b"%PDF"}


def test_the_curve_marks_the_limits_that_are_asked_about():
    drawn = svg(capacity_picture(ROWS, WORDS))
    assert {*WORDS.values(), "100%", "200%"} <= set(texts(drawn))
    assert len([rule for rule in marks(drawn, "rule") if rule.get("stroke-dasharray")]) == 1
    assert len(marks(drawn, "symbol")) == len(ROWS) + 1


@pytest.mark.parametrize("ending", FORMATS)
def test_the_ending_of_the_file_decides_its_format_and_the_same_figures_give_the_same_bytes(ending, tmp_path):
    for name in ("one", "other"):
        draw(Curve("2026-01-01", ALL, ROWS, {}), "CNY", tmp_path / f"{name}{ending}")
    first, second = ((tmp_path / f"{name}{ending}").read_bytes() for name in ("one", "other"))
    assert first.startswith(BEGINNINGS[ending])
    assert first == second


def test_a_pdf_names_its_fonts_in_one_order():
    """The renderer does not: of ten PDFs of a chart with two fonts some would differ."""
    chart = capacity_picture(ROWS, WORDS)
    assert len({picture(chart, ".pdf") for _ in range(10)}) == 1
