"""What the card of a listed subscriber shows."""

from __future__ import annotations

from typing import Any

import ibis

from savedesk.contracts.scores import SURVIVAL_COLUMNS
from savedesk.params.prioritise import ContactRules
from savedesk.params.summarise import SummariseParams
from savedesk.policy.contact_facts import contact_facts, unaware_overspenders
from savedesk.summarise.groups import at_home

KEYS = ["subscriber_id", "as_of"]
MONTHS = 12
CONTRACT_ENDS = "last"  # phase of a contract
HOLDS = {  # what to say to whom is loyal to what
    "committed": "value_partner",
    "incentive": "name_benefit",
    "price": "name_saving",
    "latent": "win_heart",
    "inertia": "make_easy",
    "monopoly": "no_lock_in",
}
MATTERS = {  # what to say for the action at hand; of an action of the operator's own: make_offer
    "service_recovery": "apologise",
    "payment_plan": "offer_payment_plan",
    "engineer_ticket": "name_ticket",
    "explain_bill": "go_through_bill",
    "fitting_plan": "offer_fitting_plan",
    "loyalty_discount": "offer_discount",
    "renewal_benefit": "offer_renewal",
    "reactivation_pack": "offer_pack",
    "check_in": "ask_how_it_goes",
}
SCORE = ("churn_probability_low", "churn_probability_high", *SURVIVAL_COLUMNS)
LISTED = (
    "subscriber_id",
    "rank",
    "tier",
    "churn_probability",
    "churn_type",
    "expected_days_to_churn",
    "call_by",
    "margin",
    "remaining_value",
    "value_at_risk",
    "action",
    "channel",
    "action_text",
    "because",
    "offer_cost",
    "expected_gain",
    "reason_1",
    "reason_2",
    "reason_3",
)


def cards(
    listed: Any, scores: Any, known: Any, loyalty: Any, tables: dict[str, Any], rules: ContactRules, p: SummariseParams
) -> Any:
    """Return the table ``cards`` as an Ibis expression.

    Args:
        listed: contract ``list``.
        scores: contract ``scores``.
        known: features of the newest as_of, with subscriber_id and as_of.
        loyalty: contract ``loyalty``.
        tables: ``contacts``, ``complaints`` and ``subscribers``.
        rules: contact rules of the policy.
        p: section ``summarise``.
    """
    newest = scores.filter(scores.as_of == scores.as_of.max())
    rows = listed.filter(listed["rank"] <= p.most_cards).select(*LISTED)
    rows = rows.inner_join(newest.select(*KEYS, *SCORE), "subscriber_id")
    rows = at_home(rows, tables["subscribers"])
    rows = contact_facts(rows, tables["contacts"], tables["complaints"], rules)
    unaware = unaware_overspenders(rows.select(*KEYS), known, rules).drop("as_of")
    rows = _joined(rows, unaware)
    rows = _joined(rows, _phase(known))
    rows = _joined(rows, loyalty.select("subscriber_id", "loyalty_type"))
    rows = rows.mutate(
        tenure_months=rows.tenure.floor().cast("int64"),
        unaware_overspender=rows.unaware_overspender.fill_null(False),
    )
    return rows.mutate(talking_points=_talking_points(rows, rules, p))


def _joined(left: Any, right: Any) -> Any:
    return left.left_join(right, "subscriber_id", rname="{name}_right").drop("subscriber_id_right")


def _phase(known: Any) -> Any:
    """Return tenure and contract phase, absent where the features do not tell them."""
    tenure = known.months_since_activation if "months_since_activation" in known.columns else ibis.null("float64")
    phase = known.contract_phase if "contract_phase" in known.columns else ibis.null("string")
    return known.select("subscriber_id", tenure=tenure, phase=phase)


def _talking_points(rows: Any, rules: ContactRules, p: SummariseParams) -> Any:
    """Return the codes of what to say and what not to, in the order in which they matter."""
    held = ibis.cases(*[(rows.loyalty_type == kind, code) for kind, code in HOLDS.items()], else_=ibis.null("string"))
    matter = ibis.cases(*[(rows.action == name, code) for name, code in MATTERS.items()], else_="make_offer")
    parts = [
        _said("open_complaint_first", rows.open_complaints > 0),
        _said("no_plan_talk", rows.unaware_overspender),
        _said("recent_contact", rows.days_since_contact <= rules.max_contacts_days),
        matter + " ",
        _said("thank_for_years", rows.tenure_months >= p.loyalty.long_months),
        _said("contract_ends", rows.phase == CONTRACT_ENDS),
        ibis.ifelse(held.notnull(), held + " ", ""),
    ]
    text = parts[0]
    for one in parts[1:]:
        text = text + one
    return text.strip().nullif("")


def _said(code: str, where: Any) -> Any:
    return ibis.ifelse(where.fill_null(False), f"{code} ", "")


def card_months(cards: Any, usage: Any, bills: Any, as_of: Any) -> Any:
    """Return the table ``card_months`` as an Ibis expression: what was known before as_of of the 12 months before it.

    Args:
        cards: contract ``cards``.
        usage: contract ``usage``.
        bills: contract ``bills``.
        as_of: the newest as_of, a date.
    """
    day = ibis.date(as_of.year, as_of.month, as_of.day)
    key, unknown = ["subscriber_id", "month"], ibis.null("float64")
    used = _recent(usage, day, cards).select(*key, "voice_min", "data_mb", total_due=unknown)
    billed = _recent(bills, day, cards)
    both = used.union(billed.select(*key, voice_min=unknown, data_mb=unknown, total_due=billed.total_due))
    return both.group_by(key).aggregate(**{name: both[name].max() for name in ("voice_min", "data_mb", "total_due")})


def _recent(facts: Any, day: Any, cards: Any) -> Any:
    wanted = facts.filter((facts.month >= day - ibis.interval(months=MONTHS)) & (facts.month < day))
    return wanted.filter(wanted.known_on < day).semi_join(cards, "subscriber_id")
