"""The curves of evaluate as CSV tables, one line a point: `dvc plots` draws no other kind."""

from __future__ import annotations

import pandas as pd

from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import figures

MODEL = "savedesk"


def curve_tables(inputs: Inputs) -> dict[str, str]:
    """Return the text of each table by file name: profit by ranking, churners caught by model, calibration."""
    profit = inputs.frame(figures.PROFIT)
    gains = inputs.frame(figures.GAINS)
    caught = _wide(gains, "share", "model", "churn_caught")
    tables = {
        "profit.csv": _wide(profit, "contacts", "ranking", "realised_gain"),
        "gains.csv": caught[[name for name in ("share", MODEL) if name in caught]],
        "calibration.csv": inputs.frame(figures.CALIBRATION)[["predicted", "observed"]],
    }
    return {name: table.to_csv(index=False) for name, table in tables.items()}


def _wide(table: pd.DataFrame, index: str, series: str, value: str) -> pd.DataFrame:
    wide = table.pivot_table(index=index, columns=series, values=value, observed=True).reset_index()
    return wide.rename(columns=lambda name: str(name).replace(" ", "_"))
