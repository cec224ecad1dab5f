"""Did it work? Treated against control of the randomised contacts whose outcome is known.

Within a campaign and an action chance decided who was treated, so that treated - (its treated share) has nothing to do
with anything else, and what it explains of who left is the effect (Robinson 1988). Its error is robust to unequal
spread (White 1980). What the model expected plays no part: it has learnt from these very outcomes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from savedesk.domain.bill_margin import margin_of_bills, newest_bills
from savedesk.domain.billed_months import complete_until, lost_bills, shape_of
from savedesk.domain.randomised_contacts import of_as_of, treated_share
from savedesk.params.cohort import CohortParams
from savedesk.params.prioritise import PrioritiseParams
from savedesk.params.value import ValueParams
from savedesk.schemas.labels import CHURN_TYPES
from savedesk.schemas.summaries import CAMPAIGN_BY, COUNTRY
from savedesk.stages.summarise.groups import at_home, total, z_of

Floats = npt.NDArray[np.float64]
KEYS = ["subscriber_id", "as_of"]
GROUP = ["region", "by", "group"]


@dataclass(frozen=True)
class Effect:
    """What being treated takes away from an outcome, a contact, with its standard error; NaN: one arm is empty."""

    value: float
    error: float


def contacted(tables: dict[str, Any], p: ValueParams, windows: CohortParams) -> Any:
    """Return the randomised contacts with a known outcome as an Ibis expression, one row a contact.

    Columns: region, segment, campaign, action, reason, treated, churned, cost, worth, the probabilities of each churn
    type, true_change. ``worth`` is the remaining value at the month of the contact: the newest bills before it after
    variable cost, times the months that the segment stays on average now; absent without bills.

    Args:
        tables: contact_scores, contacts, cohort, contact_reasons, subscribers, bills, unknown_facts,
            values, contact_effects.
        p: section ``value``.
        windows: section ``cohort``.
    """
    rows = of_as_of(tables["contact_scores"], tables["contacts"]).rename(campaign="campaign_id")
    labels = tables["cohort"].filter(tables["cohort"].churned.notnull()).select(*KEYS, "churned")
    rows = rows.inner_join(labels, KEYS)
    first = tables["contact_reasons"]
    first = first.filter(first.position == 1).select(*KEYS, "reason")
    rows = _beside(rows, first, KEYS)
    rows = _beside(rows, _bills(tables, rows, p, windows), KEYS)
    rows = at_home(rows, tables["subscribers"])
    rows = _beside(rows, tables["contact_effects"].select("contact_id", "true_change"), ["contact_id"])
    months = _months_to_stay(tables["values"], tables["subscribers"])
    rows = _beside(rows.mutate(segment=rows.segment.fill_null("-")), months, ["segment"])
    return rows.mutate(worth=rows.margin * rows.stay, treated=(rows.arm == "treated").cast("float64"))


def _beside(left: Any, right: Any, keys: list[str]) -> Any:
    joined = left.left_join(right, keys, rname="{name}_right")
    return joined.drop(*[f"{name}_right" for name in keys if f"{name}_right" in joined.columns])


def _bills(tables: dict[str, Any], rows: Any, p: ValueParams, windows: CohortParams) -> Any:
    """Return the monthly margin of the newest bills known before the month of the contact.

    Bad debt that is still to come is left out: who is contacted says nothing of how their segment pays.
    """
    bills, master = tables["bills"], tables["subscribers"].select("subscriber_id", "activated_on")
    when = rows.select(*KEYS).distinct().left_join(master, "subscriber_id", rname="{name}_master")
    when, shape = when.select(*KEYS, "activated_on"), shape_of(bills)
    until, lost = complete_until(bills, when, windows), lost_bills(tables["unknown_facts"], bills)
    paid = newest_bills(when, bills, shape, until, p, lost=lost)
    return paid.select(*KEYS, margin=margin_of_bills(paid.mean_bill, paid.mean_received, 0.0, p))


def _months_to_stay(values: Any, master: Any) -> Any:
    newest = values.filter(values.as_of == values.as_of.max()).select("subscriber_id", "discounted_months")
    rows = newest.inner_join(master.select("subscriber_id", "segment"), "subscriber_id")
    rows = rows.mutate(segment=rows.segment.fill_null("-"))
    return rows.group_by("segment").aggregate(stay=total(rows.discounted_months) / rows.count())


def tier_edges(values: Any) -> dict[str, float]:
    """Return the least remaining value of each tier but the last at the newest as_of; money."""
    newest = values.filter((values.as_of == values.as_of.max()) & values.tier.isin(["key", "core"]))
    edges = newest.group_by("tier").aggregate(least=newest.remaining_value.min()).to_pandas()
    return dict(zip(edges["tier"], edges["least"].astype(float), strict=True))


def campaigns(rows: pd.DataFrame, edges: dict[str, float], policy: PrioritiseParams, interval: float) -> pd.DataFrame:
    """Return the table ``campaigns``.

    Args:
        rows: see ``contacted``.
        edges: see ``tier_edges``.
        policy: section ``prioritise``, whose priors are what was promised.
        interval: level of the intervals.
    """
    rows = _with_promise(_drawn(rows), policy).assign(tier=lambda frame: _tiers(frame["worth"], edges))
    spread = [rows.assign(region=COUNTRY), rows[rows["region"].notna() & (rows["region"] != COUNTRY)]]
    whole = pd.concat(spread, ignore_index=True)
    lines = []
    for by in CAMPAIGN_BY:
        named = whole.assign(by=by, group=COUNTRY if by == "total" else whole[by])
        lines += [
            dict(zip(GROUP, key, strict=True)) | read_out(group, interval)
            for key, group in named.dropna(subset=["group"]).groupby(GROUP, sort=True)
        ]
    return pd.DataFrame(lines)


def _drawn(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the contacts with the treated share of their campaign and action, of those that have both arms."""
    share = treated_share(rows.rename(columns={"campaign": "campaign_id"}))
    rows = rows.assign(share=share, churned=rows["churned"].astype("float64"), cost=rows["cost"].fillna(0.0))
    return rows[rows["share"].between(0, 1, inclusive="neither")].reset_index(drop=True)


