"""Margin and tiers (docs/policy.md)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from savedesk.domain.bill_margin import margin_of_bills
from savedesk.params.value import ValueParams
from savedesk.schemas.values import UNPRICED
from savedesk.stages.value.segment import of_segment

Vector = npt.NDArray[np.float64]


def fill_margin(
    rows: pd.DataFrame, months: Vector, bad_debt: Vector, params: ValueParams
) -> tuple[Vector, npt.NDArray[np.object_]]:
    """Return margin (money/month) and where it comes from, by the first source that has it.

    The operator's own margin, bills, plan fee, what the operator's remaining value implies, the segment's median at
    that as_of, none (0). Of bills: what is received, less expected bad debt, less the variable cost, which unpaid bills
    cause as well. Of a plan the same from its fee.

    Args:
        rows: what a margin can come from; see ``with_margin_sources``.
        months: discounted months of each row.
        bad_debt: share of a bill that is expected to stay unpaid.
        params: section ``value``.
    """
    given, value, bill, received, fee = (
        rows[name].to_numpy(np.float64, na_value=np.nan)
        for name in ("given_margin", "given_value", "mean_bill", "mean_received", "plan_fee")
    )
    options = [
        ("valuation", given),
        ("bills", margin_of_bills(bill, received, bad_debt, params)),
        ("plan_fee", margin_of_bills(fee, fee, bad_debt, params)),
        ("valuation", value / np.where(months > 0, months, np.nan)),
    ]
    margin, _ = _first_given(options, len(rows))
    median = of_segment(rows, pd.Series(margin, index=rows.index), "median")
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
