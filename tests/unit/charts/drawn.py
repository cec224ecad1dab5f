"""What a drawn chart shows: its texts, and where its marks stand."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg: str) -> list[str]:
    """Return every text, from above to below; of a text in lines each line."""
    return [line for text in ET.fromstring(svg).iter(f"{SVG}text") for line in text.itertext()]  # noqa: S314 - our own


def marks(svg: str, kind: str) -> list[ET.Element]:
    """Return the marks of the data of a kind, such as ``rule``; axes, legends and titles have others."""
    groups = [group for group in ET.fromstring(svg).iter(f"{SVG}g") if "role-mark" in group.get("class", "")]  # noqa: S314
    return [mark for group in groups if f"mark-{kind} " in group.get("class", "") for mark in group]


def place(mark: ET.Element) -> tuple[float, float]:
    """Return where a mark stands, in px from the upper left corner of the drawing."""
    x, y = re.findall(r"-?[\d.]+", mark.get("transform", ""))[:2]
    return float(x), float(y)


def width(svg: str) -> float:
    """Return the px of the whole picture."""
    return float(ET.fromstring(svg).get("width", 0))  # noqa: S314 - our own
