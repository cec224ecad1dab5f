"""The interval of a rate."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

Floats = npt.NDArray[np.float64]


def wilson(successes: Floats, rows: Floats, interval: float) -> tuple[Floats, Floats]:
    """Return the ends of Wilson's score interval of a rate (Wilson 1927), within 0 to 1."""
    z = float(norm.ppf(0.5 + interval / 2))
    rate = successes / rows
    centre = (rate + z**2 / (2 * rows)) / (1 + z**2 / rows)
    half = z / (1 + z**2 / rows) * np.sqrt(rate * (1 - rate) / rows + z**2 / (4 * rows**2))
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)
