"""Contact rules: what was known at each as_of of past contacts, open complaints and who has noticed what."""

from __future__ import annotations

from typing import Any

import ibis

from savedesk.domain.open_complaints import is_open
from savedesk.params.prioritise import ContactRules
from savedesk.policy.sight import BEFORE_ONLY, Sight
from savedesk.schemas.outcomes import ALREADY_LEFT, ASKED_NOT_TO_CALL, WRONG_NUMBER

SAID = {  # outcome -> column with the newest day on which it was reported; absent: never
    ALREADY_LEFT: "said_left_on",
    ASKED_NOT_TO_CALL: "asked_on",
    WRONG_NUMBER: "wrong_number_on",
}
LASTING = (ASKED_NOT_TO_CALL, WRONG_NUMBER)  # of the others only the days since as_of count
SPOKEN = ("accepted", "declined", "thinking", "issue_forwarded", ALREADY_LEFT)  # somebody answered: the number is right
SINCE = (*SAID.values(), "contacted_since")  # days; absent: nothing of the kind counts at as_of
OVERSPEND = "plan_overspend_3m"


def contact_facts(
    people: Any,
    contacts: Any,
    complaints: Any,
    rules: ContactRules,
    sight: Sight = BEFORE_ONLY,
    reported: Any = None,
) -> Any:
    """Return people with recent_contacts, days_since_contact, open_complaints and ``SINCE`` at their as_of.

    What was known before as_of counts, at the newest as_of what is known until ``sight`` ends; a control was not
    contacted. A complaint counts as open until the day after it was closed. ``days_since_contact`` is absent for who
    was never contacted; it counts to as_of, for a contact since then to the day on which the data were taken, and is
    below 0 for one that was reported for a later day.

    Args:
        people: an Ibis table with subscriber_id and as_of.
        contacts: canonical table.
        complaints: canonical table.
        rules: contact rules of the policy.
        sight: which as_of sees further than the day before it.
        reported: contract ``reported_outcomes``: they count at the newest as_of whatever their day; absent: none.
    """
    keys = ["subscriber_id", "as_of"]
    rows = people.left_join(_contacts_known(people, contacts, rules, sight, reported), keys, rname="{name}_contact")
    rows = rows.left_join(_tickets(people, complaints, sight), keys, rname="{name}_ticket")
    return rows.select(
        *people.columns,
        "days_since_contact",
        *SINCE,
        recent_contacts=rows.recent_contacts.fill_null(0),
        open_complaints=rows.open_complaints.fill_null(0),
    )


def _contacts_known(people: Any, contacts: Any, rules: ContactRules, sight: Sight, reported: Any) -> Any:
    """Return what is known of contacts at each as_of: their number, the newest one, and what was said since as_of."""
    treated = contacts.filter(contacts.arm == "treated")
    treated = treated.select("subscriber_id", "contacted_on", "known_on", "outcome", at_once=ibis.literal(False))
    if reported is not None:
        more = reported.filter(~reported.in_contacts)
        treated = treated.union(
            more.select(
                "subscriber_id", "contacted_on", "outcome", known_on=more.contacted_on, at_once=ibis.literal(True)
            ).select(*treated.columns)
        )
    until = sight.until_of(people.as_of)
    known = (treated.known_on < until) & (treated.contacted_on < until)
    there = people.select("subscriber_id", "as_of").inner_join(
        treated,
        [people.subscriber_id == treated.subscriber_id, known | (treated.at_once & sight.is_newest(people.as_of))],
    )
    before = there.contacted_on < there.as_of
    seen_to = sight.until_of(there.as_of).delta(there.contacted_on, unit="day") - 1
    age = ibis.ifelse(before, there.as_of.delta(there.contacted_on, unit="day"), seen_to)
    since = ~before | (there.known_on >= there.as_of) | there.at_once
    facts = there.group_by("subscriber_id", "as_of").aggregate(
        recent_contacts=(age <= rules.max_contacts_days).sum(),
        days_since_contact=age.min(),
        last_on=there.contacted_on.max(),
        last_since=there.contacted_on.max(where=since),
        **{
            column: there.contacted_on.max(
                where=(there.outcome == outcome).fill_null(False) & (since | ibis.literal(outcome in LASTING))
            )
            for outcome, column in SAID.items()
        },
        spoken_on=there.contacted_on.max(where=there.outcome.isin(SPOKEN).fill_null(False)),
    )
    mended = (facts.spoken_on > facts.wrong_number_on).fill_null(False)
    facts = facts.mutate(wrong_number_on=ibis.ifelse(mended, None, facts.wrong_number_on)).drop("spoken_on")
    newest = ibis.ifelse(facts.last_since == facts.last_on, facts.last_since, ibis.null("date"))
    return facts.mutate(contacted_since=newest).drop("last_on", "last_since")


def _tickets(people: Any, complaints: Any, sight: Sight) -> Any:
    """Return the number of open complaints at each as_of."""
    until = sight.until_of(people.as_of)
    tickets = people.select("subscriber_id", "as_of").inner_join(
        complaints, [people.subscriber_id == complaints.subscriber_id, complaints.known_on < until]
    )
    still = is_open(tickets, sight.until_of(tickets.as_of))
    return tickets.group_by("subscriber_id", "as_of").aggregate(open_complaints=still.sum())


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
    for sign in noticed:
        unaware = unaware & ~sign.fill_null(False)
    return rows.select(*keys, unaware_overspender=unaware.fill_null(False))


def _noticed(rules: ContactRules) -> dict[str, float]:
    """Return the features by which an overspender has noticed, each with the value above which it says so."""
    return {"price_complaints_12m": 0.0, "downgrades_12m": 0.0, "bill_shock_6m": rules.noticed_bill_shock}
