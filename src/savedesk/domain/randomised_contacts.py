"""Which contacts chance decided, and to which as_of a contact belongs. The one place that says so.

Within a campaign and an action chance decided who was contacted and who was left alone. Where one of the two arms is
empty, nobody knows what the action did there.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

CELL = ["campaign_id", "action"]


def randomised(contacts: Any) -> Any:
    """Return the contacts of a campaign and an action that have both arms."""
    named = contacts.filter(contacts.campaign_id.notnull() & contacts.action.notnull())
    arms = named.group_by(CELL).aggregate(arms=named.arm.nunique())
    return named.semi_join(arms.filter(arms.arms > 1), CELL)


def with_as_of(contacts: Any) -> Any:
    """Return contacts with ``as_of``: the start of their month, the newest on which they could have been decided on."""
    # Cast twice: Ibis takes a truncated date for a date, DuckDB makes it a timestamp.
    return contacts.mutate(as_of=contacts.contacted_on.truncate("M").cast("timestamp").cast("date"))


def treated_share(rows: pd.DataFrame) -> pd.Series:
    """Return of each contact the share of its campaign and action that was treated, 0..1.

    At 0 and 1 an arm is empty: its contacts have no known outcome, and what is left teaches nothing.

    Args:
        rows: campaign_id, action and treated (1 or 0), one row a contact.
    """
    share: pd.Series = rows.groupby(CELL)["treated"].transform("mean")
    return share


def of_as_of(scored: Any, contacts: Any) -> Any:
    """Return scored rows with the randomised contacts that belong to them; doubled names end in ``_contact``."""
    dated = with_as_of(randomised(contacts))
    return scored.inner_join(dated, ["subscriber_id", "as_of"], rname="{name}_contact").select(
        *scored.columns, *[name for name in dated.columns if name not in scored.columns]
    )
