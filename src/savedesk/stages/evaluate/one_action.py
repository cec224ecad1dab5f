"""Sorted lists that give everybody one and the same action: the one that, looking back, would have earned most."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from savedesk.metrics.running_sums import Floats, Integers
from savedesk.params.prioritise import PrioritiseParams
from savedesk.stages.evaluate.against_truth import Trial, trial_of
from savedesk.stages.evaluate.rows import KEY


def one_action_lists(rows: pd.DataFrame, policy: PrioritiseParams, sizes: Mapping[str, int]) -> dict[str, pd.DataFrame]:
    """Return who is on each list, with what (action) and what that truly gains (true_gain).

    Anybody who may be contacted can be on them, once an account (if the policy says so); no other rule binds. The
    action is chosen by the truth over all as_of dates together, so that no desk could do better with one offer for all.

    Args:
        rows: rows whose truth is known.
        policy: section ``prioritise``.
        sizes: contacts of each as_of.
    """
    p, value = (rows[name].to_numpy(np.float64) for name in ("churn_probability", "remaining_value"))
    payer = rows["account_id" if policy.rules.one_per_account else "subscriber_id"]
    trial = trial_of(rows, policy)
    scores = {"by_probability_one_action": p, "by_value_at_risk_one_action": p * value}
    return {name: _best(rows, payer, trial, score, sizes) for name, score in scores.items()}


def _best(rows: pd.DataFrame, payer: pd.Series, trial: Trial, score: Floats, sizes: Mapping[str, int]) -> pd.DataFrame:
    order = np.argsort(-score, kind="stable")
    lists = [
        _listed(rows, payer, order[~np.isnan(trial.gain[order, place])], sizes) for place in range(len(trial.names))
    ]
    totals = [trial.gain[listed, place].sum() for place, listed in enumerate(lists)]
    best = int(np.argmax(totals))
    chosen = rows.iloc[lists[best]][KEY]
    return chosen.assign(action=trial.names[best], true_gain=trial.gain[lists[best], best])


def _listed(rows: pd.DataFrame, payer: pd.Series, order: Integers, sizes: Mapping[str, int]) -> Integers:
    """Return the places of the first rows of each as_of, one a payer."""
    ordered = pd.DataFrame({"as_of": rows["as_of"].to_numpy()[order], "payer": payer.to_numpy()[order], "row": order})
    first = ordered.drop_duplicates(["as_of", "payer"])
    place = first.groupby("as_of").cumcount()
    listed: Integers = first.loc[place < first["as_of"].map(sizes), "row"].to_numpy(np.int64)
    return listed
