"""Who is kept off the list and why, and what becomes of the others, each with the rule or figure that decided it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from savedesk.params.prioritise import PrioritiseParams
from savedesk.policy.unknown_rules import CONTACT, STATUS
from savedesk.stages.prioritise.words import say

SINCE = {  # code -> day on which it came about; known between as_of and the day on which the data were taken
    "left_since": "left_on",
    "left_reported": "said_left_on",
    "under_notice_since": "noticed_on",
    "suspended_since": "suspended_on",
    "asked_since": "asked_on",
    "wrong_number_since": "wrong_number_on",
    "contacted_since": "contacted_since",
}
GIVEN_UP = ("blocklisted", "asked_since", "no_consent", "no_value")  # the other rules only keep off this list


def barred(people: pd.DataFrame, policy: PrioritiseParams, language: str) -> pd.DataFrame:
    """Return decision, rule and why of those whom a rule keeps off the list; absent for all others.

    Earlier rules win. Columns of ``SINCE`` that people lack say nothing.
    """
    rules = policy.rules
    since = {code: people[day].notna() if day in people else False for code, day in SINCE.items()}
    quiet = people["days_since_contact"] <= rules.quiet_days
    cases = [
        *((code, since[code]) for code in ("left_since", "left_reported", "under_notice_since", "suspended_since")),
        ("blocklisted", people["blocklisted"].eq(True)),
        ("asked_since", since["asked_since"]),
        ("no_consent", people["contact_allowed"].eq(False)),
        ("no_value", people["remaining_value"] <= 0),
        ("not_candidate", ~people["candidate"]),
        ("wrong_number_since", since["wrong_number_since"]),
        ("contacted_since", since["contacted_since"] & quiet),
        ("quiet", quiet),
        *((flag, people.get(flag, False)) for flag in (STATUS, CONTACT)),
        ("too_often", people["recent_contacts"] >= rules.max_contacts),
    ]
    decisions = pd.DataFrame({"decision": None, "rule": None, "why": None}, index=people.index, dtype=object)
    for code, where in reversed(cases):
        here = pd.Series(where, index=people.index).fillna(False).to_numpy(dtype=bool)
        decisions.loc[here, "decision"] = "give_up" if code in GIVEN_UP else "not_listed"
        decisions.loc[here, "rule"] = code
        decisions.loc[here, "why"] = _rule_texts(people, here, code, policy, language)
    return decisions


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
        return say(f"why_{key}", language, least=0.0 if pd.isna(least) else least)
    if key in SINCE:
        if not here.any():
            return ""
        days = pd.to_datetime(people.loc[here, SINCE[key]]).dt.strftime("%Y-%m-%d")
        text = f"why_{key}"
        dated: pd.Series = days.map({day: say(text, language, day=day, rule=rules.quiet_days) for day in days.unique()})
        return dated
    if key not in figures:
        return say(f"why_{key}", language)
    column, fixed = figures[key]
    shown = people.loc[here, column].astype(float).round(2)
    texts: pd.Series = shown.map(
        {figure: say(f"why_{key}", language, figure=figure, **fixed) for figure in shown.unique()}
    )
    return texts


def decided(rows: pd.DataFrame, policy: PrioritiseParams, language: str) -> pd.DataFrame:
    """Return decision, rule and why of the candidates whom no rule keeps off the list.

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
        say(f"why_{rule}", language, action=action, gain=amount, account=account, least=least)
        for rule, action, amount, account in facts
    ]
    decision = [decided[rule] for rule in key]
    return pd.DataFrame({"decision": decision, "rule": key, "why": why}, index=rows.index, dtype=object)
