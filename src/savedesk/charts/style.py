"""The house style of every chart: colours, dashes, letters and how wide they are."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import altair as alt

Chart: TypeAlias = Any  # the methods of the library's charts have lost their types

# Its widths come with the renderer, so that a chart is laid out alike on every machine; Arial has the same ones.
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
LETTERS, TITLE_LETTERS = 12, 14  # px
WIDTH, HEIGHT = 520, 300  # px of the drawing
TITLE_COLUMNS = 72  # narrow letters of the title that fit on a line
PADDING = {"left": 14, "right": 14, "top": 6, "bottom": 6}  # px; letters of a page may be wider than those measured
MISSING = 0.4  # of its size, by which a wide letter is measured too narrow where the machine has no font for it

SOLID = (1, 0)
# Lines are told apart by these in a grey print, and by who sees few colours.
DASHES = (SOLID, (10, 3), (8, 3, 2, 3), (2, 2), (16, 5), (5, 2, 1, 2, 1, 2))
LEVEL = (4, 5)  # of what something is compared with: the diagonal, chance, no difference
CAPACITY = (1, 4)


@dataclass(frozen=True)
class Colours:
    """The colours of a chart.

    Args:
        ink: of text and of what stands out.
        muted: of axes and of what something is compared with.
        rule: of the grid.
        card: what is behind the chart.
        series: of what is drawn, told apart in the common forms of colour blindness.
    """

    ink: str
    muted: str
    rule: str
    card: str
    series: tuple[str, ...]


PAPER = Colours(
    "#24303b", "#66757f", "#d9e0e5", "#ffffff", ("#0f6c8c", "#c05a1f", "#7b5aa6", "#4d7d3a", "#8a8f94", "#a23b52")
)
# Set by the style sheet of the page, which differs between light, dark and print.
_INK, _CARD, _HUES = "var(--ink)", "var(--card)", [f"var(--series-{place})" for place in range(1, 6)]
MANY = (  # for more parts than there are hues
    *_HUES,
    *(f"color-mix(in srgb, {hue} 50%, {_CARD})" for hue in _HUES),
    *(f"color-mix(in srgb, {hue} 65%, {_INK})" for hue in _HUES[:4]),
)
PAGE = Colours(_INK, "var(--muted)", "var(--rule)", _CARD, MANY[:6])


def config(colours: Colours) -> dict[str, Any]:
    """Return what Vega-Lite asks for of the look of axes, legends and marks."""
    plain = {"labelFontSize": LETTERS, "titleFontSize": LETTERS, "titleFontWeight": "normal"}
    titles = {**plain, "labelColor": colours.muted, "titleColor": colours.muted, "titlePadding": 10}
    lines = {"gridColor": colours.rule, "domainColor": colours.rule, "tickColor": colours.rule}
    legend = {"orient": "top", "symbolType": "square", "columnPadding": 18, "labelLimit": 260}
    return {
        "view": {"stroke": None},
        "axis": {**titles, **lines, "labelLimit": 170, "labelPadding": 5},
        "axisQuantitative": {"tickCount": 6},
        "axisTemporal": {"tickCount": 8},
        "axisX": {"grid": False, "labelAngle": 0, "labelOverlap": "greedy", "labelFlush": False},
        "axisY": {"domain": False, "ticks": False, "tickCount": 5},
        "legend": {**plain, "labelColor": colours.ink, "titleColor": colours.muted, **legend},
        "title": {"color": colours.ink, "fontSize": TITLE_LETTERS, "anchor": "start", "offset": 10},
        "text": {"color": colours.ink, "fontSize": LETTERS},
        "rule": {"color": colours.muted},
        "line": {"strokeWidth": 2.25},
        "aria": False,
    }


def framed(chart: Chart, title: str, width: int = WIDTH, height: int = HEIGHT, names: Iterable[str] = ()) -> Chart:
    """Return a chart with its title and its size, and with room for the names of its rows on the left."""
    padding = {**PADDING, "left": PADDING["left"] + room(names)}
    sized = chart.properties(width=width, height=height, padding=padding)
    return sized.properties(title=alt.Title(_lines(title))) if title else sized


def _lines(text: str) -> list[str]:
    """Return a title in lines that fit above a chart."""
    share_of_wide = _wide_letters(text) / max(len(text), 1)
    return textwrap.wrap(text, round(TITLE_COLUMNS / (1 + share_of_wide)), break_on_hyphens=False)


def room(texts: Iterable[str]) -> float:
    """Return the px that texts may need beyond what is measured, since a machine may lack a font for wide letters."""
    return MISSING * LETTERS * max((_wide_letters(text) for text in texts), default=0)


def _wide_letters(text: str) -> int:
    return sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
