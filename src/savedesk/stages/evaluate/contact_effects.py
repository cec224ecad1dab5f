"""What each past contact truly changed, where a simulator knows it: the read-out of campaigns is set beside it."""

from __future__ import annotations

from typing import Any

import ibis

from savedesk.schemas.truth import ACTIONS


def contact_effects(contacts: Any, truth: Any) -> Any:
    """Return the table ``contact_effects`` as an Ibis expression: a row a contact with an action that the truth knows.

    Args:
        contacts: canonical table.
        truth: what only a simulator knows, at the first day of each month.
    """
    known = contacts.filter(contacts.action.isin(ACTIONS)).select(
        "contact_id", "subscriber_id", "contacted_on", "action"
    )
    until = truth.as_of + ibis.interval(months=1)
    same = [known.subscriber_id == truth.subscriber_id, known.contacted_on >= truth.as_of, known.contacted_on < until]
    rows = known.inner_join(truth, same, rname="{name}_true")
    after = ibis.cases(*[(rows.action == name, rows[f"with_{name}"]) for name in ACTIONS])
    return rows.select("contact_id", true_change=rows.churn_probability - after)
