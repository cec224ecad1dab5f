"""Why they leave: the first reasons of the candidates, by the value at risk behind them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from savedesk.stages.summarise.groups import at_home, everywhere, ratio, total

KEYS = ["subscriber_id", "as_of"]


def reason_shares(reasons: Any, values: Any, master: Any) -> pd.DataFrame:
    """Return the table ``reason_shares``.

    Args:
        reasons: contract ``reasons``.
        values: contract ``values``.
        master: contract ``subscribers``.
    """
    first = reasons.filter(reasons.position == 1).select(*KEYS, "reason")
    rows = first.inner_join(values.select(*KEYS, "value_at_risk"), KEYS)
    spread = everywhere(at_home(rows, master))
    cells = spread.group_by(["region", "as_of", "reason"]).aggregate(
        candidates=spread.count(), value_at_risk=total(spread.value_at_risk)
    )
    frame: pd.DataFrame = cells.order_by(["region", "as_of", "reason"]).to_pandas()
    whole = frame.groupby(["region", "as_of"])["value_at_risk"].transform("sum")
    return frame.assign(share=ratio(frame["value_at_risk"], whole).fillna(0.0).clip(0, 1))
