"""Outcomes: what agents report back, in fixed words."""

OUTCOME_COLUMNS = ("subscriber_id", "contacted_on", "channel", "action", "outcome", "note")
OUTCOMES = (
    "accepted",
    "declined",
    "thinking",
    "not_reached",
    "wrong_number",
    "asked_not_to_call",
    "already_left",
    "issue_forwarded",
)
CHANNELS = ("visit", "call", "message")
