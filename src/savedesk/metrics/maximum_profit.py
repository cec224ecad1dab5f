"""MPC and EMPC, for comparison with the literature.

Verbraken, Verbeke and Baesens (2013): A novel profit maximizing metric for measuring classification performance of
customer churn prediction models. IEEE Transactions on Knowledge and Data Engineering 25(5), 961-973.

A campaign contacts everybody above a threshold. A contact costs f. A would-be churner accepts the incentive,
which costs d, with chance gamma and then stays, which is worth CLV; a stayer always accepts it. Per subscriber scored:

    profit = CLV (gamma (1 - delta) - phi) pi F0 - CLV (delta + phi) (1 - pi) F1,  delta = d / CLV,  phi = f / CLV

with pi the churn rate, F0 and F1 the shares of churners and of stayers above the threshold. MPC is its maximum at the
mean of gamma; EMPC is the mean over gamma ~ Beta(alpha, beta) of its maximum.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import isotonic_regression
from scipy.special import betainc

from savedesk.metrics.running_sums import Floats, Totals
from savedesk.params.evaluate import EvaluateParams


def hull(rows: Floats, churners: Floats) -> tuple[Floats, Floats]:
    """Return the corners of the ROC curve's convex hull: shares of churners and of stayers, both from 0 to 1.

    The hull's slopes are the falling isotonic fit of the churn rate down the ranking, so pooling finds its corners.

    Args:
        rows: weight of the rows in each group of equal scores, riskiest first.
        churners: weight of the churners in it.
    """
    drawn = rows > 0
    churners, rows = churners[drawn], rows[drawn]
    corners = isotonic_regression(churners / rows, weights=rows, increasing=False).blocks
    churned = np.concatenate([[0.0], np.cumsum(churners)])[corners]
    stayed = np.concatenate([[0.0], np.cumsum(rows - churners)])[corners]
    return churned / churned[-1], stayed / stayed[-1]


def mpc_and_empc(t: Totals, params: EvaluateParams) -> dict[str, Floats]:
    """Return MPC and EMPC in money per subscriber scored, 0 or more. NaN where there is one class only."""
    rows, churners = (np.diff(sums[..., t.ends], prepend=0.0) for sums in (t.rows, t.churners))
    every = zip(rows.reshape(-1, len(t.ends)), churners.reshape(-1, len(t.ends)), strict=True)
    profits = np.array([_of_one(*resample, params) for resample in every]).reshape(*rows.shape[:-1], 2)
    return {"mpc": profits[..., 0], "empc": profits[..., 1]}


def _of_one(rows: Floats, churners: Floats, params: EvaluateParams) -> tuple[float, float]:
    pi = churners.sum() / rows.sum() if rows.sum() > 0 else 0.0
    if not 0 < pi < 1:
        return float("nan"), float("nan")
    f0, f1 = hull(rows, churners)
    clv = params.empc_clv
    delta, phi = params.empc_incentive_cost / clv, params.empc_contact_cost / clv
    per_gamma = clv * (1 - delta) * pi * f0
    fixed = clv * (phi * pi * f0 + (delta + phi) * (1 - pi) * f1)
    mean_gamma = params.empc_alpha / (params.empc_alpha + params.empc_beta)
    return float(np.max(mean_gamma * per_gamma - fixed)), _mean_of_maximum(per_gamma, fixed, params)


def _mean_of_maximum(per_gamma: Floats, fixed: Floats, params: EvaluateParams) -> float:
    """Integrate max over corners of (gamma * per_gamma - fixed), piece by piece in closed form.

    Down the hull each corner is best in one interval of gamma; two neighbours earn the same where the intervals meet.
    """
    a, b = params.empc_alpha, params.empc_beta
    rise = np.diff(per_gamma)
    meets = np.divide(np.diff(fixed), rise, out=np.full_like(rise, np.inf), where=rise > 0)
    ends = np.concatenate([[0.0], np.clip(meets, 0, 1), [1.0]])
    chance = np.diff(betainc(a, b, ends))
    weighted = a / (a + b) * np.diff(betainc(a + 1, b, ends))
    return float(np.sum(per_gamma * weighted - fixed * chance))
