"""Contact rules: what was known of past contacts and open complaints at each as_of."""

from __future__ import annotations

from typing import Any

from savedesk.params.prioritise import ContactRules


def contact_facts(people: Any, contacts: Any, complaints: Any, rules: ContactRules) -> Any:
    """Return people with recent_contacts, days_since_contact and open_complaints at their as_of.

    Only what was known before as_of counts; a control was not contacted.

    Args:
        people: an Ibis table with subscriber_id and as_of.
        contacts: canonical table.
        complaints: canonical table.
        rules: contact rules of the policy.
    """
    keys = ["subscriber_id", "as_of"]
    made = contacts.filter(contacts.arm == "treated")
    made = people.select(*keys).inner_join(
        made, [people.subscriber_id == made.subscriber_id, made.known_on < people.as_of]
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
    wanted = ["recent_contacts", "days_since_contact", "open_complaints"]
    return rows.select(
        *people.columns, **{name: rows[name].fill_null(-1 if name == "days_since_contact" else 0) for name in wanted}
    )
