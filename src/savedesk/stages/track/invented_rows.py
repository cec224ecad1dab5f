"""Rows that show what the served model takes, and are nobody's: MLflow forgets nothing, so no subscriber goes there."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

BANDS = (1, 3, 5, 7, 9)  # deciles of the training rows, one a row
DIGITS = 2  # that are kept of a number: many subscribers share it


def invented_rows(statistics: pd.DataFrame, columns: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return one row a band: of each number the rounded upper end of that decile, of each name a frequent one.

    Args:
        statistics: contract ``feature_statistics``.
        columns: type by name of what the model takes. A column without statistics is missing in the rows.
    """
    known = statistics[(statistics["band"] > 0) & statistics["up_to"].notna()]
    ends = {str(name): part.sort_values("band")["up_to"].tolist() for name, part in known.groupby("name")}
    return [{name: _value(ends.get(name, []), dtype, band) for name, dtype in columns.items()} for band in BANDS]


def _value(ends: list[str], dtype: str, band: int) -> float | str | None:
    if not ends:
        return None
    if dtype == "string":
        return ends[band % len(ends)]
    value = float(ends[min(band * len(ends) // 10, len(ends) - 1)])
    return rounded(value) if math.isfinite(value) else None


def rounded(value: float) -> float:
    """Return a number with ``DIGITS`` digits."""
    return float(f"{value:.{DIGITS}g}")
