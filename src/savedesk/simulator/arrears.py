"""Bills that stay unpaid for a while: a line that pays again settles its older bills on that day."""

from __future__ import annotations

import numpy as np

from savedesk.simulator.billing import NEVER
from savedesk.simulator.lines import Vector


class Settlements:
    """Days on which lines paid all that they owed."""

    def __init__(self) -> None:
        """Start without any."""
        self._numbers: list[Vector] = []
        self._days: list[Vector] = []

    def add(self, numbers: Vector, days: Vector) -> None:
        """Note that these lines settled on these days."""
        self._numbers.append(numbers)
        self._days.append(days)

    def paid_on(self, numbers: Vector, billed: Vector, paid: Vector) -> Vector:
        """Return the day of payment of each bill: its own, or that of the line's next settlement.

        Args:
            numbers: line of each bill.
            billed: day of each bill.
            paid: own day of payment, NEVER if there was none.
        """
        lines, days = np.concatenate(self._numbers), np.concatenate(self._days)
        if len(lines) == 0:
            return paid
        order = np.lexsort((days, lines))
        lines, days = lines[order], days[order]
        span = int(max(billed.max(initial=0), days.max())) + 1
        place = np.searchsorted(lines * span + days, numbers * span + billed)
        settlement = np.minimum(place, len(lines) - 1)
        same = (place < len(lines)) & (lines[settlement] == numbers)
        settled: Vector = np.where((paid == NEVER) & same, days[settlement], paid)
        return settled
