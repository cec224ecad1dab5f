"""Outcomes: what agents report back, in fixed words, and the contacts that follow from it."""

from dataclasses import replace

from savedesk.schemas import contacts
from savedesk.schemas.table import File

ASKED_NOT_TO_CALL = "asked_not_to_call"  # from then on contact_allowed is false
ACCEPTED = "accepted"
ALREADY_LEFT = "already_left"
WRONG_NUMBER = "wrong_number"
NOT_REACHED = "not_reached"
SENT_NO_ANSWER = "sent_no_answer"  # of a message; of a call it is not_reached
OUTCOME_COLUMNS = ("subscriber_id", "contacted_on", "channel", "action", "outcome", "note")
OUTCOMES = (
    ACCEPTED,
    "declined",
    "thinking",
    NOT_REACHED,
    SENT_NO_ANSWER,
    WRONG_NUMBER,
    ASKED_NOT_TO_CALL,
    ALREADY_LEFT,
    "issue_forwarded",
)
CHANNELS = ("visit", "call", "message")

FOLDER = "data/outcomes"  # <source>/<as_of of the list>/ holds what was reported and the contacts that it makes
REPORTED_FILE, CONTACTS_FILE = "reported.parquet", "contacts.parquet"
IMPORTED = File("imported_outcomes", "outcomes", FOLDER, "outcomes imported for the lists of each source")
CONTACTS = replace(contacts.TABLE, name="outcomes", grain="contact reported back, or subscriber held out beside them")
