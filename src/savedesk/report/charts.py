"""The charts of evaluate as part of the page: in its colours, and in words for those who cannot see them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

from markupsafe import Markup

from savedesk.errors import DataContractError

# What the charts are drawn in -> the page's colour, which differs between light and dark.
COLOURS = {
    "#24303b": "var(--ink)",
    "#66757f": "var(--muted)",
    "#d9e0e5": "var(--rule)",
    "#0f6c8c": "var(--series-1)",
    "#c05a1f": "var(--series-2)",
    "#7b5aa6": "var(--series-3)",
    "#4d7d3a": "var(--series-4)",
}
KEPT = {"svg", "g", "defs", "path", "use", "text", "tspan", "clipPath", "rect", "line", "polyline", "circle"}
SHEETS = ("{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}")


def chart(folder: Path, name: str, alt: str) -> Markup | None:
    """Return a chart as inline SVG, or None where evaluate drew none.

    Only shapes and text are kept: no script, no style sheet, no reference to anything outside the chart.

    Args:
        folder: the charts.
        name: file name without ending; it keeps the ids of two charts apart.
        alt: what a screen reader says.

    Raises:
        DataContractError: the file is not SVG.
    """
    path = folder / f"{name}.svg"
    if not path.is_file():
        return None
    try:
        root = ET.fromstring(path.read_text(encoding="utf-8"))  # noqa: S314 - our own file, and expat loads no entities
    except ET.ParseError as error:
        raise DataContractError(
            f"not readable as SVG: {error}", where=str(path), next_step="run `savedesk evaluate`"
        ) from error
    _clean(root, name)
    width, height = root.get("viewBox", "0 0 0 0").split()[2:]
    root.attrib.clear()
    root.attrib.update({"viewBox": f"0 0 {width} {height}", "role": "img", "aria-labelledby": f"{name}-alt"})
    title = ET.Element("title", {"id": f"{name}-alt"})
    title.text = alt
    root.insert(0, title)
    return Markup(_coloured(ET.tostring(root, encoding="unicode")))  # noqa: S704 - rebuilt from shapes and escaped text


def _clean(element: ET.Element, name: str) -> None:
    element.tag = _local(element.tag)
    for key in list(element.attrib):
        value = element.attrib.pop(key)
        local = _local(key)
        if not local.startswith("on") and not (local == "href" and not value.startswith("#")):
            element.set(local, _own_ids(local, value, name))
    for child in list(element):
        if isinstance(child.tag, str) and _local(child.tag) in KEPT:
            _clean(child, name)
        else:
            element.remove(child)


def _local(name: str) -> str:
    for sheet in SHEETS:
        name = name.removeprefix(sheet)
    return name


def _own_ids(key: str, value: str, name: str) -> str:
    if key == "id":
        return f"{name}-{value}"
    if key == "href":
        return f"#{name}-{value[1:]}"
    return re.sub(r"url\((?!#)[^)]*\)", "none", value).replace("url(#", f"url(#{name}-")


def _coloured(svg: str) -> str:
    for drawn, shown in COLOURS.items():
        svg = svg.replace(drawn, shown)
    return svg
