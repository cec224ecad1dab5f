"""Decide for every scored subscriber of one as_of: contact, hold out, give up, or leave below the line; and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from savedesk.params.prioritise import PrioritiseParams
from savedesk.prioritise.holdout import held_out
from savedesk.prioritise.solve import Limit, Plan, limits, solve
from savedesk.prioritise.words import say

OPTION_COLUMNS = (
    "action",
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
    """Decisions of one as_of (one row a scored subscriber), and the limits with what was used and their prices."""

    rows: pd.DataFrame
    limits: pd.DataFrame


def decide(people: pd.DataFrame, table: pd.DataFrame, policy: PrioritiseParams, language: str) -> Decided:
    """Return the decisions of one as_of.

    Args:
        people: every scored subscriber with value, account, consent and contact facts; ``candidate``: was explained.
        table: their options, see ``options.options``.
        policy: section ``prioritise``.
        language: of the column ``why``.
    """
    people = people.reset_index(drop=True)
    barred = _barred(people, policy, language)
    open_to = set(people.loc[barred["why"].isna() & people["candidate"], "subscriber_id"])
    table = table[table["subscriber_id"].isin(open_to)].reset_index(drop=True)
    away = held_out(table["subscriber_id"], policy.campaign, policy.hold_out_share)
    account = table["account_id"] if policy.rules.one_per_account else table["subscriber_id"]
    group = np.unique(account, return_inverse=True)[1].astype(np.int64)
    gain = table["expected_gain"].to_numpy(np.float64)
    bounds = limits(table, policy)
    plan = solve(np.where(away, 0.0, gain), group, bounds)
    would = _would_be_listed(table, away, gain, group, plan, bounds)
    decision = _decisions(people, barred, table, plan.chosen, would, away, language)
    return Decided(_ranked(decision), _limit_rows(people, plan, bounds))


def _barred(people: pd.DataFrame, policy: PrioritiseParams, language: str) -> pd.DataFrame:
    """Return decision and why of those whom a rule keeps off the list; absent for all others. Earlier rules win."""
    rules = policy.rules
    quiet = people["days_since_contact"].between(0, rules.quiet_days - 1)
    often = people["recent_contacts"] >= rules.max_contacts
    cases = [
        (people["blocklisted"].eq(True), "give_up", "blocklisted"),
        (people["contact_allowed"].eq(False), "give_up", "no_consent"),
        (people["remaining_value"] <= 0, "give_up", "no_value"),
        (~people["candidate"], "not_listed", "not_candidate"),
        (quiet, "not_listed", "quiet"),
        (often, "not_listed", "too_often"),
    ]
    out = pd.DataFrame({"decision": None, "why": None}, index=people.index, dtype=object)
    for where, decision, key in reversed(cases):
        here = where.fillna(False).to_numpy(dtype=bool)
        out.loc[here, "decision"] = decision
        out.loc[here, "why"] = _barred_texts(people[here], key, policy, language)
    return out


def _barred_texts(rows: pd.DataFrame, key: str, policy: PrioritiseParams, language: str) -> list[str]:
    rules = policy.rules
    if key == "quiet":
        return [say(key, language, days=days, rule=rules.quiet_days) for days in rows["days_since_contact"]]
    if key == "too_often":
        days, most = rules.max_contacts_days, rules.max_contacts
        return [say(key, language, count=count, days=days, rule=most) for count in rows["recent_contacts"]]
    if key == "no_value":
        return [say(key, language, value=value) for value in rows["remaining_value"]]
    if key == "not_candidate":
        return [say(key, language, at_risk=value) for value in rows["value_at_risk"]]
    return [say(key, language)] * len(rows)


def _would_be_listed(
    table: pd.DataFrame,
    away: npt.NDArray[np.bool_],
    gain: npt.NDArray[np.float64],
    group: npt.NDArray[np.int64],
    plan: Plan,
    bounds: list[Limit],
) -> npt.NDArray[np.bool_]:
    """Return the best option of each held-out account that would have earned its place: gain above what it would take.

    What it would take is priced by the shadow prices, so the hold-out takes no capacity from anybody.
    """
    taken = sum((plan.prices[limit.name] * limit.takes for limit in bounds), start=np.zeros(len(table)))
    net = np.where(away & (gain > 0), gain - taken, -np.inf)
    busy = np.isin(group, group[plan.chosen])
    order = np.lexsort((table["subscriber_id"].to_numpy(str), -net, group)) if len(table) else np.array([], dtype=int)
    first = np.zeros(len(table), dtype=bool)
    if len(order):
        starts = np.r_[True, group[order][1:] != group[order][:-1]]
        first[order[starts]] = True
    would: npt.NDArray[np.bool_] = first & (net > 0) & ~busy
    return would


def _decisions(
    people: pd.DataFrame,
    barred: pd.DataFrame,
    table: pd.DataFrame,
    chosen: npt.NDArray[np.bool_],
    would: npt.NDArray[np.bool_],
    away: npt.NDArray[np.bool_],
    language: str,
) -> pd.DataFrame:
    """Return one row for each subscriber: the option decided on, else the best one, with decision and why."""
    order = table.assign(picked=chosen | would, contact=chosen, hold_out=would, away=away)
    order = order.sort_values(
        ["subscriber_id", "picked", "expected_gain", "action", "channel"], ascending=[True, False, False, True, True]
    )
    best = order.drop_duplicates("subscriber_id")[["subscriber_id", *OPTION_COLUMNS, "contact", "hold_out", "away"]]
    rows = people.merge(best, on="subscriber_id", how="left", validate="one_to_one")
    taken = set(table.loc[chosen | would, "account_id"])
    rows["account_taken"] = rows["account_id"].isin(taken)
    rows["decision"], rows["why"] = barred["decision"], barred["why"]
    free = rows["why"].isna()
    rows.loc[free, ["decision", "why"]] = _free_texts(rows[free], language)
    return rows


def _free_texts(rows: pd.DataFrame, language: str) -> pd.DataFrame:
    """Return decision and why of those whom no rule keeps off the list."""
    gain = rows["expected_gain"]
    cases = [
        (gain.isna(), "give_up", "no_option"),
        (rows["contact"].eq(True), "contact", "contact"),
        (rows["hold_out"].eq(True), "hold_out", "hold_out"),
        (gain <= 0, "give_up", "no_gain"),
        (rows["account_taken"], "not_listed", "account"),
        (rows["away"].eq(True), "not_listed", "held_below"),
    ]
    key = np.select(
        [where.fillna(False).to_numpy(dtype=bool) for where, _, _ in cases], [key for _, _, key in cases], "below_line"
    )
    decided = {key: decision for _, decision, key in cases} | {"below_line": "not_listed"}
    facts = zip(key, rows["action"], gain, rows["account_id"], strict=True)
    why = [say(one, language, action=action, gain=amount, account=account) for one, action, amount, account in facts]
    return pd.DataFrame({"decision": [decided[one] for one in key], "why": why}, index=rows.index, dtype=object)


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