def _with_promise(rows: pd.DataFrame, policy: PrioritiseParams) -> pd.DataFrame:
    """Add the part of the churners that the priors of the policy promise to keep: P(churn of a type touched) x rate."""
    touched = np.zeros(len(rows))
    for churn_type in CHURN_TYPES:
        touches = {name: float(churn_type in action.churn_types) for name, action in policy.actions.items()}
        touched += rows[f"probability_{churn_type}"].to_numpy(float) * rows["action"].map(touches).fillna(0.0).to_numpy(
            float
        )
    rates = {name: action.save_rate for name, action in policy.actions.items()}
    return rows.assign(promise=touched * rows["action"].map(rates).fillna(0.0).to_numpy(float))


def _tiers(worth: pd.Series, edges: dict[str, float]) -> pd.Series:
    """Return the tier that a remaining value would have now; absent without a value."""
    top, middle = edges.get("key", np.inf), edges.get("core", np.inf)
    named = np.select([worth >= top, worth >= middle], ["key", "core"], "small")
    tiers: pd.Series = pd.Series(named, index=worth.index, dtype=object).where(worth.notna())
    return tiers


def read_out(rows: pd.DataFrame, interval: float) -> dict[str, Any]:
    """Return what a group of contacts did: the columns of the table ``campaigns`` but its key.

    Args:
        rows: one a contact with treated, share (treated share of its campaign and action), churned, worth, cost,
            true_change and promise (part of a churner that the priors promise to keep).
        interval: level of the intervals.
    """
    z = z_of(interval)
    treated, share = rows["treated"].to_numpy(float), rows["share"].to_numpy(float)
    churned, worth = rows["churned"].to_numpy(float), rows["worth"].to_numpy(float)
    here, count = treated > 0, float(treated.sum())
    # What a contact was worth was known before chance decided: what would leave on average is taken out as known, too.
    effect, saved = effect_of(churned, treated, share), effect_of(worth * (churned - churned.mean()), treated, share)
    cost = float(rows["cost"].to_numpy(float)[here].sum())
    kept, kept_error = count * effect.value, count * effect.error
    value, value_error = count * saved.value, count * saved.error
    true = rows["true_change"].to_numpy(float)[here]
    promise = rows["promise"].to_numpy(float)[here]
    return {
        "treated": int(count),
        "control": int(len(rows) - count),
        "treated_rate": _mean(churned[here]),
        "control_rate": _mean(churned[~here]),
        "effect": min(max(effect.value, -1.0), 1.0) if np.isfinite(effect.value) else np.nan,
        "kept": kept,
        "kept_low": kept - z * kept_error,
        "kept_high": kept + z * kept_error,
        "kept_value": value,
        "cost": cost,
        "net": value - cost,
        "net_low": value - z * value_error - cost,
        "net_high": value + z * value_error - cost,
        "promised_kept": float(promise.sum()),
        "promised_net": float((promise * worth[here]).sum()) - cost,
        "true_kept": float(true.sum()) if len(true) else np.nan,
        "true_net": float((true * worth[here]).sum()) - cost if len(true) else np.nan,
        "verdict": verdict(kept - z * kept_error, kept + z * kept_error),
    }


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else np.nan


def verdict(low: float, high: float) -> str:
    """Return ``works`` or ``harms`` where the interval of kept subscribers says so, else ``not_shown``."""
    return "works" if low > 0 else "harms" if high < 0 else "not_shown"


def effect_of(outcome: Floats, treated: Floats, share: Floats) -> Effect:
    """Return how much of an outcome being treated takes away, a contact.

    Args:
        outcome: 1 for who left, or what left with them.
        treated: 1 or 0.
        share: treated share of the contact's campaign and action, between 0 and 1.
    """
    if not 0 < treated.sum() < len(treated) or np.isnan(outcome).any():
        return Effect(np.nan, np.nan)
    lever = treated - share
    weight, centred = float((lever**2).sum()), outcome - outcome.mean()
    value = -float((lever * centred).sum()) / weight
    rest = centred + value * lever
    return Effect(value, float(np.sqrt(((lever * rest) ** 2).sum())) / weight)
