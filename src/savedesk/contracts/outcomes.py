"""Outcomes: what agents report back, in fixed words, and the contacts that follow from it."""

from dataclasses import replace

from savedesk.contracts import contacts

ASKED_NOT_TO_CALL = "asked_not_to_call"  # from then on contact_allowed is false
ACCEPTED = "accepted"
OUTCOME_COLUMNS = ("subscriber_id", "contacted_on", "channel", "action", "outcome", "note")
OUTCOMES = (
    ACCEPTED,
    "declined",
    "thinking",
    "not_reached",
    "wrong_number",
    ASKED_NOT_TO_CALL,
    "already_left",
    "issue_forwarded",
)
CHANNELS = ("visit", "call", "message")

FOLDER = "data/outcomes"  # <source>/<as_of of the list>/ holds what was reported and the contacts that it makes
REPORTED_FILE, CONTACTS_FILE = "reported.parquet", "contacts.parquet"
CONTACTS = replace(contacts.TABLE, name="outcomes", grain="contact reported back, or subscriber held out beside them")
