"""The hold-out: a stable random share of subscribers who are left alone so that the effect can be measured."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt
import pandas as pd


def held_out(subscriber_ids: pd.Series, campaign: str, share: float) -> npt.NDArray[np.bool_]:
    """Return who is in the hold-out of a campaign: the same answer whoever else is there, now and in later runs.

    The first 8 bytes of SHA-256 of "campaign|subscriber_id", as a number in [0, 1), lie below the share.
    """
    unique = subscriber_ids.unique()
    drawn = {one: draw(one, campaign) < share for one in unique}
    chosen: npt.NDArray[np.bool_] = subscriber_ids.map(drawn).to_numpy(dtype=bool)
    return chosen


def draw(subscriber_id: str, campaign: str) -> float:
    """Return the number in [0, 1) that decides on the hold-out; it belongs to subscriber and campaign alone."""
    text = f"{campaign}|{subscriber_id}"
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:8]) / 2**64
