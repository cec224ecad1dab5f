"""The legend of a chart whose parts are drawn by marks of different kinds: lines, rules and points."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from savedesk.charts.style import DASHES, SOLID, Chart, room

LINE = "M-2.8,0H2.8"  # a stroke that is long enough to show its dashes
FIELD = "series"  # in which the rows hold the name of their part
COLUMN_PADDING = 26  # px between the columns of a legend


@dataclass(frozen=True)
class Part:
    """What one entry of the legend says.

    Args:
        name: in the words of the reader.
        colour: of its marks.
        dash: of its line.
        shape: of its points; a line has none.
    """

    name: str
    colour: str
    dash: Sequence[int] = SOLID
    shape: str = LINE


@dataclass(frozen=True)
class Legend:
    """The parts of a chart, in the order of the legend."""

    parts: Sequence[Part]
    columns: int = 4

    def line(self, chart: Chart) -> Chart:
        """Return lines or rules in the colours and dashes of their parts."""
        dash = alt.StrokeDash(
            f"{FIELD}:N", scale=self._scale([[*part.dash] for part in self.parts]), legend=self._shown
        )
        return chart.encode(color=self._colour, strokeDash=dash)

    def coloured(self, chart: Chart) -> Chart:
        """Return marks in the colours of their parts."""
        return chart.encode(color=self._colour)

    def points(self, chart: Chart) -> Chart:
        """Return points in the colours and shapes of their parts."""
        shape = alt.Shape(f"{FIELD}:N", scale=self._scale([part.shape for part in self.parts]), legend=self._shown)
        return chart.encode(color=self._colour, shape=shape)

    @property
    def _colour(self) -> alt.Color:
        scale = self._scale([part.colour for part in self.parts])
        return alt.Color(f"{FIELD}:N", scale=scale, legend=self._shown)

    def _scale(self, values: Sequence[Any]) -> alt.Scale:
        return alt.Scale(domain=[part.name for part in self.parts], range=[*values])

    @property
    def _shown(self) -> alt.Legend:
        padding = COLUMN_PADDING + room(part.name for part in self.parts)
        return of_lines(columns=self.columns, columnPadding=padding, labelLimit=0)


def apart(by: str, shades: Sequence[str], shown: alt.Legend) -> dict[str, Any]:
    """Return the encodings that tell lines apart, where only the rows know their names: by colour and by dashes."""
    dashes = [[*dash] for dash in DASHES]
    return {
        "color": alt.Color(f"{by}:N", sort=None, scale=alt.Scale(range=[*shades]), legend=shown),
        "strokeDash": alt.StrokeDash(f"{by}:N", sort=None, scale=alt.Scale(range=dashes), legend=shown),
    }


def of_lines(**more: Any) -> alt.Legend:
    """Return the look of a legend whose lines show their dashes."""
    return alt.Legend(**{"title": None, "symbolType": LINE, "labelOffset": 12, **more})


def named(chart: Chart, name: str) -> Chart:
    """Return a chart all of whose rows are of one part."""
    return chart.transform_calculate(**{FIELD: json.dumps(name)})
