"""How many left, how, and what they were worth: month by month."""

from __future__ import annotations

from typing import Any

import pandas as pd

from savedesk.schemas.labels import CHURN_TYPES
from savedesk.stages.summarise.groups import at_home, everywhere, ratio, total, with_rate

KEYS = ["subscriber_id", "as_of"]
RATE = ("churn_rate", "churn_rate_low", "churn_rate_high")


def months(cohort: Any, scores: Any, values: Any, master: Any, interval: float) -> pd.DataFrame:
    """Return the table ``months``: every as_of that has labels or scores.

    Args:
        cohort: contract ``cohort``.
        scores: contract ``scores``.
        values: contract ``values``.
        master: contract ``subscribers``.
        interval: level of the interval of the churn rate.
    """
    rows = cohort.select(*KEYS, "churned", "churn_type")
    rows = rows.left_join(scores.select(*KEYS, "churn_probability"), KEYS, rname="{name}_score")
    rows = rows.left_join(values.select(*KEYS, "remaining_value", "value_at_risk"), KEYS, rname="{name}_value")
    wanted = ("churned", "churn_type", "churn_probability", "remaining_value", "value_at_risk")
    rows = at_home(rows.select(*KEYS, *wanted), master)
    left = rows.churned.fill_null(False)
    cells = rows.group_by(["region", "as_of"]).aggregate(
        subscribers=rows.count(),
        labelled=rows.churned.notnull().cast("int64").sum(),
        churners=left.cast("int64").sum(),
        **{
            churn_type: (left & (rows.churn_type == churn_type)).fill_null(False).cast("int64").sum()
            for churn_type in CHURN_TYPES
        },
        scored=rows.churn_probability.notnull().cast("int64").sum(),
        valued=rows.value_at_risk.notnull().cast("int64").sum(),
        predicted=total(rows.churn_probability),
        value_at_risk=total(rows.value_at_risk),
        value_lost=total(rows.remaining_value, where=left),
    )
    frame = _rolled_up(cells)
    return _without_unknown(frame[(frame["labelled"] > 0) | (frame["scored"] > 0)], interval)


def _rolled_up(cells: Any) -> pd.DataFrame:
    spread = everywhere(cells)
    money = ("predicted", "value_at_risk", "value_lost")
    counts = [name for name in cells.columns if name not in ("region", "as_of", *money)]
    totals = spread.group_by(["region", "as_of"]).aggregate(
        **{name: spread[name].sum().cast("int64") for name in counts}, **{name: total(spread[name]) for name in money}
    )
    frame: pd.DataFrame = totals.order_by(["region", "as_of"]).to_pandas()
    return frame


def _without_unknown(frame: pd.DataFrame, interval: float) -> pd.DataFrame:
    """Leave out what is not known: churners without labels, their types, money of who was not scored."""
    known = frame["labelled"] > 0
    typed = known & (frame[list(CHURN_TYPES)].sum(axis=1) == frame["churners"])
    whole = frame.assign(
        churners=frame["churners"].astype("Int64").where(known),
        **{churn_type: frame[churn_type].astype("Int64").where(typed) for churn_type in CHURN_TYPES},
        predicted_rate=ratio(frame["predicted"], frame["scored"]).clip(0, 1),
        value_at_risk=frame["value_at_risk"].where(frame["valued"] > 0),
        value_lost=frame["value_lost"].where(known & (frame["valued"] > 0)),
    )
    return with_rate(whole, "labelled", interval, RATE)
