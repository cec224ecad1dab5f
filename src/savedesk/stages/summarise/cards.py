"""What the card of a listed subscriber shows."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.selectors as s

from savedesk.domain.billed_months import as_known, complete_until, covered, lost_bills, rates_by_lag, shape_of
from savedesk.params.cohort import CohortParams
from savedesk.params.prioritise import ContactRules
from savedesk.params.summarise import SummariseParams
from savedesk.policy.contact_facts import contact_facts, unaware_overspenders
from savedesk.policy.sight import BEFORE_ONLY, Sight
from savedesk.schemas.scores import SURVIVAL_COLUMNS
from savedesk.stages.summarise.groups import at_home
from savedesk.stages.summarise.loyalty import use_falls

KEYS = ["subscriber_id", "as_of"]
MONTHS = 12
CONTRACT_ENDS = "last"  # phase of a contract
LATENT = "latent"
USE = ("usage_change_3m", "active_days_change_1m")  # what tells that use falls
HOLDS = {  # what to say to whom is loyal to what; to the latent it depends on why they are no patrons
    "committed": "value_partner",
    "incentive": "name_benefit",
    "price": "name_saving",
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
    listed: Any,
    scores: Any,
    known: Any,
    loyalty: Any,
    tables: dict[str, Any],
    rules: ContactRules,
    p: SummariseParams,
    sight: Sight = BEFORE_ONLY,
    reported: Any = None,
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
        sight: how far the list sees contacts and complaints.
        reported: contract ``reported_outcomes``.
    """
    newest = scores.filter(scores.as_of == scores.as_of.max())
    rows = listed.filter(listed["rank"] <= p.most_cards).select(*LISTED)
    rows = rows.inner_join(newest.select(*KEYS, *SCORE), "subscriber_id")
    rows = at_home(rows, tables["subscribers"])
    rows = contact_facts(rows, tables["contacts"], tables["complaints"], rules, sight, reported)
    unaware = unaware_overspenders(rows.select(*KEYS), known, rules).drop("as_of")
    rows = _joined(rows, unaware)
    rows = _joined(rows, _phase(known, p))
    rows = _joined(rows, loyalty.select("subscriber_id", "loyalty_type"))
    rows = rows.mutate(
        tenure_months=rows.tenure.floor().cast("int64"),
        unaware_overspender=rows.unaware_overspender.fill_null(False),
    )
    return rows.mutate(talking_points=_talking_points(rows, rules, p))


def _joined(left: Any, right: Any) -> Any:
    return left.left_join(right, "subscriber_id", rname="{name}_right").drop("subscriber_id_right")


def _phase(known: Any, p: SummariseParams) -> Any:
    """Return tenure and contract phase, absent where the features do not tell them, and whether use is seen to fall."""
    tenure = known.months_since_activation if "months_since_activation" in known.columns else ibis.null("float64")
    phase = known.contract_phase if "contract_phase" in known.columns else ibis.null("string")
    use = {name: known[name] if name in known.columns else ibis.null("float64") for name in USE}
    rows = known.select("subscriber_id", tenure=tenure, phase=phase, **use)
    return rows.select("subscriber_id", "tenure", "phase", falls=use_falls(rows, p.loyalty))


def _talking_points(rows: Any, rules: ContactRules, p: SummariseParams) -> Any:
    """Return the codes of what to say and what not to, in the order in which they matter."""
    latent = (rows.loyalty_type == LATENT).fill_null(False)
    drifts = latent & rows.falls.fill_null(False)
    new = latent & (rows.tenure < p.loyalty.settled_months).fill_null(False)
    kinds = [(rows.loyalty_type == kind, code) for kind, code in HOLDS.items()]
    held = ibis.cases(*kinds, (drifts, "win_heart"), (new, "welcome_new"), else_=ibis.null("string"))
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
    for part in parts[1:]:
        text = text + part
    return text.strip().nullif("")


def _said(code: str, where: Any) -> Any:
    return ibis.ifelse(where.fill_null(False), f"{code} ", "")


def card_months(cards: Any, tables: dict[str, Any], as_of: Any, windows: CohortParams) -> Any:
    """Return the table ``card_months`` as an Ibis expression: what was known before as_of of the 12 months before it.

    Args:
        cards: contract ``cards``.
        tables: ``usage``, ``bills``, ``subscribers`` and ``unknown_facts``. Of a bill that covers several months each
            has its share (see ``billed_months``); the month of a bill that was turned away has none.
        as_of: the newest as_of, a date.
        windows: section ``cohort``.
    """
    usage, day = tables["usage"], ibis.date(as_of.year, as_of.month, as_of.day)
    key, unknown = ["subscriber_id", "month"], ibis.null("float64")
    used = usage.filter((usage.month >= day - ibis.interval(months=MONTHS)) & (usage.month < day))
    used = used.filter(used.known_on < day).semi_join(cards, "subscriber_id")
    billed = _billed(tables, tables["subscribers"].semi_join(cards, "subscriber_id"), day, windows)
    used = used.select(*key, "voice_min", "data_mb", total_due=unknown)
    both = used.union(billed.select(*key, voice_min=unknown, data_mb=unknown, total_due=billed.total_due))
    return both.group_by(key).aggregate(**{name: both[name].max() for name in ("voice_min", "data_mb", "total_due")})


def _billed(tables: dict[str, Any], people: Any, day: Any, windows: CohortParams) -> Any:
    """Return subscriber_id, month and total_due (money/month) of the months before the day."""
    bills, lost = tables["bills"], lost_bills(tables["unknown_facts"], tables["bills"])
    listed, shape = people.select("subscriber_id", "activated_on", as_of=day), shape_of(bills)
    until = complete_until(bills, listed, windows)
    months = covered(as_known(bills, listed, shape), shape, listed, until, ("total_due",), lost=lost)
    rates = rates_by_lag(months, MONTHS)
    cells = {str(lag): rates[f"total_due_{lag}"] for lag in range(1, MONTHS + 1)}
    long = rates.select(*KEYS, **cells).pivot_longer(~s.cols(*KEYS), names_to="lag", values_to="total_due")
    long = long.filter(long.total_due.notnull())
    month = long.as_of - long.lag.cast("int64").as_interval("M")
    return long.select("subscriber_id", month=month.cast("date"), total_due=long.total_due)
