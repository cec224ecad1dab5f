"""Family contact_history: what the save desk has tried before."""

from __future__ import annotations

from typing import Any

from savedesk.features.declaration import feature
from savedesk.features.spans import HALF_YEAR_DAYS


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
