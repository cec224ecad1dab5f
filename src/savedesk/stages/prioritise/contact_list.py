"""The rows of the list, the hold-out and the give-ups, with the receipt of each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from savedesk.params.prioritise import Action
from savedesk.policy.action_rules import COMPLAINT
from savedesk.policy.contact_facts import OVERSPEND
from savedesk.schemas.decisions import ANYWAY, GIVE_UP, LIST
from savedesk.stages.prioritise.words import say

RECEIPT_INPUTS = (
    "subscriber_id",
    "churn_probability",
    "probability_cancelled",
    "probability_arrears",
    "probability_dormant",
    "margin",
    "remaining_value",
    "action",
    "channel",
    "offer_cost",
    "contact_cost",
    "save_rate",
    "take_up",
    "expected_gain",
)
SHORT = 8


def list_rows(
    decided: pd.DataFrame,
    decision: str,
    reasons: pd.DataFrame,
    model_version: str,
    policy_hash: str,
    language: str,
    actions: Mapping[str, Action],
) -> pd.DataFrame:
    """Return the rows of a decision in rank order, with the columns of the contract ``list`` but for the propensity.

    Args:
        decided: decisions of the newest as_of, with everything known of each subscriber.
        decision: ``contact`` or ``hold_out``.
        reasons: reasons of that as_of.
        model_version: of the scores.
        policy_hash: see ``policy_hash``.
        language: of the texts.
        actions: of the policy, by name.
    """
    rows = decided[decided["decision"] == decision].sort_values("rank")
    because_reasons = _discreet(reasons, rows, say("not_noticed_because", language))
    reasons = _discreet(reasons, rows, say("not_noticed", language))
    texts = reasons.pivot_table(aggfunc="first", index="subscriber_id", columns="position", values="text")
    texts = texts.reindex(columns=[1, 2, 3]).rename(columns=lambda position: f"reason_{position}")
    rows = rows.merge(texts, left_on="subscriber_id", right_index=True, how="left")
    rows["action_text"] = rows["action"].map({name: getattr(action, language) for name, action in actions.items()})
    rows["because"] = _because(rows, because_reasons, language)
    rows["call_by"] = _call_by(rows)
    rows["receipt"] = receipts(rows, model_version, policy_hash)
    return rows[[name for name in LIST.column_names if name != "propensity"]].reset_index(drop=True)


def _discreet(reasons: pd.DataFrame, rows: pd.DataFrame, instead: str) -> pd.DataFrame:
    """Return the reasons with what an overspender has not noticed put so that nobody reads it out to them."""
    unaware = rows.loc[rows["unaware_overspender"].eq(True), "subscriber_id"]
    hidden = reasons["feature"].eq(OVERSPEND) & reasons["subscriber_id"].isin(unaware)
    return reasons.assign(text=reasons["text"].mask(hidden, instead))


def _because(rows: pd.DataFrame, reasons: pd.DataFrame, language: str) -> pd.Series:
    """Return what calls for each action: the text of the reason, or an open complaint that no reason names."""
    texts = reasons.drop_duplicates(["subscriber_id", "reason"]).set_index(["subscriber_id", "reason"])["text"]
    row_texts = texts.reindex(pd.MultiIndex.from_frame(rows[["subscriber_id", "action_reason"]])).set_axis(rows.index)
    silent = {COMPLAINT: say("because_complaint", language), ANYWAY: say("because_any", language)}
    because: pd.Series = row_texts.where(row_texts.notna(), rows["action_reason"].map(silent))
    return because


def _call_by(rows: pd.DataFrame) -> Any:
    """Return the last day on which a contact still comes in time: the expected exit less the channel's notice."""
    days = np.maximum(0, np.floor(rows["expected_days_to_churn"].astype(float)) - rows["notice_days"].astype(float))
    return (pd.to_datetime(rows["as_of"]) + pd.to_timedelta(days, unit="D")).dt.date


def give_up_rows(decided: pd.DataFrame) -> pd.DataFrame:
    """Return the give-ups, most value at risk first, with the columns of the contract ``give_up``."""
    rows = decided[decided["decision"] == "give_up"].sort_values(
        ["value_at_risk", "subscriber_id"], ascending=[False, True]
    )
    rows = rows.rename(columns={"action": "best_action", "expected_gain": "best_gain"})
    return rows[list(GIVE_UP.column_names)].reset_index(drop=True)


def policy_hash(policy: Any) -> str:
    """Return the hash of the whole policy, but for what only warns."""
    text = json.dumps(policy.model_dump(mode="json", exclude={"data_age"}), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def receipts(rows: pd.DataFrame, model_version: str, policy: str) -> list[str]:
    """Return ``as_of.model.policy.data.row`` for each row.

    The data are the features that the model read; the row is what the gain was computed from, to 10 digits: the last
    bits of a probability may depend on how many rows were scored together.
    """
    lines = zip(*(rows[name] for name in RECEIPT_INPUTS), strict=True)
    days = pd.to_datetime(rows["as_of"]).dt.strftime("%Y-%m-%d")
    made_with = f"{model_version[:SHORT]}.{policy[:SHORT]}"
    return [
        f"{day}.{made_with}.{data[:SHORT]}.{_hash(line)[:SHORT]}"
        for day, data, line in zip(days, rows["data_hash"], lines, strict=True)
    ]


def _hash(line: tuple[Any, ...]) -> str:
    plain = [f"{value:.10g}" if isinstance(value, int | float | np.floating) else str(value) for value in line]
    return hashlib.sha256("\x00".join(plain).encode("utf-8")).hexdigest()
