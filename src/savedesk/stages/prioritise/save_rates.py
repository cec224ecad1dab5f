"""Save rates measured on randomised contacts of the past, drawn towards the priors of the policy.

A contact and the decision not to make it were drawn by chance within a campaign. Whether a subscriber was treated, less
the treated share of campaign and action, has therefore nothing to do with anything else, and what it explains of who
left is the effect (Robinson 1988; Nie and Wager 2021). The churn probability serves to weigh subscribers and to take
out what was to be expected anyway: were it wrong, the estimate would be less sharp, not biased.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import ibis
import numpy as np
import numpy.typing as npt
import pandas as pd

from savedesk.domain.randomised_contacts import of_as_of, treated_share
from savedesk.params.prioritise import PrioritiseParams
from savedesk.pipeline.inputs import Inputs
from savedesk.policy.action_rules import KEYS, called_for, prior_rates
from savedesk.policy.attributable_risk import CELL, SHARE, USUAL, rate_factors
from savedesk.schemas import cohort, contacts, reasons
from savedesk.schemas.labels import CHURN_TYPES
from savedesk.stages.prioritise.rate_posterior import SUMS, rate_posterior

Vector = npt.NDArray[np.float64]

UNSURE = 0.2  # least chance of staying in that variance: a probability near 1 may be overconfident
ASSUMED = 10.0  # leavers: with fewer than that a control says less of the level than the model does
RAREST = 1e-3  # least variance of an outcome: a chance of nearly 0 must not weigh all
COUNTS = ["treated", "control", "treated_churned", "control_churned"]


def randomised_contacts(inputs: Inputs, policy: PrioritiseParams) -> pd.DataFrame:
    """Return the randomised contacts whose action was called for, with what became of the subscriber.

    One row a contact: subscriber_id, as_of (of the month in which it was made), action, reason, explained_share (of the
    reason), treated, treated_share (of its campaign and action), left (in a way that the action can touch), expected
    (the probability of that), label_known_on.
    """
    scored = inputs.table(reasons.CONTACT_SCORES)
    labels = inputs.table(cohort.TABLE).select(*KEYS, "churned", "churn_type", "label_known_on")
    past_contacts = of_as_of(scored, inputs.table(contacts.TABLE)).filter(ibis._.action.isin([*policy.actions]))
    past_contacts = past_contacts.inner_join(labels, KEYS, rname="{name}_cohort")
    wanted = ["campaign_id", "action", "arm", "churned", "churn_type", "label_known_on"]
    rows = past_contacts.filter(past_contacts.churned.notnull()).select(*scored.columns, "contact_id", *wanted)
    frame = rows.order_by("contact_id").to_pandas()
    called = called_for(inputs.frame(reasons.CONTACTS), frame[KEYS].head(0), frame[KEYS].drop_duplicates(), policy)
    outcomes = _outcomes(frame, policy)
    drawn = outcomes[outcomes["treated_share"].between(0, 1, inclusive="neither")]
    return drawn.merge(called, on=[*KEYS, "action"])


def _outcomes(rows: pd.DataFrame, policy: PrioritiseParams) -> pd.DataFrame:
    touches = {name: action.churn_types for name, action in policy.actions.items()}
    treated = rows["arm"].eq("treated").astype(float)
    expected = np.zeros(len(rows))
    for churn_type in CHURN_TYPES:
        touched = np.array([churn_type in touches[action] for action in rows["action"]], dtype=float)
        expected += rows[f"probability_{churn_type}"].to_numpy(float) * touched
    kinds = zip(rows["churned"], rows["churn_type"], rows["action"], strict=True)
    left = [float(bool(churned) and kind in touches[action]) for churned, kind, action in kinds]
    share = treated_share(rows.assign(treated=treated))
    return rows.assign(treated=treated, treated_share=share, left=np.array(left, dtype=float), expected=expected)


def save_rates(randomised: pd.DataFrame, usual: pd.DataFrame, as_of: Any, policy: PrioritiseParams) -> pd.DataFrame:
    """Return the table ``save_rates`` of one as_of, from contacts whose outcome was known before it.

    In a cell (action, reason) the effect is that part r of the expected churn that being treated takes away: least
    squares of left - mean on -(treated - share) x would-leave x factor, each row weighed by the variance of its
    outcome. Mean and would-leave are the churn probability at the level of both arms, and of the control; the factor
    says how strong the reason is beside the candidates (``policy.strength``). Instead the action may drive away a part
    of those who would stay: (treated - share) x would-stay. The rate is what to believe by priors and by what is seen
    (``rate_posterior``). An action with fewer than ``minimum_contacts`` in an arm keeps its priors.

    Args:
        randomised: see ``randomised_contacts``.
        usual: action, reason and usual_share of the candidates of that as_of.
        as_of: day of the decision.
        policy: section ``prioritise``.
    """
    known = randomised[pd.to_datetime(randomised["label_known_on"]) < pd.Timestamp(as_of)]
    known = known.merge(usual, on=CELL, how="left")
    factor = rate_factors(known[SHARE], known[USUAL], policy.strength_weight)
    rows = (
        prior_rates(policy)
        .merge(usual, on=CELL, how="left")
        .merge(_counts_and_sums(known, factor), on=CELL, how="left")
    )
    rows[SUMS] = rows[SUMS].fillna(0.0)
    rows[COUNTS] = rows[COUNTS].fillna(0).astype("int64")
    posterior = rate_posterior(rows, policy.learning)
    rate, half = posterior["save_rate"], NormalDist().inv_cdf(0.5 + policy.learning.interval / 2) * posterior["error"]
    return rows[[*CELL, "prior", USUAL, *COUNTS]].assign(
        as_of=as_of,
        save_rate=np.clip(rate, -1, 1),
        low=np.clip(rate - half, -1, 1),
        high=np.clip(rate + half, -1, 1),
        harm_chance=posterior["harm_chance"],
        save_rate_source=np.where(posterior["measured"], "measured", "prior"),
    )


def _counts_and_sums(rows: pd.DataFrame, factor: Vector) -> pd.DataFrame:
    """Return of each cell the counts and sums that ``rate_posterior`` weighs: how sharply rate and harm are seen."""
    mean = (rows["expected"] * _level(rows, rows["treated"] >= 0)).clip(0, 1)
    would_leave = (rows["expected"] * _level(rows, rows["treated"] == 0)).clip(0, 1)
    variance = np.maximum(mean * np.maximum(1 - mean, UNSURE), RAREST)
    centred = rows["treated"] - rows["treated_share"]
    lever, harm_lever, rest = -centred * would_leave * factor, centred * (1 - would_leave), rows["left"] - mean
    terms = rows[CELL].assign(
        sharpness=lever**2 / variance,
        pull=lever * rest / variance,
        harm_sharpness=harm_lever**2 / variance,
        harm_pull=harm_lever * rest / variance,
        stayers=1 - would_leave,
        leavers=would_leave.clip(lower=RAREST) * factor,
        treated=rows["treated"],
        control=1 - rows["treated"],
        treated_churned=rows["treated"] * rows["left"],
        control_churned=(1 - rows["treated"]) * rows["left"],
    )
    return terms.groupby(CELL, as_index=False).sum()


def _level(rows: pd.DataFrame, counted: pd.Series) -> pd.Series:
    """Return for each row by how much more than expected left, of those counted, where its action was decided on.

    That nothing else than expected happened counts as much as ``ASSUMED`` leavers.
    """
    sums = rows[["left", "expected"]].where(counted, 0.0).groupby(rows["action"]).transform("sum")
    level: pd.Series = (sums["left"] + ASSUMED) / (sums["expected"] + ASSUMED)
    return level
