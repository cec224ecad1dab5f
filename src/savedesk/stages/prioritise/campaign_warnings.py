"""Lines of ``prioritise`` about what past contacts teach: what harms, and campaigns that teach nothing."""

from __future__ import annotations

from typing import Any

import ibis
import pandas as pd

from savedesk.domain.randomised_contacts import randomised
from savedesk.params.prioritise import PrioritiseParams
from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import contacts
from savedesk.spelling import nearest

YEAR = pd.Timedelta(days=365)  # older campaigns can hardly be mended
EVEN = 0.5  # chance from which on an action is warned of as harmful
LONGEST_NAME = 40  # letters of a campaign or an action in a message
NAMED = 5  # actions in a message


def untaught(inputs: Inputs, as_of: Any) -> list[str]:
    """Return a warning if campaigns of the last year have both arms, but no action that has both; else nothing."""
    past_contacts = inputs.table(contacts.TABLE).filter(ibis._.campaign_id.notnull() & (ibis._.contacted_on < as_of))
    past_contacts = past_contacts.filter(ibis._.contacted_on >= pd.Timestamp(as_of) - YEAR)
    alike = randomised(past_contacts).select("campaign_id").distinct()
    drawn = past_contacts.group_by("campaign_id").aggregate(arms=ibis._.arm.nunique())
    lost = drawn.filter(drawn.arms > 1).anti_join(alike, "campaign_id").order_by("campaign_id").to_pandas()
    if lost.empty:
        return []
    name = str(lost["campaign_id"].iloc[0])
    first = repr(name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}...")
    many = f"{len(lost):,} campaigns teach nothing" if len(lost) > 1 else "a campaign teaches nothing"
    said = f"contacts: {many}, since no action has both arms (the first: {first})"
    return [f"{said}; next: name in each row, of the control too, the action that was or would have been offered"]


def unmatched(inputs: Inputs, as_of: Any, policy: PrioritiseParams) -> list[str]:
    """Return a warning of actions in campaigns of the last year that were meant to be those of the policy.

    They teach nothing. Campaigns of something else than the policy offers are no fault, unless all of them are.
    """
    past_contacts = inputs.table(contacts.TABLE).filter(ibis._.campaign_id.notnull() & (ibis._.contacted_on < as_of))
    past_contacts = past_contacts.filter(ibis._.contacted_on >= pd.Timestamp(as_of) - YEAR).filter(
        ibis._.action.notnull()
    )
    rows = past_contacts.group_by("action").aggregate(rows=ibis._.count()).order_by("action").to_pandas()
    other = rows[~rows["action"].isin(list(policy.actions))]
    meant = nearest(other["action"], policy.actions)
    doubtful = other if len(other) == len(rows) else other[other["action"].isin(list(meant))]
    if doubtful.empty:
        return []
    names = [
        f"{name[:LONGEST_NAME]!r}{f' (did you mean {meant[name]!r}?)' if name in meant else ''}"
        for name in doubtful["action"]
    ]
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    said = f"contacts: {doubtful['rows'].sum():,} of campaigns name an action that prioritise.actions does not have, "
    said += f"and teach nothing: {', '.join(names[:NAMED])}{more}"
    return [f"{said}; next: map the names in contacts.sql, or add the action to params.yaml"]


def harmful(rates: pd.DataFrame) -> list[str]:
    """Return a warning of what is measured to do more harm than good, more likely than not; else nothing.

    Args:
        rates: table ``save_rates`` of one as_of.
    """
    harms = rates[(rates["save_rate_source"] == "measured") & (rates["harm_chance"] > EVEN)]
    if harms.empty:
        return []
    texts = [
        f"{action} ({', '.join(f'{cell.reason} {cell.harm_chance:.0%}' for cell in cells.itertuples())})"
        for action, cells in harms.groupby("action")
    ]
    said = (
        f"contacts: {'; '.join(texts)} drive more people away than they keep, with that chance: there they are left out"
    )
    return [f"{said}; next: look at save_rates.parquet; what deserves another chance needs a campaign of its own"]
