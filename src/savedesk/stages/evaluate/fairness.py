"""Is anybody treated worse for who they are: contacts, errors and calibration by age band, gender and region."""

from __future__ import annotations

import numpy as np
import pandas as pd

from savedesk.metrics.declaration import Form
from savedesk.metrics.registry import METRICS, metric_of
from savedesk.stages.evaluate.rows import UNKNOWN

BY = ("age_band", "gender", "region")
COMPARED = tuple(metric for metric in METRICS if metric.groups_en)


def fairness_table(figures: pd.DataFrame, interval: float) -> pd.DataFrame:
    """Return the table ``fairness``: the lowest and the highest group, and how many are off by more than chance.

    A group is off if the interval of its figure does not hold the figure of all rows, which happens to 1 - interval of
    the groups that are treated alike.

    Args:
        figures: the table ``figures``.
        interval: width of the intervals.
    """
    own = figures[figures["model"] == "savedesk"]
    overall = own[own["slice_by"] == "all"].set_index("metric")["value"]
    lines = []
    for by in BY:
        for metric in (declared.name for declared in COMPARED):
            part = own[(own["slice_by"] == by) & (own["metric"] == metric) & (own["slice"] != UNKNOWN)]
            part = part[part["value"].notna()]
            if len(part) < 2:  # noqa: PLR2004 - one group cannot be compared
                continue
            low, high = (part.iloc[int(place)] for place in (np.argmin(part["value"]), np.argmax(part["value"])))
            off = (part["low"] > overall[metric]) | (part["high"] < overall[metric])
            lines.append(
                {
                    "slice_by": by,
                    "metric": metric,
                    "all_rows": float(overall[metric]),
                    "lowest_slice": low["slice"],
                    "lowest": float(low["value"]),
                    "highest_slice": high["slice"],
                    "highest": float(high["value"]),
                    "slices": len(part),
                    "slices_off": int(off.sum()),
                    "slices_off_by_chance": (1 - interval) * len(part),
                }
            )
    return pd.DataFrame(lines)


def fairness_statement(table: pd.DataFrame) -> dict[str, str]:
    """Return one plain sentence for each way of grouping, by ``fairness_`` and its name."""
    statements = {}
    for by, part in table.groupby("slice_by", sort=False) if len(table) else ():
        parts = []
        for line in part.to_dict("records"):
            low, high = (f"{100 * line[end]:.1f}" for end in ("lowest", "highest"))
            metric = metric_of(line["metric"])
            unit = "" if metric.form == Form.POINTS else " %"
            parts.append(
                f"from {low}{unit} ({line['lowest_slice']}) to {high}{unit} ({line['highest_slice']}) "
                f"{metric.groups_en}, {line['slices_off']} of {line['slices']} groups off by more than their interval "
                f"({line['slices_off_by_chance']:.1f} by chance)"
            )
        statements[f"fairness_{by}"] = "; ".join(parts)
    return statements
