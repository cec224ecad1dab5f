"""From a spec to a picture: SVG, PNG or PDF, or a drawing that a page fills with its own rows.

The same figures give the same bytes. Text stays text in an SVG, so that the reader's font draws it.
"""

from __future__ import annotations

import re
from typing import Any

import vl_convert

from savedesk.charts.style import FONT, PAGE, PAPER, Chart, Colours, config
from savedesk.errors import printable_values

SHARPNESS = 2  # px of a PNG for each of the drawing
FONTS_OF_PDF = (re.compile(rb" /fo\d+ "), re.compile(rb"(?<=/Type0\n  /BaseFont /)\S+"))  # of the page, of the file
TRIES = 100  # with two fonts one in four is in order
FORMATS = (".png", ".svg", ".pdf")


def svg(chart: Chart, colours: Colours = PAPER) -> str:
    """Return the chart as SVG text; of the page's colours, it belongs into a page that sets them."""
    spec = printable_values(chart.to_dict())
    background = "transparent" if colours is PAGE else colours.card
    look = {**config(colours), "background": background, "font": FONT}
    drawn: str = vl_convert.vegalite_to_svg(spec, config=look, allowed_base_urls=[])
    return drawn


def picture(chart: Chart, ending: str) -> bytes:
    """Return the chart as a file of one of ``FORMATS``."""
    drawn = svg(chart)
    if ending == ".png":
        return bytes(vl_convert.svg_to_png(drawn, scale=SHARPNESS))
    return _pdf(drawn) if ending == ".pdf" else drawn.encode()


def drawing(chart: Chart) -> dict[str, Any]:
    """Return a spec without data and look, which the page has itself."""
    spec: dict[str, Any] = chart.to_dict()
    for key in ("$schema", "config", "data"):
        spec.pop(key, None)
    return spec


def _pdf(drawn: str) -> bytes:
    """Return a PDF that names its fonts in order; the renderer's own order is one of chance, so it is asked again."""
    document = b""
    for _ in range(TRIES):
        document = bytes(vl_convert.svg_to_pdf(drawn))
        orders = [pattern.findall(document) for pattern in FONTS_OF_PDF]
        if all(order == sorted(order) for order in orders):
            break
    return document
