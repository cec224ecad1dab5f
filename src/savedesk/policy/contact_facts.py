"""Contact rules: what was known at each as_of of past contacts, open complaints and who has noticed what."""

from __future__ import annotations

from typing import Any

from savedesk.params.prioritise import ContactRules

OVERSPEND = "plan_overspend_3m"


def contact_facts(people: Any, contacts: Any, complaints: Any, rules: ContactRules) -> Any:
    """Return people with recent_contacts, days_since_contact and open_complaints at their as_of.

    Only what was known before as_of counts; a control was not contacted. A complaint counts as open until the day after
    it was closed. ``days_since_contact`` is absent for who was never contacted.

    Args:
        people: an Ibis table with subscriber_id and as_of.
        contacts: canonical table.
        complaints: canonical table.
        rules: contact rules of the policy.
    """
    keys = ["subscriber_id", "as_of"]
    made = contacts.filter(contacts.arm == "treated")
    made = people.select(*keys).inner_join(
        made,
        [
            people.subscriber_id == made.subscriber_id,
            made.known_on < people.as_of,
            made.contacted_on < people.as_of,
        ],
    )
    age = made.as_of.delta(made.contacted_on, unit="day")
    made = made.group_by(keys).aggregate(
        recent_contacts=(age <= rules.max_contacts_days).sum(), days_since_contact=age.min()
    )
    tickets = people.select(*keys).inner_join(
        complaints, [people.subscriber_id == complaints.subscriber_id, complaints.known_on < people.as_of]
    )
    still = tickets.closed_at.isnull() | (tickets.closed_at >= tickets.as_of)
    tickets = tickets.group_by(keys).aggregate(open_complaints=still.sum())
    rows = people.left_join(made, keys, rname="{name}_contact").left_join(tickets, keys, rname="{name}_ticket")
    return rows.select(
        *people.columns,
        "days_since_contact",
        recent_contacts=rows.recent_contacts.fill_null(0),
        open_complaints=rows.open_complaints.fill_null(0),
    )


def unaware_overspenders(people: Any, features: Any, rules: ContactRules) -> Any:
    """Return subscriber_id, as_of and unaware_overspender of the people, where the features that tell it exist.

    An overspender pays notably more than the cheapest fitting plan costs. Who has complained of the price, moved to a
    smaller plan or had a bill far above the usual one has noticed; a call about the plan tells all others what they did
    not know (Ascarza, Iyengar and Schleicher 2016).

    Args:
        people: an Ibis table with subscriber_id and as_of.
        features: the feature table.
        rules: contact rules of the policy.
    """
    keys = ["subscriber_id", "as_of"]
    if rules.unaware_overspend_share is None or OVERSPEND not in features.columns:
        return people.select(*keys, unaware_overspender=False)
    rows = people.select(*keys).inner_join(features, keys)
    noticed = [rows[name] > least for name, least in _noticed(rules).items() if name in features.columns]
    unaware = rows[OVERSPEND] >= rules.unaware_overspend_share
    for one in noticed:
        unaware = unaware & ~one.fill_null(False)
    return rows.select(*keys, unaware_overspender=unaware.fill_null(False))


def _noticed(rules: ContactRules) -> dict[str, float]:
    """Return the features by which an overspender has noticed, each with the value above which it says so."""
    return {"price_complaints_12m": 0.0, "downgrades_12m": 0.0, "bill_shock_6m": rules.noticed_bill_shock}
