"""A training sample whose prior is corrected exactly: for operators with more rows than one machine trains on."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import ibis
import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

HEX_DIGITS = 8


@dataclass(frozen=True)
class Sample:
    """Which share of the rows of either class is drawn, by a stable hash of seed, subscriber and as_of.

    Args:
        seed: of the hash.
        churners: share of the churners, 0 to 1.
        stayers: share of those who stayed, 0 to 1.
    """

    seed: int
    churners: float = 1.0
    stayers: float = 1.0

    @staticmethod
    def at_most(rows: int, churners: int, stayers: int, seed: int) -> Sample:
        """Return the sample of about ``rows`` rows: all churners if they fill no more than half of it."""
        if churners + stayers <= rows:
            return Sample(seed)
        kept = min(1.0, rows / 2 / churners) if churners else 1.0
        return Sample(seed, kept, min(1.0, max(1.0, rows - kept * churners) / stayers))

    @property
    def is_whole(self) -> bool:
        """Whether every row is drawn."""
        return self.churners >= 1 and self.stayers >= 1

    @property
    def shift(self) -> float:
        """What to add to the log-odds that the sample taught: ln(share of stayers / share of churners).

        By Bayes' rule a sample drawn within the classes multiplies the odds of every row by churners / stayers, and
        nothing else (King and Zeng 2001, "Logistic regression in rare events data", Political Analysis 9).
        """
        return math.log(self.stayers / self.churners)

    def drawn(self, table: Any) -> Any:
        """Return an Ibis boolean: whether the row is in the sample. The same on every engine.

        Args:
            table: subscriber_id, as_of and churned.
        """
        if self.is_whole:
            return ibis.literal(True)
        text = ibis.literal(f"{self.seed}|") + table.subscriber_id + "|" + table.as_of.cast("string")
        place = text.hexdigest("md5").left(HEX_DIGITS)
        return ibis.ifelse(table.churned, _below(place, self.churners), _below(place, self.stayers))

    def weights(self, churned: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
        """Return how many rows of the whole each drawn row stands for."""
        return np.where(churned, 1 / self.churners, 1 / self.stayers)

    def corrected(self, probability: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return probabilities among all rows for those that hold in the sample."""
        if self.is_whole:
            return probability
        among_all: npt.NDArray[np.float64] = expit(logit(probability) + self.shift)
        return among_all

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


def _below(place: Any, share: float) -> Any:
    """Return whether a hash of hexadecimal digits lies below a share of all of them."""
    if share >= 1:
        return ibis.literal(True)
    return place < f"{int(share * 16**HEX_DIGITS):0{HEX_DIGITS}x}"
