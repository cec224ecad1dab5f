"""The lines on the books: one array a trait, one place a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[Any]


@dataclass
class Lines:
    """Traits and state of every line that is being simulated. ``lines["plan"]`` is the plan of each."""

    traits: dict[str, Vector]

    def __getitem__(self, name: str) -> Vector:
        """Return one trait of all lines."""
        return self.traits[name]

    def __setitem__(self, name: str, value: Vector) -> None:
        """Replace one trait of all lines."""
        self.traits[name] = value

    def __len__(self) -> int:
        """Return how many lines there are."""
        return len(self.traits["number"])

    def at(self, places: Vector) -> Lines:
        """Return a copy of the lines at these places, or of those marked."""
        return Lines({name: values[places] for name, values in self.traits.items()})

    def keep(self, where: npt.NDArray[np.bool_]) -> None:
        """Drop the lines that are not marked."""
        self.traits = {name: values[where] for name, values in self.traits.items()}

    def add(self, others: Lines) -> None:
        """Put other lines behind these."""
        self.traits = {name: np.concatenate([values, others.traits[name]]) for name, values in self.traits.items()}
