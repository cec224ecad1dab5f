"""Family contact_history: what the save desk has tried before."""

from __future__ import annotations

from typing import Any

from savedesk.stages.features.declaration import feature
from savedesk.stages.features.windows import HALF_YEAR_DAYS, MONTH_DAYS, YEAR_DAYS


@feature("contacts", unit="contacts", window="6 months", empty=0)
def contacts_6m(events: Any) -> Any:
    """Contacts made within 6 months."""
    recent = events.as_of.delta(events.contacted_on, unit="day") <= HALF_YEAR_DAYS
    return (recent & (events.arm == "treated")).sum().cast("float64")


@feature("contacts", unit="days")
def days_since_contact(events: Any) -> Any:
    """Days since the last contact made."""
    age = events.as_of.delta(events.contacted_on, unit="day")
    return age.min(where=events.arm == "treated").cast("float64")


def _age(events: Any) -> Any:
    return events.as_of.delta(events.contacted_on, unit="day")


@feature("contacts", unit="contacts", window="1 month", empty=0)
def contacts_1m(events: Any) -> Any:
    """Contacts made within a month."""
    return ((_age(events) <= MONTH_DAYS) & (events.arm == "treated")).sum().cast("float64")


@feature("contacts", unit="contacts", window="12 months", empty=0)
def contacts_12m(events: Any) -> Any:
    """Contacts made within 12 months."""
    return ((_age(events) <= YEAR_DAYS) & (events.arm == "treated")).sum().cast("float64")


@feature("contacts", unit="contacts", window="12 months", empty=0, direction=-1)
def offers_accepted_12m(events: Any) -> Any:
    """Contacts of 12 months that ended with a yes."""
    return ((_age(events) <= YEAR_DAYS) & (events.outcome == "accepted")).fill_null(False).sum().cast("float64")


@feature("contacts", unit="contacts", window="12 months", empty=0, direction=1)
def offers_declined_12m(events: Any) -> Any:
    """Contacts of 12 months that ended with a no."""
    return ((_age(events) <= YEAR_DAYS) & (events.outcome == "declined")).fill_null(False).sum().cast("float64")


@feature("contacts", unit="contacts", window="12 months", empty=0)
def contacts_missed_12m(events: Any) -> Any:
    """Contacts of 12 months in which nobody was reached."""
    return ((_age(events) <= YEAR_DAYS) & (events.outcome == "not_reached")).fill_null(False).sum().cast("float64")


@feature("contacts", unit="outcome", window="12 months", dtype="string")
def last_contact_outcome(events: Any) -> Any:
    """What the agent wrote down after the last contact of 12 months."""
    order = events.contacted_on.cast("string") + events.contact_id
    there = (_age(events) <= YEAR_DAYS) & (events.arm == "treated") & events.outcome.notnull()
    return events.outcome.argmax(order, where=there)
