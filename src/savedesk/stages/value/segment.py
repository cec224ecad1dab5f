"""What is typical of a segment, for subscribers of whom little is known themselves."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

Vector = npt.NDArray[np.float64]


def of_segment(rows: pd.DataFrame, value: pd.Series, statistic: Literal["mean", "median", "sum"]) -> Vector:
    """Return a statistic over each row's segment at its as_of, over all rows of that as_of where it has no segment."""
    everybody = value.groupby(rows["as_of"]).transform(statistic)
    known = rows["segment"].notna()
    segment = value[known].groupby([rows.loc[known, "as_of"], rows.loc[known, "segment"]]).transform(statistic)
    everybody[known] = segment
    figures: Vector = everybody.to_numpy(np.float64)
    return figures
