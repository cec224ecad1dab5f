"""The randomised contacts of the past, whose reasons and risks tell what an action does for whom."""

from __future__ import annotations

from typing import Any

import ibis

from savedesk.domain.randomised_contacts import randomised, with_as_of

KEY = ["subscriber_id", "as_of"]


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
    chosen = with_as_of(randomised(contacts)).select(*KEY).distinct()
    rows = known.semi_join(chosen, KEY)
    return rows.order_by([ibis.desc("as_of"), "subscriber_id"]).limit(most)
