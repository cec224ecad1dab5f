"""Decide for every scored subscriber of one as_of: contact, hold out, give up, or leave below the line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from savedesk.params.prioritise import PrioritiseParams
from savedesk.policy.limits import limits, worthwhile
from savedesk.policy.options import OPTION
from savedesk.policy.solve import Limit, Plan, solve
from savedesk.stages.prioritise.eligibility import barred, decided
from savedesk.stages.prioritise.holdout import drawn_by, held_out

Flags = npt.NDArray[np.bool_]
TIE = 1e-9  # of a gain, within which it is just what its place would cost
VERDICT = ["decision", "rule", "why"]
OPTION_COLUMNS = (
    "action",
    "action_reason",
    "channel",
    "offer_cost",
    "contact_cost",
    "contact_minutes",
    "save_rate",
    "take_up",
    "save_rate_source",
    "expected_gain",
    "expected_cost",
    "notice_days",
)


@dataclass(frozen=True)
class Decided:
    """What was decided at one as_of.

    Args:
        rows: one row a scored subscriber.
        options: every option with ``open``: neither a rule nor the hold-out keeps it off the list.
        limits: what each limit gives, what was used, and its price.
        plan: the chosen options among the open ones, and how close to the best they are proven to be.
    """

    rows: pd.DataFrame
    options: pd.DataFrame
    limits: pd.DataFrame
    plan: Plan


def decide(people: pd.DataFrame, table: pd.DataFrame, policy: PrioritiseParams, language: str) -> Decided:
    """Return the decisions of one as_of.

    Args:
        people: every scored subscriber with value, account, consent and contact facts; ``candidate``: was explained.
        table: their options, see ``policy.options``.
        policy: section ``prioritise``.
        language: of the column ``why``.

    Raises:
        PolicyError: the solver found no plan.
    """
    people = people.reset_index(drop=True)
    ruled = barred(people, policy, language)
    open_to = people.loc[ruled["why"].isna(), "subscriber_id"]
    every = table
    table = table[table["subscriber_id"].isin(open_to) & table["barred"].isna()].reset_index(drop=True)
    payer = table[drawn_by(one_per_account=policy.rules.one_per_account)]
    away = held_out(payer, policy.campaign, policy.hold_out_share)
    group = np.unique(payer.to_numpy(str), return_inverse=True)[1].astype(np.int64)
    gain = worthwhile(table["expected_gain"].to_numpy(np.float64), policy)
    bounds = limits(table, policy)
    plan = solve(np.where(away, 0.0, gain), group, bounds)
    would = _would_be_listed(away, gain, group, plan, bounds)
    table = table.assign(contact=plan.chosen, hold_out=would, away=away)
    rows = _with_options(people, table)
    rows["account_taken"] = payer.name == "account_id" and rows["account_id"].isin(
        table.loc[plan.chosen | would, "account_id"]
    )
    rows[VERDICT] = ruled[VERDICT]
    free = rows["why"].isna()
    rows.loc[free, VERDICT] = decided(rows[free], policy, language)
    free_options = table.loc[~away, OPTION]
    return Decided(_ranked(rows), _marked(every, free_options), _limit_rows(people, plan, bounds), plan)


def _marked(every: pd.DataFrame, free: pd.DataFrame) -> pd.DataFrame:
    """Return all options with ``open``: whether the solver was free to choose it."""
    options = every.merge(free.assign(open=True), on=OPTION, how="left")
    return options.assign(open=options["open"].eq(True))


def _would_be_listed(
    away: Flags, gain: npt.NDArray[np.float64], group: npt.NDArray[np.int64], plan: Plan, bounds: list[Limit]
) -> Flags:
    """Return the best option of each held-out account that would have earned its place: gain above what it would take.

    What it would take is priced by the shadow prices, so the hold-out takes no capacity from anybody. Ties go to the
    first option, that is by subscriber_id. Of several that gain just what they would take, the list serves the first:
    those held out are counted as far down as it came.
    """
    taken = sum((plan.prices[limit.name] * limit.takes for limit in bounds), start=np.zeros(len(gain)))
    net = gain - taken
    at_line = np.abs(net) <= TIE * np.maximum(gain, 1.0)
    last = max(np.flatnonzero(plan.chosen & at_line), default=-1)
    own = np.where(away & (gain > 0), net, -np.inf)
    order = np.lexsort((-own, group))
    first = np.zeros(len(gain), dtype=bool)
    first[order[np.unique(group[order], return_index=True)[1]]] = True
    earns = np.where(at_line, np.arange(len(gain)) <= last, net > 0)
    would: Flags = first & np.isfinite(own) & earns & ~np.isin(group, group[plan.chosen])
    return would


def _with_options(people: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each subscriber with the option decided on, else the best one, absent where none is open."""
    order = table.assign(picked=table["contact"] | table["hold_out"]).sort_values(
        ["subscriber_id", "picked", "expected_gain", "action", "channel"], ascending=[True, False, False, True, True]
    )
    order = order.rename(columns={"reason": "action_reason"})
    best = order.drop_duplicates("subscriber_id")[["subscriber_id", *OPTION_COLUMNS, "contact", "hold_out", "away"]]
    return people.merge(best, on="subscriber_id", how="left", validate="one_to_one")


def _ranked(rows: pd.DataFrame) -> pd.DataFrame:
    """Number the contacts, and the hold-out beside them, by expected gain; ties by subscriber_id."""
    ordered = rows.sort_values(["expected_gain", "subscriber_id"], ascending=[False, True], kind="stable")
    place = ordered.groupby("decision").cumcount() + 1
    rank = place.where(ordered["decision"].isin(["contact", "hold_out"]))
    return rows.assign(rank=rank.reindex(rows.index).astype("Int64"))


def _limit_rows(people: pd.DataFrame, plan: Plan, bounds: list[Limit]) -> pd.DataFrame:
    rows = [
        {
            "as_of": people["as_of"].iloc[0],
            "limit": limit.name,
            "unit": limit.unit,
            "available": limit.available,
            "used": float(limit.takes[plan.chosen].sum()),
            "shadow_price": plan.prices[limit.name],
        }
        for limit in bounds
    ]
    return pd.DataFrame(rows, columns=["as_of", "limit", "unit", "available", "used", "shadow_price"])
