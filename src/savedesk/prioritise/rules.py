"""Contact rules: what was known of past contacts and open complaints at each as_of."""

from __future__ import annotations

from typing import Any

from savedesk.params.prioritise import ContactRules


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
