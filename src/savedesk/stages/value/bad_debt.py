"""Expected bad debt: the part of what is billed that nobody will pay."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from savedesk.domain.billed_months import Shape, as_known, folded
from savedesk.domain.payments import is_late, is_unpaid
from savedesk.params.value import ValueParams
from savedesk.stages.value.segment import of_segment

Vector = npt.NDArray[np.float64]


def late_bills(people: Any, bills: Any, shape: Shape) -> Any:
    """Return subscriber_id, as_of, bills_due and bills_late: of the bills due before as_of, those not paid when due.

    Only what was known before as_of counts. A bill counts once, however many months it covers, with what corrections
    have left of it. A bill without a due date or without an amount is not counted.
    """
    known = as_known(bills, people, shape)
    due = known.filter((known.due_on < known.as_of) & (known.total_due > 0))
    return due.group_by(["subscriber_id", "as_of"]).aggregate(bills_due=due.count(), bills_late=is_late(due).sum())


def lost_when_late(people: Any, bills: Any, shape: Shape, params: ValueParams) -> Any:
    """Return as_of and lost_when_late: of the bills that were late, the share unpaid after ``bad_debt_days``.

    Over the bills of everybody, of those who have left too: who never pays does not stay long enough to be seen.
    """
    dates = people.select("as_of").distinct()
    known = dates.inner_join(bills, [bills.known_on < dates.as_of])
    known = folded(known.select("as_of", *bills.columns), shape, ["subscriber_id", "as_of"])
    ripe = known.filter((known.as_of.delta(known.due_on, unit="day") > params.bad_debt_days) & (known.total_due > 0))
    sums = ripe.group_by("as_of").aggregate(late=is_late(ripe).sum(), lost=is_unpaid(ripe).sum())
    return sums.select("as_of", lost_when_late=sums.lost / sums.late.nullif(0))


def expected_bad_debt(rows: pd.DataFrame, params: ValueParams) -> Vector:
    """Return the share of a bill that is expected to stay unpaid: P(late) x P(unpaid for good | late), 0..1.

    P(late) is the share of the subscriber's own bills, drawn towards that of their segment as if they had had
    ``bad_debt_prior_bills`` bills of the segment before (mean of a beta posterior; Gelman et al., Bayesian Data
    Analysis, section 2.4). Where nobody's bills are known to be due it is 0.

    Args:
        rows: as_of, segment, bills_due, bills_late and lost_when_late.
        params: section ``value``.
    """
    due, late = (rows[name].astype("float64").fillna(0.0) for name in ("bills_due", "bills_late"))
    of_all = of_segment(rows, due, "sum")
    typical = np.divide(of_segment(rows, late, "sum"), of_all, out=np.zeros(len(rows)), where=of_all > 0)
    prior = params.bad_debt_prior_bills
    weight = (due + prior).to_numpy(np.float64)
    chance = np.divide(late + prior * typical, weight, out=np.zeros(len(rows)), where=weight > 0)
    lost = rows["lost_when_late"].astype("float64").fillna(0.0).to_numpy(np.float64)
    return np.asarray(chance * lost)
