"""Twins of the family contact_history."""

from tests.oracle.features.person import count, days, newest


def treated(p, days_back=None):
    rows = [row for row in p.contacts if row["arm"] == "treated"]
    return [row for row in rows if days_back is None or p.age(row["contacted_on"]) <= days_back]


def ended(p, outcome):
    return count(row for row in p.contacts if row["outcome"] == outcome and p.age(row["contacted_on"]) <= 366)


def last_outcome(p):
    row = newest((row for row in treated(p, 366) if row["outcome"] is not None), "contacted_on", "contact_id")
    return None if row is None else row["outcome"]


TWINS = {
    "contacts_1m": lambda p: count(treated(p, 31)),
    "contacts_6m": lambda p: count(treated(p, 184)),
    "contacts_12m": lambda p: count(treated(p, 366)),
    "days_since_contact": lambda p: days(p.age(row["contacted_on"]) for row in treated(p)),
    "offers_accepted_12m": lambda p: ended(p, "accepted"),
    "offers_declined_12m": lambda p: ended(p, "declined"),
    "contacts_missed_12m": lambda p: ended(p, "not_reached"),
    "last_contact_outcome": last_outcome,
}
