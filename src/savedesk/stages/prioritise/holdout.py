"""The hold-out: a stable random share of accounts that are left alone so that the effect can be measured.

Where one contact an account is the rule the account is drawn, with all its lines: a line drawn by itself would mostly
have another line of the account contacted in its place, and be neither treated nor control.
"""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import binom

CHANCE = 1e-3  # probability with which chance alone leaves the bounds within which the share is not worth a word


def drawn_by(*, one_per_account: bool) -> str:
    """Return the column that the hold-out is drawn by: who is contacted once."""
    return "account_id" if one_per_account else "subscriber_id"


def held_out(payers: pd.Series, campaign: str, share: float) -> npt.NDArray[np.bool_]:
    """Return who is in the hold-out of a campaign: the same answer whoever else is there, now and in later runs.

    The first 8 bytes of SHA-256 of "campaign|account_id" (or subscriber_id), as a number in [0, 1), lie below the
    share.
    """
    drawn = {payer: draw(payer, campaign) < share for payer in payers.unique()}
    chosen: npt.NDArray[np.bool_] = payers.map(drawn).to_numpy(dtype=bool)
    return chosen


def draw(payer: str, campaign: str) -> float:
    """Return the number in [0, 1) that decides on the hold-out; it belongs to account and campaign alone."""
    text = f"{campaign}|{payer}"
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:8]) / 2**64


def share_bounds(count: int, share: float) -> tuple[int, int]:
    """Return the least and most of ``count`` accounts that chance holds out but once in 1 / ``CHANCE``."""
    low, high = binom.ppf([CHANCE / 2, 1 - CHANCE / 2], count, share)
    return int(low), int(high)


def far_from_share(listed: int, held: int, share: float, *, worked: bool) -> list[str]:
    """Return a warning where another share of the would-be contacts is held out than was asked for; else nothing.

    Args:
        listed: contacts of the list.
        held: held out beside them.
        share: that was asked for.
        worked: whether some of the list were contacted already, so that only those held out beside them are left.
    """
    count = listed + held
    low, high = share_bounds(count, share)
    if not count or low <= held <= high or (worked and held > high):
        return []
    said = f"hold-out: {held:,} of {count:,} who would be contacted are held out, {held / count:.1%}, where "
    said += f"prioritise.hold_out_share asks for {share:.1%} and chance leaves {low:,} to {high:,}"
    return [f"{said}; next: look at the decisions of rule held_below and account, or draw anew by another campaign"]
