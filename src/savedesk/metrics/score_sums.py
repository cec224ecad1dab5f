"""What the figures of a score are made of: sums over rows, of one sample or of many resamples at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from savedesk.metrics.maximum_profit import mpc_and_empc
from savedesk.metrics.running_sums import Floats, Totals, ratio
from savedesk.params.evaluate import EvaluateParams


@dataclass(frozen=True)
class ListSums:
    """Sums over the list, one for each sample.

    Args:
        contacts: rows on the list.
        churners: churners on it.
        churned_value: remaining value of these; money.
        all_churned_value: that of all churners; money.
        realised_gain: of the contacts; money.
        expected_gain: of the contacts; money.
        as_of_dates: number of dates of the rows.
        has_actions: whether an action is open to any row; otherwise there is no gain.
    """

    contacts: Floats
    churners: Floats
    churned_value: Floats
    all_churned_value: Floats
    realised_gain: Floats
    expected_gain: Floats
    as_of_dates: int
    has_actions: bool

    def a_month(self, money: Floats) -> Floats:
        """Return the mean over as_of dates; NaN where no action is open."""
        return money / self.as_of_dates if self.has_actions else np.full(money.shape, np.nan)


@dataclass(frozen=True)
class ScoreSums:
    """Sums over all rows of a score, one for each sample.

    Args:
        totals: running sums down the ranking.
        predicted: sum of the probabilities.
        log_loss: mean over the rows; nats.
        squared_error: mean over the rows.
        calibration_error: expected calibration error, 0 to 1.
        params: section ``evaluate``.
        on_list: sums over the list; None where the score has none.
    """

    totals: Totals
    predicted: Floats
    log_loss: Floats
    squared_error: Floats
    calibration_error: Floats
    params: EvaluateParams
    on_list: ListSums | None = None

    @property
    def rows(self) -> Floats:
        """Number of rows."""
        return self.totals.rows[..., -1]

    @property
    def churners(self) -> Floats:
        """Number of churners."""
        return self.totals.churners[..., -1]

    @property
    def churn_rate(self) -> Floats:
        """Share of the rows that left."""
        return ratio(self.churners, self.rows)

    @property
    def predicted_rate(self) -> Floats:
        """Mean probability."""
        return ratio(self.predicted, self.rows)

    @property
    def listed(self) -> ListSums:
        """Sums over the list.

        Raises:
            LookupError: the score has no list.
        """
        if self.on_list is None:
            raise LookupError("this score has no list")
        return self.on_list

    @cached_property
    def maximum_profits(self) -> dict[str, Floats]:
        """MPC and EMPC, which share their work."""
        return mpc_and_empc(self.totals, self.params)
