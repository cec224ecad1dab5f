"""Remaining value, value at risk and tiers (docs/policy.md)."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from savedesk.contracts.values import UNPRICED
from savedesk.params.value import ValueParams

Vector = npt.NDArray[np.float64]
MONTHS_A_YEAR = 12


def expected_months(monthly_hazard: Vector, params: ValueParams) -> Vector:
    """Return expected discounted months over the horizon: sum over t = 1..H of (1 - h)^t / (1 + i)^(t / 12).

    A geometric series with the ratio q = (1 - h) / (1 + i)^(1/12); between 0 and H.

    Args:
        monthly_hazard: P(churn in a month).
        params: section ``value``: horizon H, annual discount rate i.
    """
    ratio = (1 - monthly_hazard) / (1 + params.annual_discount_rate) ** (1 / MONTHS_A_YEAR)
    months: Vector = np.zeros(len(ratio))
    for month in range(1, params.horizon_months + 1):
        months += ratio**month
    return months


def segment_hazard(rows: pd.DataFrame) -> Vector:
    """Return the mean monthly hazard of each row's segment at its as_of; of everybody where the segment is absent.

    Remaining value holds *if they stay now*, so the subscriber's own churn probability must not lower it.
    """
    return _of_segment(rows, rows["monthly_hazard"], "mean")


def _of_segment(rows: pd.DataFrame, value: pd.Series, statistic: Literal["mean", "median"]) -> Vector:
    """Return a statistic over each row's segment at its as_of, over all rows of that as_of where it has no segment."""
    everybody = value.groupby(rows["as_of"]).transform(statistic)
    known = rows["segment"].notna()
    segment = value[known].groupby([rows.loc[known, "as_of"], rows.loc[known, "segment"]]).transform(statistic)
    everybody[known] = segment
    found: Vector = everybody.to_numpy(np.float64)
    return found


def fill_margin(rows: pd.DataFrame, months: Vector) -> tuple[Vector, npt.NDArray[np.object_]]:
    """Return margin (money/month) and where it comes from, by the first source that has it.

    The operator's own margin, bills, plan fee, what the operator's remaining value implies, the segment's median at
    that as_of, none (0).
    """
    implied = rows["given_value"].to_numpy(np.float64, na_value=np.nan) / np.where(months > 0, months, np.nan)
    options = [
        ("valuation", rows["given_margin"].to_numpy(np.float64, na_value=np.nan)),
        ("bills", rows["bill_margin"].to_numpy(np.float64, na_value=np.nan)),
        ("plan_fee", rows["plan_margin"].to_numpy(np.float64, na_value=np.nan)),
        ("valuation", implied),
    ]
    margin, _ = _first_given(options, len(rows))
    median = _of_segment(rows, pd.Series(margin, index=rows.index), "median")
    return _first_given([*options, ("segment_median", median), (UNPRICED, np.zeros(len(rows)))], len(rows))


def _first_given(options: list[tuple[str, Vector]], rows: int) -> tuple[Vector, npt.NDArray[np.object_]]:
    value, source = np.full(rows, np.nan), np.full(rows, UNPRICED, dtype=object)
    for name, given in options:
        new = np.isnan(value) & ~np.isnan(given)
        value[new], source[new] = given[new], name
    return value, source


def tiers(as_of: pd.Series, subscriber_id: pd.Series, value: Vector, params: ValueParams) -> npt.NDArray[np.object_]:
    """Return the tiers: ``key`` makes the first share of total value at its as_of, ``core`` the next, else ``small``.

    Who crosses a threshold still belongs to the tier above it. Ties by subscriber_id; who has no value is ``small``.
    """
    gain = np.maximum(value, 0.0)
    frame = pd.DataFrame({"as_of": as_of, "id": subscriber_id, "value": gain})
    ordered = frame.sort_values(["as_of", "value", "id"], ascending=[True, False, True], kind="stable")
    groups = ordered.groupby("as_of", sort=False)["value"]
    before = (groups.cumsum() - ordered["value"]) / groups.transform("sum").replace(0, np.nan)
    tier = np.select([before < params.key_value_share, before < params.core_value_share], ["key", "core"], "small")
    tier = np.where(ordered["value"] > 0, tier, "small")
    placed: npt.NDArray[np.object_] = pd.Series(tier, index=ordered.index).reindex(frame.index).to_numpy(object)
    return placed
