"""Who is kept off the list and why, and what becomes of the others, each with the rule or figure that decided it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from savedesk.params.prioritise import PrioritiseParams
from savedesk.prioritise.words import say


def barred(people: pd.DataFrame, policy: PrioritiseParams, language: str) -> pd.DataFrame:
    """Return decision and why of those whom a rule keeps off the list; absent for all others. Earlier rules win."""
    rules = policy.rules
    cases = [
        (people["blocklisted"].eq(True), "give_up", "blocklisted"),
        (people["contact_allowed"].eq(False), "give_up", "no_consent"),
        (people["remaining_value"] <= 0, "give_up", "no_value"),
        (~people["candidate"], "not_listed", "not_candidate"),
        (people["days_since_contact"] <= rules.quiet_days, "not_listed", "quiet"),
        (people["recent_contacts"] >= rules.max_contacts, "not_listed", "too_often"),
    ]
    found = pd.DataFrame({"decision": None, "why": None}, index=people.index, dtype=object)
    for where, decision, key in reversed(cases):
        here = where.fillna(False).to_numpy(dtype=bool)
        found.loc[here, "decision"] = decision
        found.loc[here, "why"] = _rule_texts(people, here, key, policy, language)
    return found


def _rule_texts(
    people: pd.DataFrame, here: np.ndarray, key: str, policy: PrioritiseParams, language: str
) -> str | pd.Series:
    """Return the text of a rule, one for all or one a row; texts are made once for each figure that occurs."""
    rules = policy.rules
    figures: dict[str, tuple[str, dict[str, object]]] = {
        "quiet": ("days_since_contact", {"rule": rules.quiet_days}),
        "too_often": ("recent_contacts", {"days": rules.max_contacts_days, "rule": rules.max_contacts}),
        "no_value": ("remaining_value", {}),
    }
    if key == "not_candidate":
        least = people.loc[people["candidate"], "value_at_risk"].min()
        return say(key, language, least=0.0 if pd.isna(least) else least)
    if key not in figures:
        return say(key, language)
    column, fixed = figures[key]
    shown = people.loc[here, column].astype(float).round(2)
    texts: pd.Series = shown.map({one: say(key, language, figure=one, **fixed) for one in shown.unique()})
    return texts


def judged(rows: pd.DataFrame, policy: PrioritiseParams, language: str) -> pd.DataFrame:
    """Return decision and why of the candidates whom no rule keeps off the list.

    Args:
        rows: candidates with the economics of their option (absent: none is open), and whether they are in the plan
            (``contact``), would be in it (``hold_out``), are drawn for the hold-out (``away``), or another of their
            account takes the place (``account_taken``).
        policy: section ``prioritise``.
        language: of ``why``.
    """
    gain = rows["expected_gain"]
    cases = [
        (gain.isna(), "give_up", "no_option"),
        (rows["contact"].eq(True), "contact", "contact"),
        (rows["hold_out"].eq(True), "hold_out", "hold_out"),
        (gain <= 0, "give_up", "no_gain"),
        (gain < policy.minimum_gain, "not_listed", "small_gain"),
        (rows["account_taken"], "not_listed", "account"),
        (rows["away"].eq(True), "not_listed", "held_below"),
    ]
    flags = [where.fillna(False).to_numpy(dtype=bool) for where, _, _ in cases]
    key = np.select(flags, [key for _, _, key in cases], "below_line")
    decided = {key: decision for _, decision, key in cases} | {"below_line": "not_listed"}
    labels = {name: getattr(action, language) for name, action in policy.actions.items()}
    facts = zip(key, rows["action"].map(labels), gain, rows["account_id"], strict=True)
    least = policy.minimum_gain
    why = [
        say(one, language, action=action, gain=amount, account=account, least=least)
        for one, action, amount, account in facts
    ]
    return pd.DataFrame({"decision": [decided[one] for one in key], "why": why}, index=rows.index, dtype=object)
