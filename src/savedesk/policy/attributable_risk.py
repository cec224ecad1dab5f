"""How a save rate follows the strength of the reason that calls for the action."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

CELL = ["action", "reason"]
MOST = 5.0  # times the usual share: a reason that is weak with nearly everybody would else let a few decide a rate
SHARE, USUAL = "explained_share", "usual_share"

Vector = npt.NDArray[np.float64]


def explained_share(contribution: pd.Series) -> pd.Series:
    """Return the share of the odds of leaving that a reason explains, 0..1; missing where no reason was weighed.

    1 - exp(-contribution): the odds would be lower by so much without it. It is the attributable fraction among the
    exposed (Miettinen 1974, "Proportion of disease caused or prevented by a given exposure, trait or intervention",
    American Journal of Epidemiology 99), with the odds ratio in the place of the ratio of risks.

    Args:
        contribution: of the reason, log-odds.
    """
    odds = np.exp(-contribution.to_numpy(np.float64).clip(min=0))
    return pd.Series(1 - odds, index=contribution.index)


def usual_shares(called: pd.DataFrame, touched: pd.Series) -> pd.DataFrame:
    """Return for each action and reason the explained share of the would-be churners: action, reason, usual_share.

    Args:
        called: one row a subscriber and action: action, reason, explained_share.
        touched: of each row the chance of leaving in a way that the action can touch.
    """
    weighed = called[CELL].assign(weight=touched.where(called[SHARE].notna(), 0.0).to_numpy())
    weighed["sum"] = weighed["weight"] * called[SHARE].fillna(0.0).to_numpy()
    sums = weighed.groupby(CELL, as_index=False)[["weight", "sum"]].sum()
    usual = sums["sum"] / sums["weight"].where(sums["weight"] > 0)
    return sums[CELL].assign(**{USUAL: usual})


def rate_factors(share: pd.Series, usual: pd.Series, weight: float) -> Vector:
    """Return by how much each save rate differs from that of its action and reason: 1 where nothing is known.

    1 - weight + weight x share / usual: an action can keep those whom its reason drives away, so that the rate rises
    with the share of the risk that the reason explains; the would-be churners together keep the rate of the cell, but
    for a share above five times the usual one, which counts as five.

    Args:
        share: explained share of each.
        usual: that of the would-be churners of the same action and reason.
        weight: ``strength_weight`` of the policy: 0, no difference, to 1, in proportion.
    """
    ratio = (share / usual.where(usual > 0)).clip(upper=MOST).fillna(1.0).to_numpy(np.float64)
    return 1 - weight + weight * ratio
