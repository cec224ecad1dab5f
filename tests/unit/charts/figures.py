"""Small tables as the stage evaluate makes them."""

from __future__ import annotations

import pandas as pd

CALIBRATION = pd.DataFrame(
    {
        "predicted": [0.02, 0.1, 0.2],
        "observed": [0.025, 0.08, 0.234],
        "low": [0.02, 0.06, 0.2],
        "high": [0.03, 0.1, 0.3],
    }
)
HELD = {
    "savedesk": 0.6,
    "default lightgbm": 0.55,
    "logistic regression": 0.5,
    "last usage drop": 0.4,
    "tenure only": 0.2,
}
GAINS = pd.concat(
    pd.DataFrame({"model": name, "share": [0.0, 0.1, 1.0], "churn_caught": [0.0, held, 1.0]})
    for name, held in HELD.items()
)
EARNED = {"policy": 1000.0, "probability": 600.0, "value at risk": 800.0, "random": 100.0}
PROFIT = pd.concat(
    pd.DataFrame({"ranking": name, "contacts": [0, 100, 400], "realised_gain": [0.0, earned, 1200.0]})
    for name, earned in EARNED.items()
)
SURVIVAL = pd.DataFrame(
    {
        "sample": ["test", "held_out", "held_out"],
        "month": [1, 1, 2],
        "observed": [0.02, 0.03, 0.061],
        "predicted": [0.018, 0.025, 0.05],
    }
)


def of_groups(*rows: tuple[str, str, float, float, float]) -> pd.DataFrame:
    """Return figures of groups from tuples: way of grouping, group, figure, and the ends of its interval."""
    return pd.DataFrame(rows, columns=["slice_by", "slice", "value", "low", "high"])


AUC = of_groups(
    ("tier", "key", 0.7, 0.65, 0.75), ("region", "North", 0.61, 0.55, 0.67), ("region", "South", 0.82, 0.8, 0.84)
)
GAPS = of_groups(
    ("churn_type", "arrears", 0.012, 0.004, 0.02), ("tier", "key", -0.003, -0.01, 0.004), ("tier", "small", 0, -1, 1)
)
