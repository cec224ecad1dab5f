"""Colours, dashes and titles of every chart."""

from __future__ import annotations

import itertools

import altair as alt
import pandas as pd
import pytest
from tests.unit.charts.drawn import texts, width

from savedesk.charts.rendering import drawing, svg
from savedesk.charts.style import CAPACITY, DASHES, LEVEL, PAPER, WIDTH, framed

# How the cones of the two common forms of colour blindness see red, green and blue (Machado 2009, severity 1).
SEEN = {
    "deuteranopia": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "protanopia": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
}
APART = 20  # of 255, in the channel that differs most; dashes and shapes tell the rest
POINTS = pd.DataFrame({"x": [0, 1]})


def chart(said: str) -> alt.Chart:
    return framed(alt.Chart(POINTS).mark_point().encode(x="x:Q"), said)


def channels(colour: str) -> list[int]:
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]


@pytest.mark.parametrize("matrix", SEEN.values(), ids=SEEN)
def test_the_first_colours_stay_apart_for_who_sees_few(matrix):
    seen = [
        [sum(w * c for w, c in zip(row, channels(colour), strict=True)) for row in matrix]
        for colour in PAPER.series[:4]
    ]
    for first, second in itertools.combinations(seen, 2):
        assert max(abs(a - b) for a, b in zip(first, second, strict=True)) > APART


def test_lines_stay_apart_in_grey():
    assert len({*DASHES, LEVEL, CAPACITY}) == len(DASHES) + 2
    assert len(DASHES) == len(PAPER.series)


def test_a_long_title_goes_on_in_a_second_line_and_no_word_is_lost():
    said = "Ranking is weakest in the province with quite a long name, and in another one, with an AUC of 0.61"
    lines = [line for line in texts(svg(chart(said))) if line and line in said and len(line) > 3]
    assert len(lines) == 2
    assert " ".join(lines) == said
    assert width(svg(chart(said))) < WIDTH * 1.15


def test_a_long_chinese_title_breaks_at_half_as_many_letters():
    lines = [line for line in texts(svg(chart("流" * 60))) if "流" in line]
    assert [len(line) for line in lines] == [36, 24]


def test_a_drawing_for_a_page_has_neither_rows_nor_a_look_of_its_own():
    assert not {"$schema", "config", "data"} & drawing(chart("")).keys()


def test_a_chart_reaches_for_nothing():
    far = alt.Chart("http://127.0.0.1:9/rows.json").mark_point().encode(x="x:Q")
    with pytest.raises(ValueError, match="not allowed"):
        svg(far)
