"""The randomised contacts of the past, whose reasons and risks tell what an action does for whom."""

from __future__ import annotations

from typing import Any

import ibis

KEY = ["subscriber_id", "as_of"]


def randomised(contacts: Any) -> Any:
    """Return the contacts of campaigns with both arms: without subscribers left alone nobody knows what one did."""
    named = contacts.filter(contacts.campaign_id.notnull())
    arms = named.group_by("campaign_id").aggregate(arms=named.arm.nunique())
    return named.semi_join(arms.filter(arms.arms > 1), "campaign_id")


def contacted(cohort: Any, contacts: Any, most: int) -> Any:
    """Return subscriber_id and as_of of the rows of the cohort that a randomised contact belongs to.

    A contact belongs to the as_of at the start of its month, the newest on which the decision could have been made.
    Whether the subscriber then left must be known.

    Args:
        cohort: canonical table; an as_of is the first day of a month.
        contacts: canonical table.
        most: rows at most; the newest are kept, of one as_of the first by subscriber_id.
    """
    known = cohort.filter(cohort.churned.notnull()).select(*KEY)
    chosen = randomised(contacts)
    chosen = chosen.select("subscriber_id", as_of=chosen.contacted_on.truncate("M").cast("date")).distinct()
    rows = known.semi_join(chosen, KEY)
    return rows.order_by([ibis.desc("as_of"), "subscriber_id"]).limit(most)
