"""A quantity that is drawn: its field, what stands on its axis, and how its ticks are written."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import altair as alt

SHARE, PERCENT, WHOLE, MONEY = ".1~%", "~%", ",~d", ",.0f"


@dataclasses.dataclass(frozen=True)
class Quantity:
    """One axis.

    Args:
        field: column of the rows.
        title: in the words of the reader.
        form: of the ticks, as d3-format writes it.
        axis: further settings of the axis.
    """

    field: str
    title: str
    form: str = ""
    axis: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def x(self, other: str = "", **more: Any) -> alt.X:
        """Return the quantity from left to right, or another field on its axis."""
        return alt.X(f"{other or self.field}:Q", title=self.title, axis=self._axis, **more)

    def y(self, other: str = "", **more: Any) -> alt.Y:
        """Return the quantity from below to above, or another field on its axis."""
        return alt.Y(f"{other or self.field}:Q", title=self.title, axis=self._axis, **more)

    @property
    def _axis(self) -> alt.Axis:
        return alt.Axis(**{**({"format": self.form} if self.form else {}), **self.axis})
