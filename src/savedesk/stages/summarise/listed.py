"""The newest list in figures: what it costs, what it should earn, and what it would earn within other limits."""

from __future__ import annotations

from typing import Any

import ibis
import numpy as np
import pandas as pd

from savedesk.params.prioritise import PrioritiseParams
from savedesk.policy.curve import gain_curve
from savedesk.policy.limits import MINUTES_AN_HOUR, limits
from savedesk.schemas.summaries import LIST_BY
from savedesk.stages.summarise.groups import at_home, everywhere, grouped, total

KEYS = ["subscriber_id", "as_of"]
CELL = ["action", "action_reason"]
GROUP = ["region", "by", "group"]
SUMS = ("expected_cost", "expected_gain", "value_at_risk", "minutes", "below", "above")
COUNTS = ("contacts", "hold_out")


def list_groups(decisions: Any, options: Any, rates: Any, values: Any, master: Any) -> pd.DataFrame:
    """Return the table ``list_groups`` of the newest as_of.

    The gain is a straight line in the save rate of its action and reason, of slope p_a x factor x (V - d). The
    subscribers of one action and reason share that rate and are wrong together; rates of different ones are learned
    apart, so that their errors are added as squares.

    Args:
        decisions: contract ``decisions``.
        options: contract ``options``.
        rates: contract ``save_rates``.
        values: contract ``values``.
        master: contract ``subscribers``.
    """
    newest = decisions.as_of.max()
    rows = decisions.filter((decisions.as_of == newest) & decisions.decision.isin(["contact", "hold_out"]))
    rows = rows.select(*KEYS, "decision", "action", "action_reason", "channel", "expected_gain")
    option = [*KEYS, "action", "channel"]
    priced = ("touched_probability", "rate_factor", "remaining_value", "offer_cost", "expected_cost")
    rows = rows.inner_join(options.select(*option, *priced, minutes="contact_minutes"), option)
    rates = rates.select("as_of", "action", "save_rate", "low", "high", action_reason=rates.reason)
    rows = rows.inner_join(rates, ["as_of", *CELL])
    rows = rows.inner_join(values.select(*KEYS, "tier", "value_at_risk"), KEYS)
    slope = rows.touched_probability * rows.rate_factor * (rows.remaining_value - rows.offer_cost)
    rows = rows.mutate(
        below=(slope * (rows.save_rate - rows.low)).abs(), above=(slope * (rows.high - rows.save_rate)).abs()
    )
    by = {name: None if name == "total" else name for name in LIST_BY}
    spread = grouped(everywhere(at_home(rows, master)), by).mutate(listed=ibis._.decision == "contact")
    cells = spread.group_by([*GROUP, *CELL]).aggregate(
        contacts=spread.listed.cast("int64").sum(),
        hold_out=(~spread.listed).cast("int64").sum(),
        **{name: total(spread[name], where=spread.listed) for name in SUMS},
    )
    return _together(cells.order_by([*GROUP, *CELL]).to_pandas())


def _together(cells: pd.DataFrame) -> pd.DataFrame:
    """Add up the cells of each group, their errors as squares."""
    squared = cells.assign(below=cells["below"] ** 2, above=cells["above"] ** 2)
    rows = squared.groupby(GROUP, as_index=False)[[*COUNTS, *SUMS]].sum()
    gain = rows["expected_gain"]
    return rows.assign(
        gain_low=gain - np.sqrt(rows["below"]),
        gain_high=gain + np.sqrt(rows["above"]),
        hours=rows["minutes"] / MINUTES_AN_HOUR,
    )


def capacity(options: Any, policy: PrioritiseParams) -> pd.DataFrame:
    """Return the table ``capacity``: the open options of the newest as_of, solved again within shares of the limits.

    Args:
        options: the table of this contract.
        policy: section ``prioritise``.
    """
    newest = options.filter((options.as_of == options.as_of.max()) & options.open)
    rows = newest.order_by(["subscriber_id", "action", "channel"]).to_pandas()
    if rows.empty or not limits(rows, policy):
        return pd.DataFrame({"share": [], "contacts": [], "expected_gain": [], "expected_cost": [], "chosen": []})
    curve = gain_curve(rows, policy).rows.rename(columns={"gain": "expected_gain", "cost": "expected_cost"})
    return curve.assign(contacts=curve["contacts"].astype("int64"), chosen=curve["share"] == 1.0)
