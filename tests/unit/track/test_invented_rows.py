"""The example of the served model is of nobody."""

from __future__ import annotations

import pandas as pd

from savedesk.stages.track.invented_rows import invented_rows

STATISTICS = pd.DataFrame(
    [("bill_3m", band, str(10.123 * band)) for band in range(1, 11)]
    + [("bill_3m", 0, None)]
    + [("region", 1, "North"), ("region", 2, "South")]
    + [("lines", 1, "1"), ("lines", 2, "3")],
    columns=["name", "band", "up_to"],
)
COLUMNS = {"bill_3m": "float64", "region": "string", "lines": "float64", "unseen": "float64"}


def test_a_row_has_the_rounded_deciles_of_all_training_rows():
    rows = invented_rows(STATISTICS, COLUMNS)
    assert [row["bill_3m"] for row in rows] == [20.0, 40.0, 61.0, 81.0, 100.0]
    assert [row["region"] for row in rows] == ["South"] * 5
    assert [row["lines"] for row in rows] == [1.0, 1.0, 3.0, 3.0, 3.0]
    assert [row["unseen"] for row in rows] == [None] * 5
    assert [list(row) for row in rows] == [list(COLUMNS)] * 5
