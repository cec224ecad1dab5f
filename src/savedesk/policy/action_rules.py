"""Symptom -> medicine: the actions that a subscriber's reasons call for, and the reason that calls loudest."""

from __future__ import annotations

import pandas as pd

from savedesk.params.prioritise import PrioritiseParams
from savedesk.policy.attributable_risk import SHARE, explained_share
from savedesk.schemas.decisions import ANYWAY

COMPLAINT = "complaint"
KEYS = ["subscriber_id", "as_of"]
CALLED = [*KEYS, "action", "reason", "reason_place", SHARE]


def called_for(
    reasons: pd.DataFrame, upset: pd.DataFrame, everybody: pd.DataFrame, policy: PrioritiseParams
) -> pd.DataFrame:
    """Return one row for each subscriber, as_of and action that is called for: the columns ``CALLED``.

    An action that several reasons call for goes with the strongest of them. An open complaint calls for its medicine
    whatever the reasons are, after them: what is not told as a reason explains too little of the risk to be one, and
    its explained_share is 0. A default action needs no reason, and has none.

    Args:
        reasons: contract ``reasons``: subscriber_id, as_of, position, reason, contribution.
        upset: subscriber_id and as_of of those with an open complaint.
        everybody: subscriber_id and as_of of those for whom the default actions are open.
        policy: section ``prioritise``.
    """
    pairs = [(reason, action) for reason, actions in policy.reason_actions.items() for action in actions]
    action_rules = pd.DataFrame(pairs, columns=["reason", "action"])
    loud = reasons[[*KEYS, "reason", "position"]].rename(columns={"position": "reason_place"})
    loud[SHARE] = explained_share(reasons["contribution"])
    last = int(loud["reason_place"].max()) + 1 if len(loud) else 1
    open_complaint = upset[KEYS].assign(reason=COMPLAINT, reason_place=last, **{SHARE: 0.0})
    by_reason = pd.concat([loud, open_complaint]).merge(action_rules, on="reason")
    default = everybody[KEYS].merge(pd.DataFrame({"action": list(policy.default_actions)}), how="cross")
    anyway = default.assign(reason=ANYWAY, reason_place=0, **{SHARE: float("nan")})
    order = pd.concat([by_reason[CALLED].sort_values("reason_place", kind="stable"), anyway[CALLED]], ignore_index=True)
    return order.drop_duplicates([*KEYS, "action"]).reset_index(drop=True)


def prior_rates(policy: PrioritiseParams) -> pd.DataFrame:
    """Return the prior save rate of each action for each reason that calls for it: action, reason, prior."""
    pairs = [(action, reason) for reason, actions in policy.reason_actions.items() for action in actions]
    pairs += [(action, ANYWAY) for action in policy.default_actions]
    rows = [(action, reason, policy.actions[action].save_rate) for action, reason in dict.fromkeys(pairs)]
    return pd.DataFrame(rows, columns=["action", "reason", "prior"])
