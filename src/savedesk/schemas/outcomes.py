"""Outcomes: what agents report back, in fixed words, and the contacts that follow from it."""

from dataclasses import replace

from savedesk.schemas import contacts
from savedesk.schemas.table import Column, File, Table

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

FOLDER = "data/outcomes"  # <source>/<as_of of the list>/ holds what was reported, and who was on the list or held out
REPORTED_FILE, DRAWN_FILE = "reported.parquet", "drawn.parquet"
OLD_CONTACTS_FILE = "contacts.parquet"  # what older versions wrote in place of ``drawn``
DRAWN = Table(
    name="drawn",
    stage="outcomes",
    grain="subscriber whom a list gave to the desk, or whom chance held out beside it",
    key=("subscriber_id",),
    columns=(
        Column("subscriber_id", "string", "the line or service"),
        Column("arm", "string", "treated: on the list; control: held out"),
        Column("rank", "int64", "place in the list, 1 first", nullable=True, low=1),
        Column("action", "string", "action of the list, or that it would have had", nullable=True),
        Column("channel", "string", "channel of the list, or that it would have had", nullable=True),
        Column("offer_cost", "float64", "money of the offer where it is taken", nullable=True),
        Column("expected_gain", "float64", "money that the list expected", nullable=True),
    ),
)
IMPORTED = File("imported_outcomes", "outcomes", FOLDER, "outcomes imported for the lists of each source")
CONTACTS = replace(
    contacts.TABLE,
    name="outcomes",
    grain="contact reported back, or subscriber held out beside them",
    lost="those reports count for nothing",
)
