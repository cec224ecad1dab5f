"""A first model has no champion before it: what the best simple model would have earned stands in for one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from savedesk.operations.compare.paired import KEY
from savedesk.policy.gain import expected_gain
from savedesk.schemas.scores import BASELINE_NAMES
from savedesk.stages.evaluate.money import positions
from savedesk.stages.evaluate.probability import row_losses


def beside_best_baseline(rows: pd.DataFrame, scored: pd.DataFrame) -> tuple[str, pd.DataFrame, pd.DataFrame]:
    """Return the baseline with the lowest log loss, the rows as they would be had it made the list, and the model's.

    Both have the same options and as many contacts at each as_of as the list had: those of the highest expected gain by
    their own probability. Hours and budget, by which the list is solved, bind neither. Options are those of the
    candidates, whom the model chose, which favours it a little. An empty name: every baseline was left out.

    Args:
        rows: contract ``rows`` of evaluate.
        scored: contract ``baseline_scores``.
    """
    dated = scored.assign(as_of=scored["as_of"].astype(str))
    rows = rows.assign(as_of=rows["as_of"].astype(str)).merge(dated, on=KEY, how="left", validate="1:1")
    rows = rows.sort_values(KEY, ignore_index=True)
    churned = rows["churned"].to_numpy(dtype=float)
    losses = {
        name: float(row_losses(rows[name].to_numpy(dtype=float), churned)[0].mean())
        for name in BASELINE_NAMES
        if rows[name].notna().all()
    }
    name = min(losses, key=lambda baseline: losses[baseline], default="")
    own = _listed_by(rows, rows["churn_probability"].to_numpy(dtype=float))
    return name.replace("_", " "), _listed_by(rows, rows[name].to_numpy(dtype=float)) if name else own, own


def _listed_by(rows: pd.DataFrame, chance: np.ndarray) -> pd.DataFrame:
    gain = _expected(rows, chance)
    place = positions(rows, gain, rows["realised_gain"].to_numpy(dtype=float))
    contacts = rows["listed"].groupby(rows["as_of"]).transform("sum").to_numpy(dtype=float)
    return rows.assign(churn_probability=chance, expected_gain=gain, listed=place < contacts)


def _expected(rows: pd.DataFrame, chance: np.ndarray) -> np.ndarray:
    """Return the expected gain by another probability; the share of it that the action touches stays the model's."""
    own, v, d, r, u, c, own_gain = (
        rows[name].to_numpy(dtype=float)
        for name in (
            *("churn_probability", "remaining_value", "offer_cost", "save_rate", "take_up", "contact_cost"),
            "expected_gain",
        )
    )
    worth = r * (v - d)
    with np.errstate(divide="ignore", invalid="ignore"):
        touched = (own_gain + (1 - own) * u * d + c) / worth / own
    share = np.where(np.isfinite(touched), np.clip(touched, 0, 1), 0.0)
    gain: np.ndarray = expected_gain(chance * share, chance, r, v, d, u, c)
    return gain
